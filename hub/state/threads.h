// threads - which messages refer to which: from (author, id) to the positions of those
// that name it, newest first.  At most a hundred
// bytes a reference.
//
// As ids, it keeps keyed hashes: what it finds is a candidate that the caller confirms
// by reading the entry.

#ifndef HUB_STATE_THREADS_H
#define HUB_STATE_THREADS_H

#include "lib/message/routing.h"

typedef struct threads threads_t;

threads_t *threads_new(void);
void threads_destroy(threads_t **self_p);
// The message of this kind at `position` refers to (author, id).  Positions increase.
void threads_add(threads_t *self, refer_t field, const char *author, const char *id,
    const char *kind, uint64_t position);
// The next candidate of this kind ("" for any), by a field or by any (REFERS), newest
// first.  Start with *cursor == 0; false when there are no more.  Adding in between
// makes no difference to a walk that has begun.
bool threads_find(const threads_t *self, refer_t field, const char *author,
    const char *id, const char *kind, size_t *cursor, uint64_t *position);
void threads_clear(threads_t *self);

#endif
