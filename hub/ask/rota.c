// rota - a ring of the nodes that have something waiting, each with a queue and with
// what is left of its slices; below zero it is a debt that its next slices pay.

#include "hub/ask/rota.h"

#include "lib/base/memory.h"

#include <stdlib.h>

typedef struct waiting {
    struct waiting *next;
    inquiry_t inquiry;
} waiting_t;

typedef struct asker {
    struct asker *next; // in the ring
    int inbox;
    size_t n;
    waiting_t *first, *last;
    int64_t left;
} asker_t;

struct rota {
    asker_t *last; // the ring's first is behind it; NULL: nobody asks
    asker_t **of;  // by inbox; NULL: nothing of it waits
    size_t inboxes;
    size_t n, bytes;
    int64_t left; // of the turn; below zero it is what a step took too much
};

rota_t *rota_new(void)
{
    return memory_new(1, sizeof(rota_t));
}

static asker_t **place_of(rota_t *self, int inbox)
{
    size_t wanted = (size_t)inbox + 1;
    if (wanted > self->inboxes) {
        self->of = memory_grow(self->of, 2 * wanted, sizeof(asker_t *));
        for (size_t i = self->inboxes; i < 2 * wanted; i++)
            self->of[i] = NULL;
        self->inboxes = 2 * wanted;
    }
    return &self->of[inbox];
}

// At the end of the ring: everybody else comes first.
static asker_t *add_asker(rota_t *self, int inbox)
{
    asker_t *asker = memory_new(1, sizeof *asker);
    asker->inbox = inbox;
    asker->next = self->last ? self->last->next : asker;
    if (self->last)
        self->last->next = asker;
    self->last = asker;
    *place_of(self, inbox) = asker;
    return asker;
}

bool rota_add(rota_t *self, int inbox, span_t route, int type, span_t frame)
{
    asker_t *asker = *place_of(self, inbox);
    if ((asker && asker->n >= ROTA_WAITING) || self->bytes + frame.size > ROTA_BYTES)
        return false;
    if (!asker)
        asker = add_asker(self, inbox);
    waiting_t *waiting = memory_new(1, sizeof *waiting);
    waiting->inquiry = (inquiry_t){.inbox = inbox, .type = type};
    buf_put_span(&waiting->inquiry.route, route);
    buf_put_span(&waiting->inquiry.frame, frame);
    if (asker->last)
        asker->last->next = waiting;
    else
        asker->first = waiting;
    asker->last = waiting;
    asker->n++;
    self->n++;
    self->bytes += frame.size;
    return true;
}

static void drop_first(rota_t *self, asker_t *asker)
{
    waiting_t *waiting = asker->first;
    asker->first = waiting->next;
    if (!asker->first)
        asker->last = NULL;
    asker->n--;
    self->n--;
    self->bytes -= waiting->inquiry.frame.size;
    asking_destroy(&waiting->inquiry.asking);
    buf_destroy(&waiting->inquiry.route);
    buf_destroy(&waiting->inquiry.frame);
    free(waiting);
}

// The ring's first goes; who stands behind it is the first now.
static void drop_asker(rota_t *self)
{
    asker_t *asker = self->last->next;
    while (asker->n > 0)
        drop_first(self, asker);
    if (asker == self->last)
        self->last = NULL;
    else
        self->last->next = asker->next;
    *place_of(self, asker->inbox) = NULL;
    free(asker);
}

void rota_destroy(rota_t **self_p)
{
    rota_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    while (self->last)
        drop_asker(self);
    free(self->of);
    free(self);
}

void rota_begin(rota_t *self)
{
    self->left = ROTA_TURN_WORK + (self->left < 0 ? self->left : 0);
}

inquiry_t *rota_next(rota_t *self)
{
    while (self->last && self->left > 0) {
        asker_t *asker = self->last->next;
        if (asker->left <= 0)
            asker->left += ROTA_SLICE_WORK;
        if (asker->left > 0)
            return &asker->first->inquiry;
        self->last = asker; // to the end of the ring, until its debt is paid
    }
    return NULL;
}

void rota_stepped(rota_t *self, uint64_t work, bool more)
{
    asker_t *asker = self->last->next;
    asker->first->inquiry.work += work;
    asker->left -= (int64_t)work;
    self->left -= (int64_t)work;
    if (!more)
        drop_first(self, asker);
    if (asker->n == 0)
        drop_asker(self);
    else if (asker->left <= 0)
        self->last = asker; // everybody else comes first
}

size_t rota_waiting(const rota_t *self)
{
    return self->n;
}
