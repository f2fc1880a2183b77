// tags - open addressing from the hash of a name to the first and last of a list; the
// links of all lists lie in one array, those that were taken off chained for reuse.  The
// hash is keyed with random bytes, so that nobody outside can make many names fall into
// one place.

#include "hub/state/tags.h"

#include "lib/base/memory.h"
#include "lib/sys/random.h"

#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_ROOM = 64, WORD_MAX = 128, DONE = -1 };

typedef struct {
    uint64_t hash; // 0: free
    size_t first, last;
} name_t;

typedef struct {
    uint64_t hash;
    size_t number;
    size_t before, next; // of the same name; 0: none
} link_t;

struct tags {
    uint8_t key[crypto_shorthash_KEYBYTES];
    name_t *names; // open addressing, grows at seven tenths full
    size_t room;   // a power of two
    size_t used;
    link_t *links; // from 1
    size_t links_room, links_used;
    size_t free; // the first link to be used again; 0: none
    uint64_t passed;
};

tags_t *tags_new(void)
{
    uint8_t key[crypto_shorthash_KEYBYTES];
    random_bytes(key, sizeof key);
    return tags_keyed(key);
}

tags_t *tags_keyed(const uint8_t *key)
{
    tags_t *self = memory_new(1, sizeof *self);
    memcpy(self->key, key, sizeof self->key);
    self->room = self->links_room = FIRST_ROOM;
    self->names = memory_new(self->room, sizeof *self->names);
    self->links = memory_new(self->links_room, sizeof *self->links);
    self->links_used = 1;
    return self;
}

void tags_destroy(tags_t **self_p)
{
    tags_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    free(self->names);
    free(self->links);
    free(self);
}

static uint64_t hash_of(const tags_t *self, const char *a, const char *b)
{
    uint8_t text[2 * WORD_MAX];
    size_t a_size = strnlen(a, WORD_MAX - 1), b_size = strnlen(b, WORD_MAX - 1);
    uint64_t hash;
    memcpy(text, a, a_size);
    text[a_size] = 0;
    memcpy(text + a_size + 1, b, b_size);
    (void)crypto_shorthash((uint8_t *)&hash, text, a_size + 1 + b_size, self->key);
    return hash ? hash : 1;
}

// The place of a name, or the free one where it belongs.
static size_t place_of(const name_t *names, size_t room, uint64_t hash)
{
    size_t i = hash & (room - 1);
    while (names[i].hash && names[i].hash != hash)
        i = (i + 1) & (room - 1);
    return i;
}

static void grow(tags_t *self)
{
    size_t room = self->room * 2;
    name_t *names = memory_new(room, sizeof *names);
    for (size_t i = 0; i < self->room; i++)
        if (self->names[i].hash)
            names[place_of(names, room, self->names[i].hash)] = self->names[i];
    free(self->names);
    self->names = names;
    self->room = room;
}

static size_t new_link(tags_t *self)
{
    size_t link = self->free;
    if (link) {
        self->free = self->links[link].next;
        return link;
    }
    if (self->links_used == self->links_room) {
        self->links_room *= 2;
        self->links = memory_grow(self->links, self->links_room, sizeof *self->links);
    }
    return self->links_used++;
}

size_t tags_add(tags_t *self, const char *a, const char *b, size_t number)
{
    return tags_add_hash(self, hash_of(self, a, b), number);
}

uint64_t tags_hash(const tags_t *self, size_t tag)
{
    return self->links[tag].hash;
}

size_t tags_add_hash(tags_t *self, uint64_t hash, size_t number)
{
    if ((self->used + 1) * 10 > self->room * 7)
        grow(self);
    size_t link = new_link(self);
    name_t *name = &self->names[place_of(self->names, self->room, hash)];
    self->links[link] = (link_t){hash, number, name->last, 0};
    if (!name->hash) {
        *name = (name_t){hash, link, link};
        self->used++;
        return link;
    }
    self->links[name->last].next = link;
    name->last = link;
    return link;
}

// Names behind a freed place move up, or a search would end at the hole.
static void free_name(tags_t *self, size_t hole)
{
    size_t mask = self->room - 1;
    self->used--;
    for (size_t i = (hole + 1) & mask; self->names[i].hash; i = (i + 1) & mask) {
        size_t home = self->names[i].hash & mask;
        if (((i - home) & mask) < ((i - hole) & mask))
            continue; // it may not lie before its home
        self->names[hole] = self->names[i];
        hole = i;
    }
    self->names[hole] = (name_t){0};
}

void tags_remove(tags_t *self, size_t tag)
{
    link_t *link = &self->links[tag];
    size_t place = place_of(self->names, self->room, link->hash);
    name_t *name = &self->names[place];
    assert(name->hash == link->hash);
    if (link->before)
        self->links[link->before].next = link->next;
    else
        name->first = link->next;
    if (link->next)
        self->links[link->next].before = link->before;
    else
        name->last = link->before;
    if (!name->first)
        free_name(self, place);
    *link = (link_t){.next = self->free};
    self->free = tag;
}

// The cursor is the link that was found last.
bool tags_find(tags_t *self, const char *a, const char *b, size_t *cursor, size_t *number)
{
    if (*cursor == (size_t)DONE)
        return false;
    size_t at =
        *cursor
            ? self->links[*cursor].next
            : self->names[place_of(self->names, self->room, hash_of(self, a, b))].first;
    *cursor = at ? at : (size_t)DONE;
    if (!at)
        return false;
    *number = self->links[at].number;
    self->passed++;
    return true;
}

uint64_t tags_passed(const tags_t *self)
{
    return self->passed;
}
