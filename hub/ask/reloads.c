// reloads - two lists: of those whose reload is under way, or the next to begin; and of
// those who asked since it began.

#include "hub/ask/reloads.h"

#include "lib/base/memory.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    bool wanted, signalled;
    size_t n;
    reloads_wish_t wish[RELOADS_WAITING + 1]; // the last is a signal's
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

int reloads_want(reloads_t *self, const control_asker_t *asker,
    const operation_t *operation, cause_t *why)
{
    reload_t *reload = self->under_way ? &self->next : &self->first;
    if (asker && reload->n - reload->signalled == RELOADS_WAITING)
        return cause_set(why, "%d others wait for a reload already: ask again after it",
            RELOADS_WAITING);
    reload->wanted = true;
    if (!asker && reload->signalled)
        return 0;
    reload->signalled |= !asker;
    reloads_wish_t *wish = &reload->wish[reload->n++];
    *wish = (reloads_wish_t){.asks = asker != NULL, .operation = *operation};
    if (asker)
        wish->asker = *asker;
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

bool reloads_take(reloads_t *self, reloads_wish_t *wish)
{
    reload_t *reload = &self->first;
    if (reload->n == 0)
        return false;
    *wish = reload->wish[0];
    memmove(reload->wish, reload->wish + 1, --reload->n * sizeof *reload->wish);
    return true;
}

void reloads_ended(reloads_t *self, const cause_t *why)
{
    for (size_t i = 0; i < self->first.n; i++)
        if (self->first.wish[i].asks)
            control_reply_to(self->control, &self->first.wish[i].asker, why);
    self->first = self->next;
    self->next = (reload_t){0};
    self->under_way = false;
}
