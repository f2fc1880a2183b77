// arena - a list of chunks; the first one stays.  A piece larger than a chunk gets its
// own.

#include "lib/base/arena.h"

#include "lib/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1 << 18, ALIGN = 16 };

typedef struct chunk {
    struct chunk *next;
    size_t size, used;
    _Alignas(ALIGN) uint8_t bytes[];
} chunk_t;

struct arena {
    chunk_t *newest; // the chunk pieces are taken from; older ones behind it
};

static chunk_t *chunk_new(size_t size, chunk_t *next)
{
    chunk_t *chunk = memory_grow(NULL, 1, sizeof *chunk + size);
    chunk->next = next;
    chunk->size = size;
    chunk->used = 0;
    return chunk;
}

arena_t *arena_new(void)
{
    arena_t *self = memory_new(1, sizeof *self);
    self->newest = chunk_new(CHUNK, NULL);
    return self;
}

void arena_destroy(arena_t **self_p)
{
    arena_t *self = *self_p;
    if (!self)
        return;
    arena_clear(self);
    free(self->newest);
    free(self);
    *self_p = NULL;
}

void *arena_take(arena_t *self, size_t size)
{
    size = (size + ALIGN - 1) / ALIGN * ALIGN;
    if (self->newest->size - self->newest->used < size)
        self->newest = chunk_new(size > CHUNK ? size : CHUNK, self->newest);
    void *piece = self->newest->bytes + self->newest->used;
    self->newest->used += size;
    return piece;
}

span_t arena_copy(arena_t *self, span_t span)
{
    uint8_t *copy = arena_take(self, span.size);
    if (span.size)
        memcpy(copy, span.data, span.size);
    return span_of(copy, span.size);
}

void arena_clear(arena_t *self)
{
    // The oldest chunk is always of the usual size: keep that one.
    while (self->newest->next) {
        chunk_t *chunk = self->newest;
        self->newest = chunk->next;
        free(chunk);
    }
    self->newest->used = 0;
}
