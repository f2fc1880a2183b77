// threads - two tables, from the hash of a name, and of a name and a kind, to the newest
// of its references, and each reference to the one before it of both.
//
// So whoever looks for the positions about a measure passes over no updates, however many
// somebody has written.  All hashes are keyed with random
// bytes, so that nobody outside can make many names fall into one place.

#include "hub/state/threads.h"

#include "lib/base/memory.h"
#include "lib/sys/random.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 256 };

typedef struct {
    uint64_t position;
    uint32_t before;         // the reference before it, from 1; 0: none
    uint32_t before_of_kind; // and that of its kind
    uint8_t field;
} link_t;

typedef struct {
    uint64_t tag;    // 0: free
    uint32_t newest; // link, from 1
} slot_t;

typedef struct {
    slot_t *slots; // open addressing, grows at seven tenths full
    size_t room;   // a power of two
    size_t names;
} table_t;

struct threads {
    uint8_t key[crypto_shorthash_KEYBYTES];
    table_t all, of_kind;
    link_t *links;
    size_t links_room, count;
};

static table_t new_table(void)
{
    return (table_t){memory_new(FIRST_ROOM, sizeof(slot_t)), FIRST_ROOM, 0};
}

threads_t *threads_new(void)
{
    threads_t *self = memory_new(1, sizeof *self);
    random_bytes(self->key, sizeof self->key);
    self->all = new_table();
    self->of_kind = new_table();
    return self;
}

void threads_destroy(threads_t **self_p)
{
    threads_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    free(self->all.slots);
    free(self->of_kind.slots);
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

// Of a name, or with a kind that is not "" of the two.
static uint64_t tag_of(
    const threads_t *self, const char *author, const char *id, const char *kind)
{
    uint64_t tag = hash_of(self, author, id);
    if (kind[0])
        tag = (tag << 1 | tag >> 63) ^ hash_of(self, "", kind);
    return tag ? tag : 1;
}

// The slot of a name, or the free one where it belongs.
static slot_t *slot_of(slot_t *slots, size_t room, uint64_t tag)
{
    size_t i = tag & (room - 1);
    while (slots[i].tag && slots[i].tag != tag)
        i = (i + 1) & (room - 1);
    return &slots[i];
}

static void grow(table_t *table)
{
    size_t room = table->room * 2;
    slot_t *slots = memory_new(room, sizeof *slots);
    for (size_t i = 0; i < table->room; i++)
        if (table->slots[i].tag)
            *slot_of(slots, room, table->slots[i].tag) = table->slots[i];
    free(table->slots);
    table->slots = slots;
    table->room = room;
}

// The link is the newest of this tag from now on; which was before it.
static uint32_t put_first(table_t *table, uint64_t tag, uint32_t link)
{
    if ((table->names + 1) * 10 > table->room * 7)
        grow(table);
    slot_t *slot = slot_of(table->slots, table->room, tag);
    uint32_t before = slot->newest;
    if (!slot->tag)
        table->names++;
    *slot = (slot_t){tag, link};
    return before;
}

void threads_add(threads_t *self, refer_t field, const char *author, const char *id,
    const char *kind, uint64_t position)
{
    if (self->count == self->links_room) {
        self->links_room = self->links_room ? self->links_room * 2 : FIRST_ROOM;
        self->links = memory_grow(self->links, self->links_room, sizeof *self->links);
    }
    assert(self->count < UINT32_MAX); // 96 GiB of links: memory ends before
    uint32_t link = (uint32_t)++self->count;
    self->links[link - 1] = (link_t){position,
        put_first(&self->all, tag_of(self, author, id, ""), link),
        put_first(&self->of_kind, tag_of(self, author, id, kind), link), (uint8_t)field};
}

// The cursor is the link that was found last; SIZE_MAX after the oldest.
bool threads_find(const threads_t *self, refer_t field, const char *author,
    const char *id, const char *kind, size_t *cursor, uint64_t *position)
{
    const table_t *table = kind[0] ? &self->of_kind : &self->all;
    uint32_t at;
    if (*cursor == SIZE_MAX)
        return false;
    if (*cursor == 0)
        at = slot_of(table->slots, table->room, tag_of(self, author, id, kind))->newest;
    else
        at = kind[0] ? self->links[*cursor - 1].before_of_kind
                     : self->links[*cursor - 1].before;
    while (at && field != REFERS && self->links[at - 1].field != field)
        at = kind[0] ? self->links[at - 1].before_of_kind : self->links[at - 1].before;
    *cursor = at ? at : SIZE_MAX;
    if (at)
        *position = self->links[at - 1].position;
    return at != 0;
}

static void clear(table_t *table)
{
    if (table->names)
        memset(table->slots, 0, table->room * sizeof *table->slots);
    table->names = 0;
}

void threads_clear(threads_t *self)
{
    clear(&self->all);
    clear(&self->of_kind);
    self->count = 0;
}
