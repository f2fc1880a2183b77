// cosigning_state - what cosigning.c (what waits) and cosigning_sign.c (who signs it)
// share, and nobody else.

#ifndef NODES_OUTBOX_COSIGNING_STATE_H
#define NODES_OUTBOX_COSIGNING_STATE_H

#include "nodes/outbox/cosigning.h"

#include <limits.h>

// With the zero.
enum { COSIGNING_MARK = 17, COSIGNING_ENDING = 40 };

// "<folder>/waiting/<id><ending>".
int cosigning_path(const char *folder, const char *id, const char *ending,
    char out[PATH_MAX], cause_t *why);
// ".<mark>.<signatures>.seal"
void cosigning_ending(const char *mark, size_t signatures, char out[COSIGNING_ENDING]);
// cosigning_open, and the mark of its seal.
int cosigning_open_marked(cosigning_t *self, const char *folder, const char *id,
    char mark[COSIGNING_MARK], cause_t *why);

#endif
