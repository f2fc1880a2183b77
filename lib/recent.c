// recent - a ring; places are filled as they are needed.

#include "lib/recent.h"

#include "lib/memory.h"

#include <stdlib.h>

struct recent {
    size_t room, added; // so far
    duty_t **duty;      // owned; NULL where there was none yet
};

recent_t *recent_new(size_t room)
{
    recent_t *self = memory_new(1, sizeof *self);
    self->room = room;
    self->duty = memory_new(room, sizeof *self->duty);
    return self;
}

void recent_destroy(recent_t **self_p)
{
    recent_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < self->room; i++)
        free(self->duty[i]);
    free(self->duty);
    free(self);
}

void recent_add(recent_t *self, const duty_t *duty)
{
    duty_t **place = &self->duty[self->added++ % self->room];
    if (!*place)
        *place = memory_new(1, sizeof **place);
    **place = *duty;
}

const duty_t *recent_at(const recent_t *self, size_t back)
{
    if (back >= self->room || back >= self->added)
        return NULL;
    return self->duty[(self->added - 1 - back) % self->room];
}
