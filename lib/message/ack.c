// ack - five lines.  Parsing takes no other spelling than the one that printing writes,
// so that a signature is over one text and no second one means the same.

#include "lib/message/ack.h"

#include "lib/base/edition.h"
#include "lib/pki/seal.h"

#include <sodium.h>
#include <string.h>

static const char VERSION_LINE[] = "dabyl-ack/v1";

void ack_signed_text(const char *origin, const char *key_id, uint64_t number,
    const hash_t *root, buf_t *out)
{
    buf_put_text(out, VERSION_LINE);
    buf_put_u8(out, '\n');
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

// The base64 of the signature, which stands before the last LF.
static span_t signature_of(span_t text)
{
    enum { BASE64 = (64 + 2) / 3 * 4 };
    return text.size > BASE64 ? span_of(text.data + text.size - BASE64 - 1, BASE64)
                              : span_of(NULL, 0);
}

static bool take_lines(ack_t *self, reader_t *reader, const char *origin, span_t *key_id)
{
    (void)take_line(reader); // its version, which was looked at
    bool good = span_is(take_line(reader), origin);
    *key_id = take_line(reader);
    span_t number = take_line(reader), root = take_line(reader);
    return good && !reader->bad && key_id->size == HASH_HEX - 1 &&
           decimal_decode(number, &self->number) && self->number > 0 &&
           base64_decode_exact(root, self->root.bytes, sizeof self->root.bytes);
}

int ack_parse(
    ack_t *self, span_t text, const char *origin, char key_id[HASH_HEX], cause_t *why)
{
    reader_t reader = reader_of(text), first = reader;
    span_t key;
    buf_t again = {0};
    if (edition_line(take_line(&first), VERSION_LINE, "an acknowledgement", why) != 0)
        return -1;
    if (!take_lines(self, &reader, origin, &key) ||
        !base64_decode_exact(signature_of(text), self->signature, sizeof self->signature))
        return cause_set(why, "not an acknowledgement for this log");
    memcpy(key_id, key.data, key.size);
    key_id[key.size] = 0;
    ack_print(self, origin, key_id, &again);
    bool same = span_equal(buf_span(&again), text);
    buf_destroy(&again);
    return same ? 0 : cause_set(why, "an acknowledgement in another form than its own");
}
