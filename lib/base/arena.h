// arena - memory for one turn: handed out piece by piece, taken back all at once.

#ifndef LIB_BASE_ARENA_H
#define LIB_BASE_ARENA_H

#include "lib/base/bytes.h"

typedef struct arena arena_t;

arena_t *arena_new(void);
void arena_destroy(arena_t **self_p);
// Aligned for any type, not cleared; valid until arena_clear.  Never NULL.
void *arena_take(arena_t *self, size_t size);
span_t arena_copy(arena_t *self, span_t span);
void arena_clear(arena_t *self); // keeps one chunk for the next turn

#endif
