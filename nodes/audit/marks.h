// marks - remembers a number for each of many hashes.

#ifndef NODES_AUDIT_MARKS_H
#define NODES_AUDIT_MARKS_H

#include "lib/base/bytes.h"

typedef struct {
    size_t n, room;
    struct mark {
        hash_t hash;
        uint64_t value; // what was put, plus one; 0: free
    } * mark;
} marks_t; // {0} is valid and empty

void marks_free(marks_t *self);
void marks_put(marks_t *self, const hash_t *hash, uint64_t value); // replaces
void marks_pair(const char *a, const char *b, hash_t *out); // the hash of two words
bool marks_get(const marks_t *self, const hash_t *hash, uint64_t *value);

#endif
