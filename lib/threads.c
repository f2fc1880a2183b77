// threads - a table from the hash of a name to the newest of its references, and each
// reference to the one before it.
//
// The kind rides along as a short hash: whoever looks for the positions about a measure
// need not read a thousand updates to find them.  All hashes are keyed with random
// bytes, so that nobody outside can make many names fall into one place.

#include "lib/threads.h"

#include "lib/memory.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256 };

typedef struct {
    uint64_t position;
    uint32_t before; // the reference before it, from 1; 0: none
    uint16_t kind;   // hash
    uint8_t field;
} link_t;

typedef struct {
    uint64_t tag;    // 0: free
    uint32_t newest; // link, from 1
} slot_t;

struct threads {
    uint8_t key[crypto_shorthash_KEYBYTES];
    slot_t *slots; // open addressing, grows at seven tenths full
    size_t room;   // a power of two
    size_t names;
    link_t *links;
    size_t links_room, count;
};

threads_t *threads_new(void)
{
    threads_t *self = memory_new(1, sizeof *self);
    randombytes_buf(self->key, sizeof self->key);
    self->room = FIRST_ROOM;
    self->slots = memory_new(self->room, sizeof *self->slots);
    return self;
}

void threads_destroy(threads_t **self_p)
{
    threads_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    free(self->slots);
    free(self->links);
    free(self);
}

static uint64_t hash_of(const threads_t *self, const char *a, const char *b)
{
    uint8_t text[2 * KIND_MAX + 2 * NODE_ID_MAX];
    size_t a_size = strnlen(a, sizeof text / 2 - 1);
    size_t b_size = strnlen(b, sizeof text / 2 - 1);
    uint64_t hash;
    memcpy(text, a, a_size);
    text[a_size] = 0;
    memcpy(text + a_size + 1, b, b_size);
    (void)crypto_shorthash((uint8_t *)&hash, text, a_size + 1 + b_size, self->key);
    return hash;
}

static uint64_t tag_of(const threads_t *self, const char *author, const char *id)
{
    uint64_t tag = hash_of(self, author, id);
    return tag ? tag : 1;
}

static uint16_t kind_of(const threads_t *self, const char *kind)
{
    return (uint16_t)hash_of(self, "", kind);
}

// The slot of a name, or the free one where it belongs.
static slot_t *slot_of(slot_t *slots, size_t room, uint64_t tag)
{
    size_t i = tag & (room - 1);
    while (slots[i].tag && slots[i].tag != tag)
        i = (i + 1) & (room - 1);
    return &slots[i];
}

static void grow(threads_t *self)
{
    size_t room = self->room * 2;
    slot_t *slots = memory_new(room, sizeof *slots);
    for (size_t i = 0; i < self->room; i++)
        if (self->slots[i].tag)
            *slot_of(slots, room, self->slots[i].tag) = self->slots[i];
    free(self->slots);
    self->slots = slots;
    self->room = room;
}

void threads_add(threads_t *self, refer_t field, const char *author, const char *id,
    const char *kind, uint64_t position)
{
    if ((self->names + 1) * 10 > self->room * 7)
        grow(self);
    if (self->count == self->links_room) {
        self->links_room = self->links_room ? self->links_room * 2 : FIRST_ROOM;
        self->links = memory_grow(self->links, self->links_room, sizeof *self->links);
    }
    uint64_t tag = tag_of(self, author, id);
    slot_t *slot = slot_of(self->slots, self->room, tag);
    if (!slot->tag)
        self->names++;
    assert(self->count < UINT32_MAX); // 64 GiB of links: memory ends before
    self->links[self->count++] =
        (link_t){position, slot->newest, kind_of(self, kind), (uint8_t)field};
    *slot = (slot_t){tag, (uint32_t)self->count};
}

// The cursor is the link that was found last; SIZE_MAX after the oldest.
bool threads_find(const threads_t *self, refer_t field, const char *author,
    const char *id, const char *kind, size_t *cursor, uint64_t *position)
{
    if (*cursor == SIZE_MAX)
        return false;
    uint32_t at =
        *cursor ? self->links[*cursor - 1].before
                : slot_of(self->slots, self->room, tag_of(self, author, id))->newest;
    uint16_t wanted = kind_of(self, kind);
    for (; at; at = self->links[at - 1].before) {
        const link_t *link = &self->links[at - 1];
        if ((kind[0] && link->kind != wanted) ||
            (field != REFERS && link->field != field))
            continue;
        *cursor = at;
        *position = link->position;
        return true;
    }
    *cursor = SIZE_MAX;
    return false;
}

void threads_clear(threads_t *self)
{
    if (self->names)
        memset(self->slots, 0, self->room * sizeof *self->slots);
    self->names = 0;
    self->count = 0;
}
