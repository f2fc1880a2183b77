// batch - documents that one author seals together: one signature, and a place for each.
//
// Made by the outbox (or a benchmark), given to a link, which keeps it until every
// document of it has been answered.  Nothing of it changes once it is sealed.

#ifndef NODES_BATCH_H
#define NODES_BATCH_H

#include "lib/bytes.h"
#include "lib/cause.h"
#include "lib/leaf.h"
#include "lib/seal.h"

enum { BATCH_MAX = 1024 }; // documents

typedef struct batch batch_t;

// The spans are borrowed from the batch and die at its next change.
typedef struct {
    const char *id; // the message's
    uint64_t tag;   // the caller's, given back with the answer
    span_t document;
    hash_t hash;    // SHA-256 of the document
    uint32_t index; // leaf of the seal's tree
    span_t path;    // 32 bytes a hash
    hash_t seal;    // SHA-256 of the seal's text
} batch_item_t;

batch_t *batch_new(void);
void batch_destroy(batch_t **self_p);

// Copies the document.  `id` is cut at MESSAGE_ID_MAX.  Not after batch_seal.
void batch_add(batch_t *self, const char *id, span_t document, uint64_t tag);
// One tree over all documents added, signed by each key: the node's first, officers'
// after.
int batch_seal(batch_t *self, const char *origin, const seal_key_t *const *keys, size_t n,
    cause_t *why);
// Add a document that was sealed before.  The first decides the head; -1 when the seal's
// text is not canonical, its head another, or the document not at its place.
int batch_restore(batch_t *self, const char *id, span_t document, span_t seal,
    uint64_t tag, cause_t *why);

size_t batch_count(const batch_t *self);
span_t batch_head(const batch_t *self); // the seal head's text; empty before sealing
batch_item_t batch_item(const batch_t *self, size_t i);
void batch_print_seal(
    const batch_t *self, size_t i, buf_t *out); // the whole seal, appended

#endif
