// parcel - documents that one author seals together: one signature, and a place for each.
//
// Made by the outbox (or a benchmark), given to a link, which keeps it until every
// document of it has been answered.  Nothing of it changes once it is sealed.

#ifndef NODES_LINK_PARCEL_H
#define NODES_LINK_PARCEL_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"
#include "lib/pki/seal.h"
#include "lib/tlog/leaf.h"

enum { PARCEL_MAX = 1024 }; // documents

typedef struct parcel parcel_t;

// The spans are borrowed from the parcel and die at its next change.
typedef struct {
    const char *id; // the message's
    uint64_t tag;   // the caller's, given back with the answer
    span_t document;
    hash_t hash;    // SHA-256 of the document
    uint32_t index; // leaf of the seal's tree
    span_t path;    // 32 bytes a hash
    hash_t seal;    // SHA-256 of the seal's head
} parcel_item_t;

parcel_t *parcel_new(void);
void parcel_destroy(parcel_t **self_p);

// Copies the document.  `id` is cut at MESSAGE_ID_MAX.  Not after parcel_seal.
void parcel_add(parcel_t *self, const char *id, span_t document, uint64_t tag);
// One tree over all documents added, signed by each key: the node's first, officers'
// after.
int parcel_seal(parcel_t *self, const char *origin, const seal_key_t *const *keys,
    size_t n, cause_t *why);
// Add a document that was sealed before.  The first decides the head; -1 when the seal's
// text is not canonical, its head another, or the document not at its place.
int parcel_restore(parcel_t *self, const char *id, span_t document, span_t seal,
    uint64_t tag, cause_t *why);

size_t parcel_count(const parcel_t *self);
span_t parcel_head(const parcel_t *self); // the seal head's text; empty before sealing
parcel_item_t parcel_item(const parcel_t *self, size_t i);
// The whole seal, appended.
void parcel_print_seal(const parcel_t *self, size_t i, buf_t *out);

#endif
