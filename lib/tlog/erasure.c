// erasure - few are ever open: lists that are searched from their ends.

#include "lib/tlog/erasure.h"

#include "lib/base/edition.h"
#include "lib/base/memory.h"

#include <inttypes.h>
#include <stdlib.h>

static const char VERSION_LINE[] = "dabyl-erasure/v1";

void erasure_print(const erasure_t *self, buf_t *out)
{
    buf_printf(out, "%s\n", VERSION_LINE);
    for (size_t i = 0; i < self->n; i++)
        buf_printf(out, "position %" PRIu64 "\n", self->position[i]);
}

int erasure_parse(erasure_t *self, span_t text, uint64_t at, cause_t *why)
{
    reader_t reader = reader_of(text);
    uint64_t before = 0; // that is the origin, which is no message
    *self = (erasure_t){0};
    if (edition_line(take_line(&reader), VERSION_LINE, "an erasure", why) != 0)
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
    return self->n > 0 && reader_done(&reader) ? 0 : cause_set(why, "this is no erasure");
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

void erasures_name(erasures_t *self, const erasure_t *erasure)
{
    for (size_t i = 0; i < erasure->n; i++)
        if (take_seen(self, erasure->position[i]))
            self->erased++;
        else
            add(&self->named, &self->names, &self->names_room, erasure->position[i]);
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
