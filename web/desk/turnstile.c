// turnstile - a purse that fills by the clock and never holds more than a second's worth.

#include "web/desk/turnstile.h"

#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/sys/task.h"

#include <stdlib.h>

enum { SECOND_MS = 1000 };

struct turnstile {
    mutex_t lock;
    unsigned inside, inside_most;
    int64_t each_ms; // what one costs of the purse
    int64_t purse_ms, filled_ms;
};

turnstile_t *turnstile_new(unsigned inside_most, unsigned each_second)
{
    turnstile_t *self = memory_new(1, sizeof *self);
    mutex_init(&self->lock);
    self->inside_most = inside_most;
    self->each_ms = SECOND_MS / each_second;
    self->purse_ms = SECOND_MS;
    return self;
}

void turnstile_destroy(turnstile_t **self_p)
{
    turnstile_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    mutex_destroy(&self->lock);
    free(self);
}

// A clock that was set back fills nothing, and neither does it close for long.
static void fill(turnstile_t *self, int64_t now_ms)
{
    int64_t since = moment_between(self->filled_ms, now_ms);
    self->filled_ms = now_ms;
    if (since > 0)
        self->purse_ms =
            since < SECOND_MS - self->purse_ms ? self->purse_ms + since : SECOND_MS;
}

bool turnstile_enter(turnstile_t *self, int64_t now_ms)
{
    mutex_lock(&self->lock);
    fill(self, now_ms);
    bool enters = self->inside < self->inside_most && self->purse_ms >= self->each_ms;
    if (enters) {
        self->inside++;
        self->purse_ms -= self->each_ms;
    }
    mutex_unlock(&self->lock);
    return enters;
}

void turnstile_leave(turnstile_t *self)
{
    mutex_lock(&self->lock);
    self->inside--;
    mutex_unlock(&self->lock);
}
