// cosigning - messages that wait in a node for the seals of officers.
//
//     waiting/ID.json            the document
//             ID.MARK.1.seal     its seal by the node alone
//             ID.MARK.2.seal ... the same with one officer's signature more, each
//             ID.by              the officer who holds it, where one does
//
// A message waits because an officer holds it to seal it, or because the hub, which knows
// the kinds that need officers, refused it with seals.missing, or with seals.office when
// it wants another office than those of who signed already.  Each officer adds a
// signature; whoever puts the message into the outbox again sends it under all of them.
// What waits is never sent by itself.
//
// MARK is of the document and the node's key, and a seal is written where none was: so
// officers who sign at once lose nothing, and what was signed is never for other bytes.

#ifndef NODES_OUTBOX_COSIGNING_H
#define NODES_OUTBOX_COSIGNING_H

#include "lib/base/names.h"
#include "lib/pki/authority.h"
#include "lib/pki/seal.h"

// Keep a message with the seal of the node alone.  One that waits already keeps what its
// officers have signed.
int cosigning_keep(const char *folder, const char *id, span_t document,
    const char *origin, const seal_key_t *key, cause_t *why);
// Who holds it; before it is kept.
int cosigning_hold(const char *folder, const char *id, const char *officer, cause_t *why);
// The seal of this very document, if an officer has signed it, appended.  False: there is
// none, or it is by another key of the node's.
bool cosigning_seal(
    const char *folder, const char *id, span_t document, const char *key_id, buf_t *seal);
// Whether a message that was refused with this code waits for officers.
bool cosigning_may_help(const char *code);
// It is in the log, or somebody discards it.
void cosigning_done(const char *folder, const char *id);

// Whoever sends or discards what waits is the only one meanwhile: a descriptor, to be
// closed; -1 without waiting where somebody else is.
int cosigning_alone(const char *folder, cause_t *why);

// What an officer signs: the document that waits, appended.
int cosigning_document(const char *folder, const char *id, buf_t *document, cause_t *why);
// The same with its seal so far.
typedef struct {
    buf_t document; // owned
    seal_t seal;
    char by[NODE_ID_MAX]; // who holds it, or ""
} cosigning_t;
int cosigning_open(cosigning_t *self, const char *folder, const char *id, cause_t *why);
void cosigning_close(cosigning_t *self);
// The ids of all that wait.
int cosigning_names(names_t *names, const char *folder, cause_t *why);

// An officer of the node who signs, and who says so; `ca` may be NULL where nobody can
// say: then the hub will.
typedef struct {
    const cert_t *officer;
    const authority_t *ca;
    int64_t now_ms;
} cosigner_t;

// Add a signature that was made elsewhere.  -1: another node's officer, not certified at
// the time, not a good signature, or signed by this key before.
int cosigning_add(const char *folder, const char *id, const cosigner_t *who,
    const uint8_t signature[64], cause_t *why);
// The same, made here.  -1 also where the key is not the certified one.
int cosigning_sign(const char *folder, const char *id, const cosigner_t *who,
    const seal_key_t *key, cause_t *why);

#endif
