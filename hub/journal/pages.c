// pages - a table of places, each for one page at a time: of two that fall into one place
// the newer stays.  Memory is taken as places are filled.

#include "hub/journal/pages.h"

#include "lib/base/memory.h"
#include "lib/base/pio.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint32_t file;
    uint64_t number;
    uint8_t *page; // NULL: nothing was here yet
} place_t;

struct pages {
    place_t *place;
    size_t places; // a power of two
    uint32_t files;
    bool failed;
    cause_t why; // when it failed: the first
};

// Damage is what is to be found, and nobody's malice: no key is secret here.
static uint64_t sum(const void *data, size_t size, uint64_t a, uint64_t b)
{
    uint8_t key[crypto_shorthash_KEYBYTES];
    uint64_t out;
    memcpy(key, &a, sizeof a);
    memcpy(key + sizeof a, &b, sizeof b);
    (void)crypto_shorthash((uint8_t *)&out, data, size, key);
    return out;
}

uint64_t page_name(const char *text)
{
    return sum(text, strlen(text), 0, 0);
}

void page_seal(uint8_t page[PAGE_BYTES], uint64_t name, uint64_t number)
{
    uint64_t check = sum(page, PAGE_ROOM, name, number);
    memcpy(page + PAGE_ROOM, &check, sizeof check);
}

bool page_holds(const uint8_t page[PAGE_BYTES], uint64_t name, uint64_t number)
{
    uint64_t check = sum(page, PAGE_ROOM, name, number);
    return memcmp(page + PAGE_ROOM, &check, sizeof check) == 0;
}

int pages_read(
    const paged_t *file, uint64_t number, size_t n, uint8_t *pages, cause_t *why)
{
    ssize_t got = pio_read(file->fd, pages, n * PAGE_BYTES, number * PAGE_BYTES);
    if (got < 0)
        return cause_errno(why, "%s: page %" PRIu64, file->path, number);
    for (size_t i = 0; i < n; i++)
        if ((size_t)got < (i + 1) * PAGE_BYTES ||
            !page_holds(pages + i * PAGE_BYTES, file->name, number + i))
            return cause_set(why, "%s: page %" PRIu64 " is missing or damaged",
                file->path, number + i);
    return 0;
}

pages_t *pages_new(size_t most)
{
    pages_t *self = memory_new(1, sizeof *self);
    self->places = 1;
    while (self->places * 2 <= most)
        self->places *= 2;
    self->place = memory_new(self->places, sizeof *self->place);
    return self;
}

void pages_destroy(pages_t **self_p)
{
    pages_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < self->places; i++)
        free(self->place[i].page);
    free(self->place);
    free(self);
}

uint32_t pages_id(pages_t *self)
{
    return ++self->files;
}

static place_t *place_of(const pages_t *self, uint32_t file, uint64_t number)
{
    uint64_t mixed = (number + ((uint64_t)file << 40)) * 0x9e3779b97f4a7c15u;
    return &self->place[(mixed >> 32) & (self->places - 1)];
}

static void note_failure(pages_t *self, const cause_t *why)
{
    if (!self->failed)
        self->why = *why;
    self->failed = true;
}

const uint8_t *pages_get(
    pages_t *self, const paged_t *file, uint64_t number, cause_t *why)
{
    place_t *place = place_of(self, file->id, number);
    if (place->page && place->file == file->id && place->number == number)
        return place->page;
    if (!place->page)
        place->page = memory_new(1, PAGE_BYTES);
    place->file = 0;
    if (pages_read(file, number, 1, place->page, why) != 0) {
        note_failure(self, why);
        return NULL;
    }
    place->file = file->id;
    place->number = number;
    return place->page;
}

int pages_check(const pages_t *self, cause_t *why)
{
    return self->failed ? cause_set(why, "%s", self->why.text) : 0;
}
