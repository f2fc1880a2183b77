// erasure - few are ever open: lists that are searched from their ends.

#include "lib/tlog/erasure.h"

#include "lib/base/edition.h"
#include "lib/base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char FIRST_LINE[] = "dabyl-erasure/v1", FILES_LINE[] = "dabyl-erasure/v2";

bool erasure_add(erasure_t *self, uint64_t position)
{
    size_t at = self->n;
    while (at > 0 && self->position[at - 1] >= position)
        at--;
    if (at < self->n && self->position[at] == position)
        return true;
    if (self->n == ERASURE_MAX)
        return false;
    memmove(&self->position[at + 1], &self->position[at],
        (self->n++ - at) * sizeof *self->position);
    self->position[at] = position;
    return true;
}

static int order(const hash_t *a, const hash_t *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes);
}

bool erasure_add_file(erasure_t *self, const hash_t *digest)
{
    size_t at = self->files;
    while (at > 0 && order(&self->file[at - 1], digest) >= 0)
        at--;
    if (at < self->files && hash_equal(&self->file[at], digest))
        return true;
    if (self->files == ERASURE_FILES)
        return false;
    memmove(
        &self->file[at + 1], &self->file[at], (self->files++ - at) * sizeof *self->file);
    self->file[at] = *digest;
    return true;
}

void erasure_print(const erasure_t *self, buf_t *out)
{
    buf_printf(out, "%s\n", self->files ? FILES_LINE : FIRST_LINE);
    for (size_t i = 0; i < self->n; i++)
        buf_printf(out, "position %" PRIu64 "\n", self->position[i]);
    for (size_t i = 0; i < self->files; i++) {
        buf_put_text(out, "attachment ");
        buf_put_hex(out, span_of(&self->file[i], sizeof *self->file));
        buf_put_u8(out, '\n');
    }
}

// At least one, since without any it would be of the first version.
static bool take_files(erasure_t *self, reader_t *from)
{
    while (self->files < ERASURE_FILES && reader_at(from, "attachment")) {
        hash_t *file = &self->file[self->files];
        if (!hex_decode(take_field(from, "attachment"), file, sizeof *file) ||
            (self->files > 0 && order(file - 1, file) >= 0))
            return false;
        self->files++;
    }
    return self->files > 0;
}

int erasure_parse(erasure_t *self, span_t text, uint64_t at, cause_t *why)
{
    reader_t reader = reader_of(text);
    uint64_t before = 0; // that is the origin, which is no message
    *self = (erasure_t){0};
    span_t edition = take_line(&reader);
    bool files = span_is(edition, FILES_LINE);
    if (!files && edition_line(edition, FIRST_LINE, "an erasure", why) != 0)
        return -1;
    while (self->n < ERASURE_MAX && reader_at(&reader, "position")) {
        uint64_t position;
        if (!decimal_decode(take_field(&reader, "position"), &position))
            return cause_set(why, "an erasure of what is no position");
        if (position <= before || position >= at)
            return cause_set(why,
                "it erases entry %" PRIu64 ", which is not before it, or out of order",
                position);
        self->position[self->n++] = before = position;
    }
    bool good = self->n > 0 && (!files || take_files(self, &reader));
    return good && reader_done(&reader) ? 0 : cause_set(why, "this is no erasure");
}

bool erasure_of(span_t document)
{
    return document.size > 0 && document.data[0] == 0 &&
           memcmp(document.data, document.data + 1, document.size - 1) == 0;
}

void erasures_close(erasures_t *self)
{
    free(self->seen);
    free(self->named);
    free(self->file);
    *self = (erasures_t){0};
}

static void add(uint64_t **list, size_t *n, size_t *room, uint64_t position)
{
    if (*n == *room) {
        *room = *room ? 2 * *room : 8;
        *list = memory_grow(*list, *room, sizeof **list);
    }
    (*list)[(*n)++] = position;
}

void erasures_see(erasures_t *self, uint64_t position)
{
    add(&self->seen, &self->n, &self->room, position);
}

static bool take_seen(erasures_t *self, uint64_t position)
{
    for (size_t i = self->n; i > 0; i--)
        if (self->seen[i - 1] == position) {
            self->seen[i - 1] = self->seen[--self->n];
            return true;
        }
    return false;
}

static size_t find_file(const erasures_t *self, const hash_t *digest)
{
    size_t at = 0;
    while (at < self->files && !hash_equal(&self->file[at], digest))
        at++;
    return at;
}

static void add_file(erasures_t *self, const hash_t *digest)
{
    if (erasures_has_file(self, digest))
        return;
    if (self->files == self->files_room) {
        self->files_room = self->files_room ? 2 * self->files_room : 8;
        self->file = memory_grow(self->file, self->files_room, sizeof *self->file);
    }
    self->file[self->files++] = *digest;
}

void erasures_name(erasures_t *self, const erasure_t *erasure)
{
    for (size_t i = 0; i < erasure->n; i++)
        if (take_seen(self, erasure->position[i]))
            self->erased++;
        else
            add(&self->named, &self->names, &self->names_room, erasure->position[i]);
    for (size_t i = 0; i < erasure->files; i++)
        add_file(self, &erasure->file[i]);
}

void erasures_handed_in(erasures_t *self, const hash_t *digest)
{
    size_t at = find_file(self, digest);
    if (at < self->files)
        self->file[at] = self->file[--self->files];
}

bool erasures_has_file(const erasures_t *self, const hash_t *digest)
{
    return find_file(self, digest) < self->files;
}

int erasures_check(const erasures_t *self, cause_t *why)
{
    if (self->n == 0)
        return 0;
    return cause_set(why,
        "entry %" PRIu64 ": its document is gone, and no later entry says that it was "
        "erased",
        self->seen[0]);
}
