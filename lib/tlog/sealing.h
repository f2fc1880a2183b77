// sealing - documents that were sealed together, where several of them travel or lie
// together: each seal's head once, and one run proof (merkle.h) for all their places.
//
//     head = long text, long proof
//
// Of one head the places increase; where they do not, the head stands there again.

#ifndef LIB_TLOG_SEALING_H
#define LIB_TLOG_SEALING_H

#include "lib/tlog/merkle.h"

typedef struct {
    span_t text;  // of the seal's head
    span_t proof; // whole hashes
} sealed_head_t;

// A document's place under a seal, by its audit path there.
typedef struct {
    span_t head; // its text
    uint32_t index;
    span_t path;
} seal_place_t;

// How many documents the head says it covers; 0 when it does not say so.
uint32_t sealing_count(span_t head);

// Heads, as documents are added whose places are known by their paths.
typedef struct sealing sealing_t;

sealing_t *sealing_new(void);
void sealing_destroy(sealing_t **self_p);
void sealing_clear(sealing_t *self);
// The number of the head for one more document at this place, which is borrowed until the
// next sealing_clear.
size_t sealing_add(sealing_t *self, const seal_place_t *place);
size_t sealing_heads(const sealing_t *self);
// Whether a document at this place would have a head that is there.
bool sealing_has(const sealing_t *self, const seal_place_t *place);
// The heads with their proofs, which live until the next sealing_clear.  -1 when a path
// is none of its head's tree.
int sealing_finish(sealing_t *self, const sealed_head_t **heads);

// The audit paths of documents under one head: `index` increases, `leaf` is merkle_leaf
// of each document's SHA-256, and `paths` gets n paths (appended).  -1 when the proof
// does not lead to the root; -1 too when the head's text says none.
int sealing_paths(const sealed_head_t *head, const uint64_t *index, const hash_t *leaf,
    size_t n, buf_t *paths);

#endif
