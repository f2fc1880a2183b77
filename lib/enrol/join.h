// join - what a newcomer and a hub that do not know each other say: a request for
// certificates, and whatever the hub has for it by now.
//
// One connection, one question, one answer (schemas/PROTOCOL.md, section 14): so nobody
// keeps anything about a connection, and asking again is how one waits.  Both are
// encrypted with keys of that connection alone, against whoever listens.  That nobody
// stands in between is proven by nothing here: people compare the digits, in which the
// request and what the hub says of itself are bound together.

#ifndef LIB_ENROL_JOIN_H
#define LIB_ENROL_JOIN_H

#include "lib/enrol/enrol.h"

#define JOIN_PORT "7601" // operational default

enum {
    JOIN_HELLO = 45,           // octets that the hub begins with
    JOIN_HEAD = 36,            // key and length, before the newcomer's question
    JOIN_LENGTH = 4,           // before the hub's answer
    JOIN_AROUND = 16,          // octets that encrypting adds
    JOIN_REQUEST_MAX = 8192,   // of the request, in DER
    JOIN_ANSWER_MAX = 8 << 20, // of an answer: there is a CRL in it
};

// A connection's keys; to be wiped.
typedef struct {
    uint8_t secret[32], public_key[32]; // ours
    uint8_t shared[32];
} join_keys_t;

void join_keys_new(join_keys_t *self);
void join_keys_close(join_keys_t *self);

// The hub's first octets, and a newcomer reading them: -1, it speaks something else.
void join_hello(const join_keys_t *self, uint8_t out[JOIN_HELLO]);
int join_take_hello(join_keys_t *self, const uint8_t hello[JOIN_HELLO], cause_t *why);
// The question, with its head.
void join_ask(const join_keys_t *self, span_t request, buf_t *out);
// What a head says of what follows it: how many octets; 0: more than anybody may ask.
size_t join_take_head(join_keys_t *self, const uint8_t head[JOIN_HEAD]);
int join_take_question(const join_keys_t *self, span_t sealed, buf_t *request);
// The answer, with its length.
void join_answer(const join_keys_t *self, span_t answer, buf_t *out);
size_t join_take_length(const uint8_t length[JOIN_LENGTH]); // 0: more than is taken
int join_take_answer(const join_keys_t *self, span_t sealed, buf_t *answer);

// What both sides read aloud: eight groups of five digits, as a request's fingerprint,
// out of the SHA-256 of
//     "dabyl-join/1" LF SHA-256(request in DER) SHA-256(vkey) SHA-256(CA in PEM)
// with the verifier key of the log without LF, and the CA's certificate as it was sent.
void join_digits(span_t request, span_t vkey, span_t ca, char out[FINGERPRINT_TEXT]);

#endif
