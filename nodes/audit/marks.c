// marks - open addressing.  The hashes are SHA-256, so that their first bytes serve as
// the place in the table.

#include "nodes/audit/marks.h"

#include "lib/base/memory.h"

#include <stdlib.h>
#include <string.h>

void marks_free(marks_t *self)
{
    free(self->mark);
    *self = (marks_t){0};
}

static struct mark *find(struct mark *mark, size_t room, const hash_t *hash)
{
    size_t place;
    memcpy(&place, hash->bytes, sizeof place);
    for (place &= room - 1; mark[place].value; place = (place + 1) & (room - 1))
        if (hash_equal(&mark[place].hash, hash))
            break;
    return &mark[place];
}

static void grow(marks_t *self)
{
    size_t room = self->room ? 2 * self->room : 64; // a power of two
    struct mark *mark = memory_new(room, sizeof *mark);
    for (size_t i = 0; i < self->room; i++)
        if (self->mark[i].value)
            *find(mark, room, &self->mark[i].hash) = self->mark[i];
    free(self->mark);
    self->mark = mark;
    self->room = room;
}

void marks_put(marks_t *self, const hash_t *hash, uint64_t value)
{
    if (2 * self->n >= self->room)
        grow(self);
    struct mark *mark = find(self->mark, self->room, hash);
    self->n += mark->value == 0;
    *mark = (struct mark){*hash, value + 1};
}

bool marks_get(const marks_t *self, const hash_t *hash, uint64_t *value)
{
    const struct mark *mark = self->room ? find(self->mark, self->room, hash) : NULL;
    if (!mark || !mark->value)
        return false;
    *value = mark->value - 1;
    return true;
}

void marks_pair(const char *a, const char *b, hash_t *out)
{
    buf_t text = {0};
    buf_printf(&text, "%s\n%s", a, b);
    sha256(buf_span(&text), out);
    buf_destroy(&text);
}
