// marks - remembers a number for each of many hashes, however many, in memory that stays
// the same (spill.h).

#ifndef NODES_AUDIT_MARKS_H
#define NODES_AUDIT_MARKS_H

#include "nodes/audit/spill.h"

typedef struct marks marks_t;

// After something of it was lost, as `health` then says, what is found means nothing.
marks_t *marks_new(spill_health_t *health);
void marks_destroy(marks_t **self_p);
void marks_put(marks_t *self, const hash_t *hash, uint64_t value); // replaces
// Puts it where there is nothing; else false, and what there is.
bool marks_claim(marks_t *self, const hash_t *hash, uint64_t value, uint64_t *before);
bool marks_get(marks_t *self, const hash_t *hash, uint64_t *value);
uint64_t marks_count(const marks_t *self);
void marks_pair(const char *a, const char *b, hash_t *out); // the hash of two words

#endif
