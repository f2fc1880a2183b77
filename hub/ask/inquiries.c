// inquiries - a ring of the nodes that have something waiting, each with a queue and with
// what is left of its slices; below zero it is a debt that its next slices pay.

#include "hub/ask/inquiries.h"

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

struct inquiries {
    inquiries_ops_t ops;
    asker_t *last; // the ring's first is behind it; NULL: nobody asks
    asker_t **of;  // by inbox; NULL: nothing of it waits
    size_t inboxes;
    size_t n, bytes;
    int64_t left; // of the turn; below zero it is what a step took too much
};

inquiries_t *inquiries_new(const inquiries_ops_t *ops)
{
    inquiries_t *self = memory_new(1, sizeof *self);
    self->ops = *ops;
    return self;
}

static asker_t **place_of(inquiries_t *self, int inbox)
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
static asker_t *add_asker(inquiries_t *self, int inbox)
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

bool inquiries_add(inquiries_t *self, int inbox, span_t route, int type, span_t frame)
{
    asker_t *asker = *place_of(self, inbox);
    if ((asker && asker->n >= INQUIRIES_WAITING) ||
        self->bytes + frame.size > INQUIRIES_BYTES)
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

static void drop_first(inquiries_t *self, asker_t *asker)
{
    waiting_t *waiting = asker->first;
    asker->first = waiting->next;
    if (!asker->first)
        asker->last = NULL;
    asker->n--;
    self->n--;
    self->bytes -= waiting->inquiry.frame.size;
    self->ops.drop(self->ops.context, &waiting->inquiry);
    buf_destroy(&waiting->inquiry.route);
    buf_destroy(&waiting->inquiry.frame);
    free(waiting);
}

// The ring's first goes; who stands behind it is the first now.
static void drop_asker(inquiries_t *self)
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

void inquiries_destroy(inquiries_t **self_p)
{
    inquiries_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    while (self->last)
        drop_asker(self);
    free(self->of);
    free(self);
}

static int64_t step(inquiries_t *self, asker_t *asker)
{
    const inquiries_ops_t *ops = &self->ops;
    inquiry_t *inquiry = &asker->first->inquiry;
    uint64_t before = ops->work->done;
    bool more = ops->step(ops->context, inquiry);
    work_step(ops->work, 1);
    uint64_t work = ops->work->done - before;
    inquiry->work += work;
    ops->charge(ops->context, asker->inbox, work);
    if (!more)
        drop_first(self, asker);
    return (int64_t)work;
}

// Until the slice is used up, or all was answered.
static void serve(inquiries_t *self, asker_t *asker)
{
    if (asker->left <= 0)
        asker->left += INQUIRIES_SLICE_WORK;
    while (asker->n > 0 && asker->left > 0 && self->left > 0) {
        int64_t work = step(self, asker);
        asker->left -= work;
        self->left -= work;
    }
}

void inquiries_turn(inquiries_t *self)
{
    self->left = INQUIRIES_TURN_WORK + (self->left < 0 ? self->left : 0);
    while (self->last && self->left > 0) {
        asker_t *asker = self->last->next;
        serve(self, asker);
        if (asker->n == 0)
            drop_asker(self);
        else if (asker->left <= 0)
            self->last = asker; // to the end of the ring
    }
}

size_t inquiries_waiting(const inquiries_t *self)
{
    return self->n;
}
