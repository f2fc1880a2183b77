// unsent - a counter for each node, which stays where it is when there are more: frames
// point to it from other threads.

#include "hub/net/unsent.h"

#include "lib/base/memory.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    atomic_size_t bytes;
} account_t;

struct unsent {
    account_t **account;
    size_t n;
};

struct unsent_frame {
    account_t *account;
    buf_t bytes;
};

unsent_t *unsent_new(void)
{
    return memory_new(1, sizeof(unsent_t));
}

void unsent_destroy(unsent_t **self_p)
{
    unsent_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < self->n; i++)
        free(self->account[i]);
    free(self->account);
    free(self);
}

static account_t *account_of(unsent_t *self, size_t whose)
{
    if (whose >= self->n)
        self->account = memory_grow(self->account, whose + 1, sizeof *self->account);
    while (whose >= self->n)
        self->account[self->n++] = memory_new(1, sizeof(account_t));
    return self->account[whose];
}

unsent_frame_t *unsent_take(unsent_t *self, size_t whose, buf_t *bytes)
{
    unsent_frame_t *frame = memory_new(1, sizeof *frame);
    *frame = (unsent_frame_t){account_of(self, whose), *bytes};
    *bytes = (buf_t){0};
    (void)atomic_fetch_add(&frame->account->bytes, frame->bytes.size);
    return frame;
}

void *unsent_data(unsent_frame_t *self)
{
    return self->bytes.data;
}

size_t unsent_size(const unsent_frame_t *self)
{
    return self->bytes.size;
}

void unsent_free(void *data, void *frame)
{
    unsent_frame_t *self = frame;
    (void)data;
    (void)atomic_fetch_sub(&self->account->bytes, self->bytes.size);
    buf_destroy(&self->bytes);
    free(self);
}

size_t unsent_bytes(const unsent_t *self, size_t whose)
{
    return whose < self->n ? atomic_load(&self->account[whose]->bytes) : 0;
}
