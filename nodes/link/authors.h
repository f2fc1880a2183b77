// authors - whose seals a node believes: certificates it was shown, and seal heads found
// good.
//
// A signature over a root, once verified, is remembered.  That a certificate was valid is
// not: its dates are compared for every entry with the time the log gives the entry,
// because a node that was away for weeks rightly receives what was sealed by certificates
// that ended since.

#ifndef NODES_LINK_AUTHORS_H
#define NODES_LINK_AUTHORS_H

#include "lib/pki/authority.h"
#include "lib/pki/seal.h"

typedef struct authors authors_t;

// `ca` is borrowed; NULL only where the certificates are known to be good.
authors_t *authors_new(const authority_t *ca);
void authors_trust(authors_t *self, const authority_t *ca); // another from now on
void authors_destroy(authors_t **self_p);

// Take a sealing certificate, not yet believing it.  One already known costs little.
int authors_take(authors_t *self, span_t der, cause_t *why);
// Find out whether the n newest are good at this moment: authors of what a document
// carries, whom nothing delivered has named yet.
void authors_prove_newest(authors_t *self, size_t n, int64_t time_ms);
// The next certificate that was found good and that was not returned before;
// NULL when there is none.  It stays where it is.
const cert_t *authors_new_cert(authors_t *self);

// A seal head whose signatures are good, by keys that belong to one node and its
// officers.
typedef struct {
    seal_head_t head;
    struct author *by[SEAL_SIGNATURES_MAX]; // whose signatures, the node's first
} known_head_t;

// `hash` is the text's SHA-256.  NULL when it is not good.  Borrowed until the next call.
const known_head_t *authors_head(
    authors_t *self, span_t text, const hash_t *hash, cause_t *why);
// That the certificates behind a head were valid at this moment; the node's, or NULL.
const cert_t *authors_at(
    authors_t *self, const known_head_t *known, int64_t time_ms, cause_t *why);

#endif
