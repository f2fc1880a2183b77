// ack - what a node signs when it acknowledges deliveries (the functions are in frame.h).

#include "lib/frame.h"

#include <sodium.h>

void ack_signed_text(const char *origin, const char *key_id, uint64_t number,
    const hash_t *root, buf_t *out)
{
    buf_put_text(out, "dabyl-ack/v1\n");
    buf_put_text(out, origin);
    buf_put_u8(out, '\n');
    buf_put_text(out, key_id);
    buf_put_u8(out, '\n');
    buf_put_decimal(out, number);
    buf_put_u8(out, '\n');
    buf_put_base64(out, span_of(root->bytes, sizeof root->bytes));
    buf_put_u8(out, '\n');
}

void ack_print(const ack_t *self, const char *origin, const char *key_id, buf_t *out)
{
    ack_signed_text(origin, key_id, self->number, &self->root, out);
    buf_put_text(out, "sig ed25519 ");
    buf_put_base64(out, span_of(self->signature, sizeof self->signature));
    buf_put_u8(out, '\n');
}

int ack_check(const ack_t *self, const char *origin, const uint8_t public_key[32])
{
    char key_id[HASH_HEX];
    buf_t text = {0};
    seal_key_id(public_key, key_id);
    ack_signed_text(origin, key_id, self->number, &self->root, &text);
    int good =
        crypto_sign_verify_detached(self->signature, text.data, text.size, public_key);
    buf_destroy(&text);
    return good;
}
