// batch - the entries a turn is about to write, in order, with everything that identifies
// them.
//
// Documents and seals are borrowed until batch_clear; records are copied.

#ifndef HUB_BATCH_H
#define HUB_BATCH_H

#include "lib/arena.h"
#include "lib/leaf.h"
#include "lib/seal.h"

typedef struct {
    leaf_t leaf; // position and time are set by batch_add, the hashes by batch_finish
    span_t document, seal, record;
    bool derived; // the hub seals it in batch_finish
    span_t text;  // the leaf's text, after batch_finish
    hash_t hash;  // the leaf's hash in the tree, after batch_finish
} batch_item_t;

typedef struct batch batch_t;

batch_t *batch_new(void);
void batch_destroy(batch_t **self_p);
// Forget the entries; the next one takes `first` and all carry `time_ms`.
void batch_clear(batch_t *self, uint64_t first, int64_t time_ms);
uint64_t batch_first(const batch_t *self);
size_t batch_count(const batch_t *self);
batch_item_t *batch_at(batch_t *self, size_t i);
// Add an entry of this type; kind, author and id may be "".  Hashes that the caller knows
// may be The item is valid until the next batch_add.
batch_item_t *batch_add(batch_t *self, const char *type, const char *kind,
    const char *author, const char *id);
// `hash` where the caller knows it, else NULL.
void batch_set_document(batch_item_t *item, span_t document, const hash_t *hash);
void batch_set_seal(batch_item_t *item, span_t seal, const hash_t *hash);
void batch_set_record(batch_t *self, batch_item_t *item, span_t record);
// Memory that lives as long as the batch.
arena_t *batch_arena(batch_t *self);
// Seal what was derived (one signature for all), write every leaf and hash it.
void batch_finish(batch_t *self, const char *origin, const seal_key_t *key);

#endif
