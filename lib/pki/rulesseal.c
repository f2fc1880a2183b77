// rulesseal - reading checks the form alone; whether the signature is right is asked
// separately, since the key must be found first.

#include "lib/pki/rulesseal.h"

#include "lib/base/edition.h"
#include "lib/base/text.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

enum { RULESSEAL_LINES = 4 };

static void signed_text(const rulesseal_t *self, buf_t *out)
{
    char digest[HASH_HEX];
    hex_encode(self->digest.bytes, sizeof self->digest.bytes, digest);
    buf_printf(out, "dabyl-rules/v1\n%s\n%s\n%s\n", self->origin, self->key_id, digest);
}

void rulesseal_make(
    rulesseal_t *self, const char *origin, span_t rules, const seal_key_t *key)
{
    buf_t text = {0};
    *self = (rulesseal_t){0};
    bool fits = text_copy(span_text(origin), self->origin, sizeof self->origin);
    assert(fits && text_is_word(span_text(origin)));
    (void)fits;
    sha256(rules, &self->digest);
    memcpy(self->key_id, key->id, sizeof self->key_id);
    signed_text(self, &text);
    (void)crypto_sign_detached(
        self->signature, NULL, text.data, text.size, key->secret_key);
    buf_destroy(&text);
}

void rulesseal_print(const rulesseal_t *self, buf_t *out)
{
    char digest[HASH_HEX];
    hex_encode(self->digest.bytes, sizeof self->digest.bytes, digest);
    buf_printf(out, "dabyl-rules/v1\norigin %s\ndigest %s\nsig ed25519 %s ", self->origin,
        digest, self->key_id);
    buf_put_base64(out, span_of(self->signature, sizeof self->signature));
    buf_put_text(out, "\n");
}

// "<key id> <base64>"
static bool parse_signature(rulesseal_t *self, span_t rest)
{
    uint8_t key_id[32];
    enum { ID = HASH_HEX - 1 };
    if (rest.size <= ID || rest.data[ID] != ' ' ||
        !hex_decode(span_of(rest.data, ID), key_id, sizeof key_id))
        return false;
    memcpy(self->key_id, rest.data, ID);
    return base64_decode_exact(span_of(rest.data + ID + 1, rest.size - ID - 1),
        self->signature, sizeof self->signature);
}

int rulesseal_parse(rulesseal_t *self, span_t text, cause_t *why)
{
    reader_t reader = reader_of(text);
    *self = (rulesseal_t){0};
    if (edition_line(take_line(&reader), "dabyl-rules/v1", "a seal of rules", why) != 0)
        return -1;
    span_t origin = take_field(&reader, "origin");
    span_t digest = take_field(&reader, "digest");
    span_t signature = take_field(&reader, "sig ed25519");
    if (!reader_done(&reader))
        return cause_set(why, "the seal of the rules is not its four lines");
    if (!text_is_word(origin) || !text_copy(origin, self->origin, sizeof self->origin))
        return cause_set(why, "the seal of the rules has no proper origin");
    if (!hex_decode(digest, self->digest.bytes, sizeof self->digest.bytes))
        return cause_set(why, "the digest in the seal of the rules is malformed");
    if (!parse_signature(self, signature))
        return cause_set(why, "the signature in the seal of the rules is malformed");
    return 0;
}

static int check_signature(
    const rulesseal_t *self, const uint8_t public_key[32], cause_t *why)
{
    char key_id[HASH_HEX];
    seal_key_id(public_key, key_id);
    if (strcmp(key_id, self->key_id) != 0)
        return cause_set(why, "the rules are sealed with another key");
    buf_t text = {0};
    signed_text(self, &text);
    int good =
        crypto_sign_verify_detached(self->signature, text.data, text.size, public_key);
    buf_destroy(&text);
    return good == 0 ? 0 : cause_set(why, "the signature of the rules is wrong");
}

int rulesseal_check(const rulesseal_t *self, const char *origin, span_t rules,
    const uint8_t public_key[32], cause_t *why)
{
    hash_t digest;
    if (strcmp(self->origin, origin) != 0)
        return cause_set(why, "the rules are sealed for another hub, '%s'", self->origin);
    sha256(rules, &digest);
    if (!hash_equal(&digest, &self->digest))
        return cause_set(why, "the rules were changed after they were sealed");
    return check_signature(self, public_key, why);
}

span_t rulesseal_next(span_t *rest)
{
    size_t size = 0;
    for (int lines = 0; lines < RULESSEAL_LINES && size < rest->size; size++)
        lines += rest->data[size] == '\n';
    span_t seal = span_of(rest->data, size);
    *rest = span_of(rest->data + size, rest->size - size);
    return seal;
}
