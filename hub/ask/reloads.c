// reloads - two lists: of those whose reload is under way, or the next to begin; and of
// those who asked since it began.

#include "hub/ask/reloads.h"

#include "lib/base/memory.h"

#include <stdlib.h>

typedef struct {
    bool wanted;
    size_t n;
    control_asker_t asker[RELOADS_WAITING];
} reload_t;

struct reloads {
    control_t *control;
    bool under_way;
    reload_t first, next; // of `next` somebody only while `first` is under way
};

reloads_t *reloads_new(control_t *control)
{
    reloads_t *self = memory_new(1, sizeof *self);
    self->control = control;
    return self;
}

void reloads_destroy(reloads_t **self_p)
{
    cause_t why = {"the hub stops"};
    reloads_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    while (self->first.wanted)
        reloads_ended(self, &why);
    free(self);
}

int reloads_want(reloads_t *self, const control_asker_t *asker, cause_t *why)
{
    reload_t *reload = self->under_way ? &self->next : &self->first;
    if (asker && reload->n == RELOADS_WAITING)
        return cause_set(why, "%d others wait for a reload already: ask again after it",
            RELOADS_WAITING);
    reload->wanted = true;
    if (asker)
        reload->asker[reload->n++] = *asker;
    return 0;
}

bool reloads_due(const reloads_t *self)
{
    return self->first.wanted && !self->under_way;
}

void reloads_begun(reloads_t *self)
{
    self->under_way = true;
}

void reloads_ended(reloads_t *self, const cause_t *why)
{
    for (size_t i = 0; i < self->first.n; i++)
        control_reply_to(self->control, &self->first.asker[i], why);
    self->first = self->next;
    self->next = (reload_t){0};
    self->under_way = false;
}
