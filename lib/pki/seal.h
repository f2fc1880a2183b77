// seal - what an author puts beside a document so that a court can tell who wrote it.
//
// A seal is a text.  Its head is common to all documents an author sealed at once:
//
//     dabyl-seal/v1
//     origin <log origin>
//     count <number of leaves>
//     root <base64 of the root>
//     sig ed25519 <key id> <base64 signature>
//
// with one to four `sig` lines, the node's first and officers' after it; and its tail is
// this document's place among them:
//
//     index <which leaf>
//     path <base64 hash>
//
// with none or more `path` lines: the RFC 6962 audit path, the leaf's sibling first.
// The leaf's data is the SHA-256 of the document, so that a seal can still be checked
// when the document was lawfully erased.  Each signature is over
//
//     dabyl-seal/v1 LF <origin> LF <key id> LF <count> LF <base64 root> LF
//
// The key id is the lower-case hex SHA-256 of the 32-byte public key.

#ifndef LIB_PKI_SEAL_H
#define LIB_PKI_SEAL_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"
#include "lib/tlog/merkle.h"
#include "lib/tlog/note.h"
#include "lib/tlog/sealing.h"

enum {
    SEAL_SIGNATURES_MAX = 4,
    SEAL_COUNT_MAX = 65536,
    SEAL_PATH_MAX = 16, // hashes: as many as so many leaves need
    SEAL_HEAD_MAX = 2048,
};

typedef struct {
    uint8_t public_key[32];
    uint8_t secret_key[64]; // libsodium's form
    char id[HASH_HEX];
} seal_key_t;

void seal_key_id(const uint8_t public_key[32], char id[HASH_HEX]);

typedef struct {
    char origin[ORIGIN_MAX];
    uint32_t count;
    hash_t root;
    size_t signatures;
    struct {
        char key_id[HASH_HEX];
        uint8_t bytes[64];
    } signature[SEAL_SIGNATURES_MAX];
} seal_head_t;

typedef struct {
    seal_head_t head;
    uint32_t index;
    size_t path_length; // hashes
    hash_t path[SEAL_PATH_MAX];
} seal_t;

// What one signature covers.
void seal_signed_text(const seal_head_t *head, const char *key_id, buf_t *out);
// Begin a head over n documents' hashes (1 <= n <= SEAL_COUNT_MAX), without signatures.
void seal_head_begin(
    seal_head_t *head, const char *origin, const hash_t *documents, size_t n);
// The same where the root of their tree is known.
void seal_head_of(seal_head_t *head, const char *origin, const hash_t *root, size_t n);
// Whether a key has signed.
bool seal_head_has(const seal_head_t *head, const char *key_id);
// Add a signature that was made elsewhere, the node's first; whether it is good is not
// asked.  -1 when there are four already, or this key's.
int seal_head_add(
    seal_head_t *head, const char *key_id, const uint8_t signature[64], cause_t *why);
// The same, and make it here.
int seal_head_sign(seal_head_t *head, const seal_key_t *key, cause_t *why);
void seal_head_print(const seal_head_t *head, buf_t *out);
int seal_head_parse(seal_head_t *head, span_t text, cause_t *why);

// The tail's text for one document of the batch, appended to `out`.
void seal_tail_print(uint32_t index, const hash_t *path, size_t path_length, buf_t *out);
// The whole seal's text.
void seal_place_print(const seal_place_t *place, buf_t *out);

// Where the head of a whole seal ends, at its tail; 0 when it has none.
size_t seal_head_size(span_t text);

// A whole seal (head and tail).  Only the canonical text is taken.
int seal_parse(seal_t *self, span_t text, cause_t *why);
void seal_print(const seal_t *self, buf_t *out);

// That the document with this hash is the leaf the seal says it is (no signature
// checked).
int seal_check_place(const seal_t *self, const hash_t *document, cause_t *why);
// The same by the head alone, where the path is at hand.
int seal_place_holds(const seal_head_t *head, uint32_t index, span_t path,
    const hash_t *document, cause_t *why);
// That signature i is by this public key (its id must match).
int seal_check_signature(
    const seal_head_t *head, size_t i, const uint8_t public_key[32], cause_t *why);

#endif
