// head - two points that take turns, so that neither is copied and the memory of their
// notes is used again.

#include "hub/journal/head.h"

#include "lib/base/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    checkpoint_t checkpoint;
    buf_t note;
} point_t;

struct head {
    const log_vkey_t *vkey;
    const uint8_t *secret;
    point_t point[2];
    int newest; // of the two; the other is the next
};

static point_t *next_of(head_t *self)
{
    return &self->point[1 - self->newest];
}

head_t *head_new(const log_vkey_t *vkey, const uint8_t secret[64], const merkle_t *tree)
{
    head_t *self = memory_new(1, sizeof *self);
    self->vkey = vkey;
    self->secret = secret;
    head_next(self, tree);
    head_sign(self, 0);
    head_advance(self);
    return self;
}

void head_destroy(head_t **self_p)
{
    head_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    buf_destroy(&self->point[0].note);
    buf_destroy(&self->point[1].note);
    free(self);
}

void head_next(head_t *self, const merkle_t *tree)
{
    checkpoint_t *next = &next_of(self)->checkpoint;
    *next = (checkpoint_t){.size = tree->size};
    merkle_root(tree, &next->root);
    static_assert(sizeof next->origin == sizeof self->vkey->origin, "one origin");
    memcpy(next->origin, self->vkey->origin, sizeof next->origin);
}

void head_sign(void *context, size_t unused)
{
    head_t *self = context;
    point_t *next = next_of(self);
    (void)unused;
    buf_clear(&next->note);
    checkpoint_sign(&next->checkpoint, self->vkey, self->secret, &next->note);
}

void head_advance(head_t *self)
{
    self->newest = 1 - self->newest;
}

const checkpoint_t *head_checkpoint(const head_t *self)
{
    return &self->point[self->newest].checkpoint;
}

span_t head_note(const head_t *self)
{
    return buf_span(&self->point[self->newest].note);
}
