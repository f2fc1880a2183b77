// marks - open addressing in a table that may lie in a file.  The hashes are SHA-256, so
// that their first bits serve as the place; a table twice as large has all in the same
// order, and is written from its front to its end.

#include "nodes/audit/marks.h"

#include "lib/base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { FIRST_BITS = 6, AT_ONCE = 8, CHUNK = 512 };

typedef struct {
    hash_t hash;
    uint64_t value; // what was put, plus one; 0: free
} mark_t;

struct marks {
    spill_health_t *health;
    spill_t *table;
    unsigned bits; // 2^bits places, half of them free at least
    uint64_t n;
};

marks_t *marks_new(spill_health_t *health)
{
    marks_t *self = memory_new(1, sizeof *self);
    self->health = health;
    self->table = spill_new(health);
    self->bits = FIRST_BITS;
    return self;
}

void marks_destroy(marks_t **self_p)
{
    marks_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    spill_destroy(&self->table);
    free(self);
}

static uint64_t place_of(const hash_t *hash, unsigned bits)
{
    uint64_t first = 0;
    for (size_t i = 0; i < sizeof first; i++)
        first = first << 8 | hash->bytes[i];
    return first >> (64 - bits);
}

// Where it is, or the free place where it would be.
static uint64_t find(spill_t *table, unsigned bits, const hash_t *hash, mark_t *found)
{
    mark_t mark[AT_ONCE];
    uint64_t room = UINT64_C(1) << bits, place = place_of(hash, bits);
    for (uint64_t looked = 0; looked < room;) {
        uint64_t n = room - place < AT_ONCE ? room - place : AT_ONCE;
        spill_read(table, place * sizeof *mark, mark, n * sizeof *mark);
        for (uint64_t i = 0; i < n; i++)
            if (!mark[i].value || hash_equal(&mark[i].hash, hash)) {
                *found = mark[i];
                return place + i;
            }
        looked += n;
        place = (place + n) & (room - 1);
    }
    *found = (mark_t){0}; // a table that was lost
    return place;
}

static void put(spill_t *table, uint64_t place, const mark_t *mark)
{
    spill_write(table, place * sizeof *mark, mark, sizeof *mark);
}

static void grow(marks_t *self)
{
    mark_t old[CHUNK], ignored;
    spill_t *table = spill_new(self->health);
    uint64_t room = UINT64_C(1) << self->bits;
    for (uint64_t at = 0; at < room && !self->health->failed; at += CHUNK) {
        uint64_t n = room - at < CHUNK ? room - at : CHUNK;
        spill_read(self->table, at * sizeof *old, old, n * sizeof *old);
        for (uint64_t i = 0; i < n; i++)
            if (old[i].value)
                put(table, find(table, self->bits + 1, &old[i].hash, &ignored), &old[i]);
    }
    spill_destroy(&self->table);
    self->table = table;
    self->bits++;
}

// Where it belongs, with room for it, and what is there.
static uint64_t make_room(marks_t *self, const hash_t *hash, mark_t *before)
{
    if (2 * self->n >= UINT64_C(1) << self->bits)
        grow(self);
    return find(self->table, self->bits, hash, before);
}

void marks_put(marks_t *self, const hash_t *hash, uint64_t value)
{
    mark_t before;
    uint64_t place = make_room(self, hash, &before);
    self->n += before.value == 0;
    put(self->table, place, &(mark_t){*hash, value + 1});
}

bool marks_claim(marks_t *self, const hash_t *hash, uint64_t value, uint64_t *before)
{
    mark_t there;
    uint64_t place = make_room(self, hash, &there);
    if (there.value) {
        *before = there.value - 1;
        return false;
    }
    self->n++;
    put(self->table, place, &(mark_t){*hash, value + 1});
    return true;
}

bool marks_get(marks_t *self, const hash_t *hash, uint64_t *value)
{
    mark_t mark;
    (void)find(self->table, self->bits, hash, &mark);
    if (!mark.value)
        return false;
    *value = mark.value - 1;
    return true;
}

uint64_t marks_count(const marks_t *self)
{
    return self->n;
}

void marks_pair(const char *a, const char *b, hash_t *out)
{
    buf_t text = {0};
    buf_printf(&text, "%s\n%s", a, b);
    sha256(buf_span(&text), out);
    buf_destroy(&text);
}
