// leaves - the hashes of all leaves of a log, by position, and what follows from them.

#ifndef NODES_AUDIT_LEAVES_H
#define NODES_AUDIT_LEAVES_H

#include "lib/tlog/merkle.h"
#include "nodes/audit/spill.h"

enum { LEAVES_AT_ONCE = 256 };

void leaves_add(spill_t *self, span_t hashes); // behind those that are there
// Up to LEAVES_AT_ONCE of them, that were added.
void leaves_read(spill_t *self, uint64_t first, size_t n, hash_t *out);
// The root over `n` that begin with `first`.
void leaves_root(spill_t *self, uint64_t first, uint64_t n, hash_t *out);

#endif
