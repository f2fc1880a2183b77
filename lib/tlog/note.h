// note - checkpoints as C2SP signed notes (signed-note, tlog-checkpoint), and tlog-proof
// files.
//
// A checkpoint is
//     <origin> LF <size> LF <base64 root> LF LF
//     "— " <origin> " " base64(key id || signature) LF
// signed with Ed25519 (signature type 0x01) by the log key, whose name is the origin.

#ifndef LIB_TLOG_NOTE_H
#define LIB_TLOG_NOTE_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

// Our own notes fit NOTE_MAX; notes read may carry witnesses' signatures up to
// NOTE_LIMIT.
enum { ORIGIN_MAX = 128, VKEY_MAX = 256, NOTE_MAX = 2048, NOTE_LIMIT = 131072 };

// The public half: what a verifier is configured with.
typedef struct {
    char origin[ORIGIN_MAX];
    uint8_t key[32];
    uint8_t key_id[4]; // first bytes of SHA-256(origin || LF || 0x01 || key)
} log_vkey_t;

// Fills key_id.  The origin must be non-empty, printable ASCII, without space or '+'.
int log_vkey_of(
    log_vkey_t *self, const char *origin, const uint8_t key[32], cause_t *why);
// "<origin>+<hex>+<base64>", with or without a LF behind it.
int log_vkey_parse(log_vkey_t *self, span_t text, cause_t *why);
// The same from a file, which the cause names.
int log_vkey_read(log_vkey_t *self, const char *path, cause_t *why);
void log_vkey_print(const log_vkey_t *self, char out[VKEY_MAX]);

typedef struct {
    char origin[ORIGIN_MAX];
    uint64_t size;
    hash_t root;
} checkpoint_t;

// Write the signed note.  `secret` is libsodium's 64-byte form (seed and public key).
void checkpoint_sign(const checkpoint_t *self, const log_vkey_t *vkey,
    const uint8_t secret[64], buf_t *note);
// Parse a note and check its signature; further signatures by unknown keys are ignored.
int checkpoint_open(
    checkpoint_t *self, span_t note, const log_vkey_t *vkey, cause_t *why);

// A tlog-proof: `extra` is the leaf's bytes, so the leaf hash is SHA-256(0x00 || extra).
typedef struct {
    span_t extra; // borrowed from `memory` after parsing
    uint64_t index;
    span_t path; // 32 bytes a hash, borrowed from `memory`
    span_t note; // borrowed from the text parsed
    buf_t memory;
} tlog_proof_t;

void tlog_proof_write(
    buf_t *out, span_t leaf, uint64_t index, span_t path, span_t checkpoint_note);
// Parses without trusting: tlog_proof_check does the arithmetic.  After a failure there
// is nothing to close.
int tlog_proof_parse(tlog_proof_t *self, span_t text, cause_t *why);
void tlog_proof_close(tlog_proof_t *self);
// The checkpoint's signature, and that the leaf is in its tree.
int tlog_proof_check(const tlog_proof_t *self, const log_vkey_t *vkey,
    checkpoint_t *checkpoint, cause_t *why);

#endif
