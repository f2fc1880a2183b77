// threads - each reference is looked up twice, by a name, and by a name and a kind: so
// whoever looks for the positions about a measure passes over no updates, however many
// somebody has written.
//
// A value is the position, above the line's number, above the field: 48 bits are left for
// a position, and no log has so many entries.

#include "hub/state/threads.h"

#include <assert.h>

enum { FIELD_BITS = 3, LINE_BITS = 13 };

static uint64_t value_of(const threads_line_t *line)
{
    assert((unsigned)line->field < 1u << FIELD_BITS);
    uint64_t at = line->line < (1u << LINE_BITS) - 1 ? line->line : (1u << LINE_BITS) - 1;
    return (line->position << LINE_BITS | at) << FIELD_BITS | (uint64_t)line->field;
}

void threads_add(lookup_t *lookup, lookup_kind_t what, const threads_line_t *line,
    const char *author, const char *id, const char *kind)
{
    lookup_tag_t any = lookup_tag(lookup, what, author, id, "");
    lookup_add(lookup, &any, value_of(line));
    if (!kind[0])
        return;
    lookup_tag_t of_kind = lookup_tag(lookup, what, author, id, kind);
    lookup_add(lookup, &of_kind, value_of(line));
}

bool threads_find(lookup_t *lookup, lookup_kind_t what, refer_t field, const char *author,
    const char *id, const char *kind, size_t *cursor, uint64_t *position)
{
    uint64_t value;
    lookup_tag_t tag = lookup_tag(lookup, what, author, id, kind);
    while (lookup_find(lookup, &tag, cursor, &value))
        if (field == REFERS || (value & ((1u << FIELD_BITS) - 1)) == (uint64_t)field) {
            *position = value >> (LINE_BITS + FIELD_BITS);
            return true;
        }
    return false;
}
