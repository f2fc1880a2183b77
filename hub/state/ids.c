// ids - open addressing with linear probing; grows at seven tenths full.  The hash is
// keyed with random bytes, so that nobody outside can make many messages fall into one
// place.

#include "hub/state/ids.h"

#include "lib/base/memory.h"
#include "lib/sys/random.h"
#include "lib/tlog/leaf.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256 };

typedef struct {
    uint64_t tag; // 0: free
    uint64_t position;
} slot_t;

struct ids {
    uint8_t key[crypto_shorthash_KEYBYTES];
    slot_t *slots;
    size_t room; // a power of two
    size_t count;
};

ids_t *ids_new(void)
{
    ids_t *self = memory_new(1, sizeof *self);
    random_bytes(self->key, sizeof self->key);
    self->room = FIRST_ROOM;
    self->slots = memory_new(self->room, sizeof *self->slots);
    return self;
}

void ids_destroy(ids_t **self_p)
{
    ids_t *self = *self_p;
    if (!self)
        return;
    free(self->slots);
    free(self);
    *self_p = NULL;
}

static uint64_t tag_of(const ids_t *self, const char *author, const char *id)
{
    uint8_t name[NODE_ID_MAX + MESSAGE_ID_MAX];
    size_t author_size = strnlen(author, NODE_ID_MAX - 1);
    size_t id_size = strnlen(id, MESSAGE_ID_MAX - 1);
    memcpy(name, author, author_size);
    name[author_size] = 0;
    memcpy(name + author_size + 1, id, id_size);
    uint64_t tag;
    crypto_shorthash((uint8_t *)&tag, name, author_size + 1 + id_size, self->key);
    return tag ? tag : 1;
}

static void put(slot_t *slots, size_t room, slot_t slot)
{
    size_t i = slot.tag & (room - 1);
    while (slots[i].tag)
        i = (i + 1) & (room - 1);
    slots[i] = slot;
}

static void grow(ids_t *self)
{
    size_t room = self->room * 2;
    slot_t *slots = memory_new(room, sizeof *slots);
    for (size_t i = 0; i < self->room; i++)
        if (self->slots[i].tag)
            put(slots, room, self->slots[i]);
    free(self->slots);
    self->slots = slots;
    self->room = room;
}

void ids_add(ids_t *self, const char *author, const char *id, uint64_t position)
{
    if ((self->count + 1) * 10 > self->room * 7)
        grow(self);
    put(self->slots, self->room, (slot_t){tag_of(self, author, id), position});
    self->count++;
}

bool ids_find(const ids_t *self, const char *author, const char *id, size_t *cursor,
    uint64_t *position)
{
    uint64_t tag = tag_of(self, author, id);
    while (*cursor < self->room) {
        const slot_t *slot = &self->slots[(tag + *cursor) & (self->room - 1)];
        (*cursor)++;
        if (!slot->tag)
            return false;
        if (slot->tag == tag) {
            *position = slot->position;
            return true;
        }
    }
    return false;
}

void ids_clear(ids_t *self)
{
    if (self->count)
        memset(self->slots, 0, self->room * sizeof *self->slots);
    self->count = 0;
}
