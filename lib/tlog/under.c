// under - slots in the order of the documents, and beside them arrays in the order of the
// heads, as the proofs take them.

#include "lib/tlog/under.h"

#include "lib/base/memory.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    size_t head, at; // in the arrays by heads
    uint32_t index;
} slot_t;

struct under {
    size_t n, room;
    slot_t *slot;
    size_t heads, heads_room;
    size_t *first; // of each head's in the arrays, and where the last one's end
    bool *proven;
    // By heads, as long as `sorted`.
    size_t sorted;
    size_t *document;
    uint64_t *place;
    hash_t *leaf;
    buf_t *path;
};

under_t *under_new(void)
{
    return memory_new(1, sizeof(under_t));
}

void under_destroy(under_t **self_p)
{
    under_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < self->sorted; i++)
        buf_destroy(&self->path[i]);
    free(self->slot);
    free(self->first);
    free(self->proven);
    free(self->document);
    free(self->place);
    free(self->leaf);
    free(self->path);
    free(self);
}

void under_clear(under_t *self)
{
    self->n = 0;
    self->heads = 0;
}

void under_add(under_t *self, size_t head, uint32_t index)
{
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 64;
        self->slot = memory_grow(self->slot, self->room, sizeof *self->slot);
    }
    self->slot[self->n++] = (slot_t){.head = head, .index = index};
}

static void make_room(under_t *self)
{
    if (self->heads_room < self->heads + 1) {
        self->heads_room = self->heads + 1 > 2 * self->heads_room ? self->heads + 1
                                                                  : 2 * self->heads_room;
        self->first = memory_grow(self->first, self->heads_room, sizeof *self->first);
        self->proven = memory_grow(self->proven, self->heads_room, sizeof *self->proven);
    }
    if (self->sorted >= self->n)
        return;
    self->document = memory_grow(self->document, self->room, sizeof *self->document);
    self->place = memory_grow(self->place, self->room, sizeof *self->place);
    self->leaf = memory_grow(self->leaf, self->room, sizeof *self->leaf);
    self->path = memory_grow(self->path, self->room, sizeof *self->path);
    for (; self->sorted < self->room; self->sorted++)
        self->path[self->sorted] = (buf_t){0};
}

// One pass to count, one to place each behind those before it of its head.
void under_sort(under_t *self, size_t heads)
{
    self->heads = heads;
    make_room(self);
    memset(self->first, 0, (heads + 1) * sizeof *self->first);
    memset(self->proven, 0, (heads + 1) * sizeof *self->proven);
    for (size_t i = 0; i < self->n; i++)
        if (self->slot[i].head != UNDER_NONE)
            self->first[self->slot[i].head + 1]++;
    for (size_t head = 0; head < heads; head++)
        self->first[head + 1] += self->first[head];
    for (size_t i = 0; i < self->n; i++) {
        slot_t *slot = &self->slot[i];
        if (slot->head == UNDER_NONE)
            continue;
        slot->at = self->first[slot->head]++;
        self->document[slot->at] = i;
        self->place[slot->at] = slot->index;
    }
    // Each stands where the next begins now.
    memmove(self->first + 1, self->first, heads * sizeof *self->first);
    self->first[0] = 0;
}

void under_is(under_t *self, size_t i, const hash_t *document)
{
    merkle_leaf(
        span_of(document->bytes, sizeof document->bytes), &self->leaf[self->slot[i].at]);
}

size_t under_count(const under_t *self, size_t head)
{
    return self->first[head + 1] - self->first[head];
}

size_t under_at(const under_t *self, size_t head, size_t k)
{
    return self->document[self->first[head] + k];
}

int under_prove(under_t *self, size_t head, const sealed_head_t *sealed, bool paths)
{
    size_t first = self->first[head], n = under_count(self, head);
    for (size_t i = first; i < first + n; i++)
        buf_clear(&self->path[i]);
    if (sealing_paths(sealed, self->place + first, self->leaf + first, n,
            paths ? self->path + first : NULL) != 0)
        return -1;
    self->proven[head] = paths;
    return 0;
}

bool under_path(const under_t *self, size_t i, span_t *path)
{
    if (i >= self->n || self->slot[i].head >= self->heads ||
        !self->proven[self->slot[i].head])
        return false;
    *path = buf_span(&self->path[self->slot[i].at]);
    return true;
}
