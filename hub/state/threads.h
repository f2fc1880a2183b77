// threads - which messages refer to which: from (author, id) to the positions of those
// that name it, newest first.
//
// What is found is a candidate that the caller confirms by reading the entry.

#ifndef HUB_STATE_THREADS_H
#define HUB_STATE_THREADS_H

#include "hub/state/lookup.h"
#include "lib/message/routing.h"

// By which line of which message one refers to another.
typedef struct {
    uint64_t position;
    size_t line; // of its record
    refer_t field;
} threads_line_t;

// A message of this kind refers to (author, id).  Lines come in the log's order.
void threads_add(lookup_t *lookup, lookup_kind_t what, const threads_line_t *line,
    const char *author, const char *id, const char *kind);
// The next candidate of this kind ("" for any), by a field or by any (REFERS), newest
// first.  Start with *cursor == 0; false when there are no more.  Adding in between
// makes no difference to a walk that has begun.
bool threads_find(lookup_t *lookup, lookup_kind_t what, refer_t field, const char *author,
    const char *id, const char *kind, size_t *cursor, uint64_t *position);

#endif
