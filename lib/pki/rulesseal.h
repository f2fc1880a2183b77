// rulesseal - the signature by which an nccis officer puts a pack of rules into force for
// this hub.
//
//     dabyl-rules/v1
//     origin <log origin>
//     digest <hex SHA-256 of the rules' bytes>
//     sig ed25519 <key id> <base64 signature>
//
// The signature is over
//
//     dabyl-rules/v1 LF <origin> LF <key id> LF <hex digest> LF
//
// The origin is in it so that one hub's rules are not another's.  Whose key it is, and
// whether that officer may seal rules today, is for the caller to ask the roster.

#ifndef LIB_PKI_RULESSEAL_H
#define LIB_PKI_RULESSEAL_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"
#include "lib/pki/seal.h"

enum { RULESSEAL_MAX = 1024 }; // bytes of the text

typedef struct {
    char origin[ORIGIN_MAX];
    hash_t digest;
    char key_id[HASH_HEX];
    uint8_t signature[64];
} rulesseal_t;

// `origin` must be fit for a log (see log_vkey_of).
void rulesseal_make(
    rulesseal_t *self, const char *origin, span_t rules, const seal_key_t *key);
void rulesseal_print(const rulesseal_t *self, buf_t *out);
// Only the canonical text is taken.
int rulesseal_parse(rulesseal_t *self, span_t text, cause_t *why);
// That it is for this hub and these rules, and signed by this public key (its id must
// match).
int rulesseal_check(const rulesseal_t *self, const char *origin, span_t rules,
    const uint8_t public_key[32], cause_t *why);

// The seals of several packs stand one after the other in one text.  The next of them,
// which is taken off `rest`; nothing of it is left after the last.
span_t rulesseal_next(span_t *rest);

#endif
