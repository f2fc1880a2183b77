// before - a sorted list is enough: it is looked into once for each delivery, and only
// where there is one.

#include "nodes/inbox/before.h"

#include "lib/base/edition.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 8 << 20 };

static const char magic[] = "dabyl-before/v1";

struct before {
    bool any;
    uint64_t position;
    size_t n, room;
    hash_t *had; // hashes of author and id, and of these with the document; sorted
};

// The line up to its last word.
static span_t named_part(span_t line)
{
    while (line.size > 0 && line.data[line.size - 1] != ' ')
        line.size--;
    return line;
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(hash_t));
}

// `names`: without the document.
static void hash_had(const leaf_t *leaf, bool names, hash_t *out)
{
    buf_t text = {0};
    before_print_had(&text, leaf);
    sha256(names ? named_part(buf_span(&text)) : buf_span(&text), out);
    buf_destroy(&text);
}

void before_print(buf_t *out, bool any, uint64_t position)
{
    buf_printf(out, "%s\n", magic);
    if (any)
        buf_printf(out, "position %" PRIu64 "\n", position);
}

void before_print_had(buf_t *out, const leaf_t *leaf)
{
    buf_printf(out, "had %s %s ", leaf->author, leaf->id);
    buf_put_hex(out, span_of(leaf->document.bytes, sizeof leaf->document.bytes));
    buf_put_u8(out, '\n');
}

static void add(before_t *self, span_t line)
{
    buf_t text = {0};
    if (self->n + 2 > self->room) {
        self->room = self->room ? 2 * self->room : 64;
        self->had = memory_grow(self->had, self->room, sizeof *self->had);
    }
    buf_put_span(&text, line);
    buf_put_u8(&text, '\n');
    sha256(buf_span(&text), &self->had[self->n++]);
    sha256(named_part(line), &self->had[self->n++]);
    buf_destroy(&text);
}

static int parse(before_t *self, span_t text, cause_t *why)
{
    static const char position[] = "position ", had[] = "had ";
    reader_t reader = reader_of(text);
    if (edition_line(
            take_line(&reader), magic, "what a node has of the log before", why) != 0)
        return -1;
    while (reader.rest.size > 0 && !reader.bad) {
        span_t line = take_line(&reader);
        if (line.size > strlen(had) && memcmp(line.data, had, strlen(had)) == 0)
            add(self, line);
        else if (!self->any && line.size > strlen(position) &&
                 memcmp(line.data, position, strlen(position)) == 0 &&
                 decimal_decode(
                     span_of(line.data + strlen(position), line.size - strlen(position)),
                     &self->position))
            self->any = true;
        else
            return cause_set(why, "a line that is none");
    }
    return reader.bad ? cause_set(why, "cut short") : 0;
}

before_t *before_open(const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    before_t *self = memory_new(1, sizeof *self);
    int result = path_join(path, sizeof path, folder, "state/before", why);
    if (result == 0 && access(path, F_OK) == 0) {
        result = file_read(path, FILE_MAX, &text, why);
        if (result == 0 && parse(self, buf_span(&text), why) != 0)
            result = cause_prefix(why, "%s", path);
    }
    buf_destroy(&text);
    if (result != 0)
        before_close(&self);
    else if (self->n > 0)
        qsort(self->had, self->n, sizeof *self->had, compare);
    return self;
}

void before_close(before_t **self_p)
{
    before_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    free(self->had);
    free(self);
}

bool before_had(const before_t *self, const leaf_t *leaf, bool by_hub)
{
    hash_t wanted;
    if (leaf_is_former(leaf) && self->any && leaf->former <= self->position)
        return true;
    if (self->n == 0)
        return false;
    hash_had(leaf, by_hub, &wanted);
    return bsearch(&wanted, self->had, self->n, sizeof *self->had, compare) != NULL;
}
