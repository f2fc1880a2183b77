// oldest - a remembered number and time for each inbox.
//
// A look goes on where the one before it had to stop: where many have news each time,
// each has its turn.

#include "hub/ask/oldest.h"

#include "lib/base/memory.h"

#include <stdlib.h>

enum { READS = 256 }; // entries in one look

typedef struct {
    uint64_t number; // of the delivery; 0: nothing was ever found
    int64_t since_ms;
} found_t;

struct oldest {
    found_t *found; // by inbox
    size_t n;
    size_t next;  // inbox, whose turn it is
    size_t reads; // left in this look
    const inboxes_t *inboxes;
    entries_t *entries;
};

oldest_t *oldest_new(void)
{
    return memory_new(1, sizeof(oldest_t));
}

void oldest_destroy(oldest_t **self_p)
{
    if (*self_p)
        free((*self_p)->found);
    free(*self_p);
    *self_p = NULL;
}

static found_t *found_of(oldest_t *self, int inbox)
{
    size_t n = (size_t)inbox + 1;
    if (n > self->n) {
        self->found = memory_grow(self->found, n, sizeof *self->found);
        while (self->n < n)
            self->found[self->n++] = (found_t){0};
    }
    return &self->found[inbox];
}

static void look(oldest_t *self, int inbox, uint64_t number, found_t *found)
{
    leaf_t leaf;
    uint64_t position;
    cause_t ignored;
    self->reads--;
    if (inboxes_get(self->inboxes, inbox, number, &position, &ignored) != 0 ||
        entries_leaf(self->entries, position, &leaf, &ignored) != 0)
        return;
    *found = (found_t){number, leaf.time_ms};
}

// False: it has signed for everything.
static bool bring_up_to_date(oldest_t *self, int inbox)
{
    uint64_t next = inboxes_acked(self->inboxes, inbox) + 1;
    found_t *found = found_of(self, inbox);
    if (inboxes_last(self->inboxes, inbox) < next)
        return false;
    if (found->number != next && self->reads > 0)
        look(self, inbox, next, found);
    return true;
}

void oldest_begin(oldest_t *self, const inboxes_t *inboxes, entries_t *entries)
{
    self->inboxes = inboxes;
    self->entries = entries;
    self->reads = READS;
    for (size_t i = 0; i < self->n && self->reads > 0; i++) {
        bring_up_to_date(self, (int)self->next);
        self->next = (self->next + 1) % self->n;
    }
}

bool oldest_since(oldest_t *self, int inbox, int64_t *since_ms)
{
    if (!bring_up_to_date(self, inbox))
        return false;
    *since_ms = self->found[inbox].since_ms;
    return self->found[inbox].number > 0;
}
