// verifier - what a node believes of a hub: nothing that it has not checked.
//
// It remembers the newest checkpoint, the certificates it was shown and which seal heads
// had good signatures; never that a certificate was valid.  No clock, no disk, no
// sockets.

#ifndef NODES_LINK_VERIFIER_H
#define NODES_LINK_VERIFIER_H

#include "lib/message/frame.h"
#include "lib/pki/authority.h"
#include "lib/tlog/note.h"

typedef struct {
    log_vkey_t vkey;
    const authority_t *ca; // borrowed; NULL only where nothing is delivered
    bool paths;            // work out each leaf's audit path
} verifier_options_t;

typedef enum {
    VERIFIED,
    UNVERIFIED,  // not proven: take nothing of it
    ROLLED_BACK, // signed by the hub, and at odds with what it signed before
} verdict_t;

typedef struct verifier verifier_t;

verifier_t *verifier_new(const verifier_options_t *options);
void verifier_destroy(verifier_t **self_p);

// A checkpoint by itself.  The first one given sets the beginning.
// Authors' certificates are checked by this CA from now on; borrowed.
void verifier_trust(verifier_t *self, const authority_t *ca);
verdict_t verifier_checkpoint(verifier_t *self, span_t note, cause_t *why);
// That of a welcome, and that its log grew out of the newest seen.
verdict_t verifier_welcome(verifier_t *self, span_t note, span_t proof, cause_t *why);
// The checkpoint, and that every leaf of the frame is in its tree.
verdict_t verifier_receipt(verifier_t *self, const receipt_t *frame, cause_t *why);
// The same, and each document's hash, seal, author and the author's certificate.
verdict_t verifier_deliver(verifier_t *self, const deliver_t *frame, cause_t *why);

// Of the frame verified last; borrowed until the next one.
const leaf_t *verifier_leaf(const verifier_t *self, size_t i);
span_t verifier_leaf_bytes(const verifier_t *self, size_t i);
span_t verifier_path(const verifier_t *self, size_t i); // empty without options.paths
span_t verifier_seal(const verifier_t *self, size_t i); // deliveries: the whole text
const cert_t *verifier_author(const verifier_t *self, size_t i); // deliveries

const checkpoint_t *verifier_newest(const verifier_t *self); // size 0: none yet
span_t verifier_note(const verifier_t *self);                // its bytes

// The next certificate of an author that was proven and not returned before, or NULL.  It
// stays where it is.
const cert_t *verifier_new_cert(verifier_t *self);

#endif
