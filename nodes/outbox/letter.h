// letter - a document somebody wants to send: completed, and checked as far as a node
// can.
//
// Nothing a person wrote is changed; only what is missing is added.  A document that
// lacks nothing keeps its bytes.

#ifndef NODES_OUTBOX_LETTER_H
#define NODES_OUTBOX_LETTER_H

#include "lib/json/schema.h"
#include "lib/message/document.h"

typedef struct {
    const char *node;         // `from`
    const schemas_t *schemas; // NULL: only the hub checks them
    document_limits_t limits;
} letter_rules_t;

typedef struct {
    char id[MESSAGE_ID_MAX];
    char kind[KIND_MAX];
    buf_t document; // the exact bytes to seal
} letter_t;

// The moment and the seed from which id, time and nonce are made when a document lacks
// them: from the same two always the same, so that a file that is completed again after a
// crash stays the same message.
typedef struct {
    int64_t ms;
    hash_t seed; // nobody else can guess it
} letter_birth_t;
void letter_birth_now(letter_birth_t *self, int64_t now_ms); // with a seed of its own

// 0, or -1 with the refusal; `id` is filled as soon as it is known.
int letter_open(letter_t *self, const letter_rules_t *rules, span_t bytes,
    const letter_birth_t *birth, refusal_t *refusal);
void letter_close(letter_t *self); // also after a failure

#endif
