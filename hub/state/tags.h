// tags - which things carry a name: from a name of one or two words to the numbers of
// things, in the order they were added.  Adding, taking off and going to the next cost
// the same however many there are.
//
// As ids, it keeps keyed hashes: what it finds is a candidate that the caller confirms.

#ifndef HUB_STATE_TAGS_H
#define HUB_STATE_TAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct tags tags_t;

tags_t *tags_new(void);
// With this key of 16 bytes, so that hashes mean the same in another process.
tags_t *tags_keyed(const uint8_t *key);
void tags_destroy(tags_t **self_p);
// The thing of this number carries the name (`b` may be "").  What is returned is never 0
// and takes it off again.
size_t tags_add(tags_t *self, const char *a, const char *b, size_t number);
// The same by the hash of its name, which tags_hash says of a tag.
size_t tags_add_hash(tags_t *self, uint64_t hash, size_t number);
uint64_t tags_hash(const tags_t *self, size_t tag);
void tags_remove(tags_t *self, size_t tag);
// The next candidate, oldest first.  Start with *cursor == 0; false when there are no
// more.  Adding in between makes no difference to a walk but that what was added may be
// found at its end; what a walk stands on must not be taken off.
bool tags_find(
    tags_t *self, const char *a, const char *b, size_t *cursor, size_t *number);
// How many things walks have found so far: what look-ups have cost.
uint64_t tags_passed(const tags_t *self);

#endif
