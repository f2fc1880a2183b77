// ack - what a node signs when it acknowledges deliveries.
//
// The signed text is
//     dabyl-ack/v1 LF <origin> LF <key id> LF <inbox number> LF <base64 root> LF
// where root is that of the checkpoint which came with the last delivery.

#ifndef LIB_MESSAGE_ACK_H
#define LIB_MESSAGE_ACK_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

typedef struct {
    uint64_t number;
    hash_t root;
    uint8_t signature[64];
} ack_t;

void ack_signed_text(const char *origin, const char *key_id, uint64_t number,
    const hash_t *root, buf_t *out);
// The record of an acknowledgement as the journal keeps it: the signed text and a line
// "sig ed25519 <base64> LF".
void ack_print(const ack_t *self, const char *origin, const char *key_id, buf_t *out);
int ack_check(const ack_t *self, const char *origin, const uint8_t public_key[32]);
// What ack_print wrote for this log, and in no other way; the signature is not checked.
int ack_parse(
    ack_t *self, span_t text, const char *origin, char key_id[HASH_HEX], cause_t *why);

#endif
