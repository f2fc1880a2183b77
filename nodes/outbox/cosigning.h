// cosigning - messages that wait in a node for the seals of officers.
//
//     waiting/ID.json .seal
//
// The hub knows which kinds need officers: it refuses such a message with seals.missing,
// or with seals.office when it wants another office than those of who signed already,
// and the node keeps it here, sealed by itself alone.  Each officer adds a signature and
// puts the message into the outbox again; the hub takes it once there are enough.

#ifndef NODES_OUTBOX_COSIGNING_H
#define NODES_OUTBOX_COSIGNING_H

#include "lib/pki/cert.h"
#include "lib/pki/seal.h"

// Keep a message with the seal of the node alone.  One that waits already keeps what its
// officers have signed.
int cosigning_keep(const char *folder, const char *id, span_t document,
    const char *origin, const seal_key_t *key, cause_t *why);
// The seal of this very document, if an officer has signed it, appended.  False: there is
// none, or it is by another key of the node's.
bool cosigning_seal(
    const char *folder, const char *id, span_t document, const char *key_id, buf_t *seal);
// Whether a message that was refused with this code waits for officers.
bool cosigning_may_help(const char *code);
// It is in the log.
void cosigning_done(const char *folder, const char *id);

// What an officer signs: the document that waits, appended.
int cosigning_document(const char *folder, const char *id, buf_t *document, cause_t *why);
// Add the officer's signature.  -1: another node's officer, another key than certified,
// or signed by this key before.
int cosigning_sign(const char *folder, const char *id, const cert_t *officer,
    const seal_key_t *key, cause_t *why);

#endif
