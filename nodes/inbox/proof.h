// proof - holds a sealed message and its receipt against public keys, offline.

#ifndef NODES_INBOX_PROOF_H
#define NODES_INBOX_PROOF_H

#include "lib/pki/seal.h"
#include "lib/tlog/leaf.h"
#include "lib/tlog/note.h"
#include "nodes/config/keyring.h"

#include <jansson.h>

// Remembers that signatures over roots were good; certificates are checked every time.
enum { MEMO_SIZE = 64 };
typedef struct {
    hash_t good[MEMO_SIZE];
    size_t next;
} memo_t;

typedef struct {
    size_t n;
    const cert_t *cert[SEAL_SIGNATURES_MAX]; // the node's, then officers'; borrowed
} signers_t;

typedef struct {
    const keyring_t *keys;
    const char *origin; // of the log the seal must be made for; NULL: of any
    memo_t *memo;       // or NULL
} proof_trust_t;

// That `seal` seals the document with this hash, at `at_ms`, by `author` and officers of
// it.
int proof_seal(const proof_trust_t *trust, const char *author, const hash_t *document,
    span_t seal, int64_t at_ms, signers_t *signers, cause_t *why);
// That a leaf is in the log: the proof's arithmetic and the checkpoint's signature.
int proof_receipt(span_t proof, const log_vkey_t *vkey, leaf_t *leaf,
    checkpoint_t *checkpoint, cause_t *why);
// That the leaf's author, id and kind are the document's own.
int proof_names(const json_t *document, const leaf_t *leaf, cause_t *why);

typedef struct {
    leaf_t leaf;
    checkpoint_t checkpoint;
    signers_t signers;
    bool carries; // another document, with the seal its author made
    char carried_author[NODE_ID_MAX];
    bool carried_checked; // false: its author's certificate is not here
    bool gone;            // the document is not here: its hash is the leaf's
} proven_t;

// A message as a node keeps it: document, seal, tlog-proof.
int proof_message(const proof_trust_t *trust, const log_vkey_t *vkey, span_t document,
    span_t seal, span_t proof, proven_t *proven, cause_t *why);

// The same where the document is gone: that a document of the hash in the leaf was sealed
// and taken.
int proof_left(const proof_trust_t *trust, const log_vkey_t *vkey, span_t seal,
    span_t proof, proven_t *proven, cause_t *why);

// The same of its files; of one whose text this node has erased what is left:
// <stem>.json, <stem>.seal and <stem>.tlog-proof.
int proof_files(const proof_trust_t *trust, const log_vkey_t *vkey, const char *stem,
    proven_t *proven, cause_t *why);

#endif
