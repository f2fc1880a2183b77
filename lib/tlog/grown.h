// grown - the tree of a log that is read, or comes, batch by batch: each is held against
// what was there before it.

#ifndef LIB_TLOG_GROWN_H
#define LIB_TLOG_GROWN_H

#include "lib/tlog/merkle.h"
#include "lib/tlog/segments.h"

// The batch was written behind exactly these entries; theirs are added.  -1, and the tree
// as it was, when it was written behind others.
int grown_take(merkle_t *tree, const batch_t *batch, cause_t *why);
// That the tree has this size and root; `what` says whose they are.
int grown_is(const merkle_t *tree, uint64_t size, const hash_t *root, const char *what,
    cause_t *why);

// The hashes that make up the tree, from the largest subtree on, 32 bytes each; and back.
// False when they are not as many as a tree of this size has.
void grown_put(const merkle_t *tree, buf_t *out);
bool grown_from(merkle_t *tree, uint64_t size, span_t hashes);

#endif
