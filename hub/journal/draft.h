// draft - the entries a turn is about to write, in order, with everything that identifies
// them.
//
// Documents, seals and paths are borrowed until draft_clear; records are copied.

#ifndef HUB_JOURNAL_DRAFT_H
#define HUB_JOURNAL_DRAFT_H

#include "lib/base/arena.h"
#include "lib/message/routing.h"
#include "lib/pki/seal.h"
#include "lib/tlog/leaf.h"
#include "lib/tlog/merkle.h"
#include "lib/tlog/segment.h"

typedef struct {
    leaf_t leaf; // position and time are set by draft_add, the hashes by draft_finish
    span_t document, record;
    seal_place_t seal;     // of what is no message: a text, and no place
    bool placed;           // it is a place
    bool derived;          // the hub seals it in draft_finish
    span_t bytes;          // the leaf's octets, after draft_leaf or draft_finish
    entry_hashes_t hashes; // of the parts, after draft_finish
    // What the record of a message says, read into draft_routing; NULL: it is not kept.
    const routing_t *routing;
} draft_item_t;

typedef struct draft draft_t;

draft_t *draft_new(void);
void draft_destroy(draft_t **self_p);
// Forget the entries; the next one takes `first` and all carry `time_ms`.
void draft_clear(draft_t *self, uint64_t first, int64_t time_ms);
// Only the first `n` entries stay.
void draft_cut(draft_t *self, size_t n);
uint64_t draft_first(const draft_t *self);
size_t draft_count(const draft_t *self);
draft_item_t *draft_at(draft_t *self, size_t i);
// The item that is to have this position in the log, or NULL.
draft_item_t *draft_find(draft_t *self, uint64_t position);
// Add an entry of this type; kind, author and id may be "".  The item is valid until the
// next draft_add.
draft_item_t *draft_add(draft_t *self, const char *type, const char *kind,
    const char *author, const char *id);
// An entry with nothing but a document, which is copied.
void draft_add_text(draft_t *self, const char *type, const char *author, span_t text);
// `hash` where the caller knows it, else NULL.
void draft_set_document(draft_item_t *item, span_t document, const hash_t *hash);
void draft_set_seal(draft_item_t *item, span_t text);
// Of a message; `hash` is the head's where the caller knows it, else NULL.
void draft_set_place(draft_item_t *item, const seal_place_t *place, const hash_t *hash);
void draft_set_record(draft_t *self, draft_item_t *item, span_t record);
// What to read the item's record into, with room for each of its lines, as long as the
// draft lives; not to be closed.  NULL where there are many lines: it costs less to read
// them again than to keep them.
routing_t *draft_routing(draft_t *self, const draft_item_t *item);
// The leaf's octets, as far as they are known: of a derived message the seal is to come.
// Empty when it is none (leaf_put): such an item must not stay in the draft.
// It is kept until a part is set, so of `leaf` itself nothing must change any more.
span_t draft_leaf(draft_t *self, draft_item_t *item);
// The item as an entry, which borrows from it.
entry_t draft_entry(const draft_item_t *item);
// About what the entry takes in a batch; and all from this place on.
size_t draft_bytes(const draft_item_t *item);
size_t draft_bytes_from(const draft_t *self, size_t from);
// Memory that lives as long as the batch.
arena_t *draft_arena(draft_t *self);
// Seal what was derived (one signature for all), write every leaf and hash it.
void draft_finish(draft_t *self, const char *origin, const seal_key_t *key);
// After that: all of it as entries, until draft_clear; their leaves are added to `tree`.
const entry_t *draft_entries(draft_t *self, merkle_t *tree);
// And what was completed there (merkle_grow), for who has the whole tree.
span_t draft_complete(const draft_t *self);

#endif
