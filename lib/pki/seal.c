// seal - every field is decoded by a strict decoder (one text per value), lines stand in
// one order, and nothing may follow: so the text that parses is the text that is printed
// again.

#include "lib/pki/seal.h"

#include "lib/base/edition.h"
#include "lib/base/text.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static const char VERSION_LINE[] = "dabyl-seal/v1";

void seal_key_id(const uint8_t public_key[32], char id[HASH_HEX])
{
    hash_t hash;
    sha256(span_of(public_key, 32), &hash);
    hex_encode(hash.bytes, sizeof hash.bytes, id);
}

static void put_line(buf_t *out, const char *text)
{
    buf_put_text(out, text);
    buf_put_u8(out, '\n');
}

static void put_hash_line(buf_t *out, const hash_t *hash)
{
    buf_put_base64(out, span_of(hash->bytes, sizeof hash->bytes));
    buf_put_u8(out, '\n');
}

static void put_decimal_line(buf_t *out, uint64_t value)
{
    buf_put_decimal(out, value);
    buf_put_u8(out, '\n');
}

void seal_signed_text(const seal_head_t *head, const char *key_id, buf_t *out)
{
    put_line(out, VERSION_LINE);
    put_line(out, head->origin);
    put_line(out, key_id);
    put_decimal_line(out, head->count);
    put_hash_line(out, &head->root);
}

void seal_head_of(seal_head_t *head, const char *origin, const hash_t *root, size_t n)
{
    assert(n >= 1 && n <= SEAL_COUNT_MAX);
    *head = (seal_head_t){.count = (uint32_t)n, .root = *root};
    bool fits = text_copy(span_text(origin), head->origin, sizeof head->origin);
    assert(fits);
    (void)fits;
}

void seal_head_begin(
    seal_head_t *head, const char *origin, const hash_t *documents, size_t n)
{
    merkle_t tree = {0};
    hash_t leaf, root;
    for (size_t i = 0; i < n; i++) {
        merkle_leaf(span_of(documents[i].bytes, sizeof documents[i].bytes), &leaf);
        merkle_add(&tree, &leaf);
    }
    merkle_root(&tree, &root);
    seal_head_of(head, origin, &root, n);
}

bool seal_head_has(const seal_head_t *head, const char *key_id)
{
    for (size_t i = 0; i < head->signatures; i++)
        if (strcmp(head->signature[i].key_id, key_id) == 0)
            return true;
    return false;
}

int seal_head_add(
    seal_head_t *head, const char *key_id, const uint8_t signature[64], cause_t *why)
{
    if (head->signatures == SEAL_SIGNATURES_MAX)
        return cause_set(why, "a seal has at most %d signatures", SEAL_SIGNATURES_MAX);
    if (seal_head_has(head, key_id))
        return cause_set(why, "key %s has signed this seal already", key_id);
    memcpy(head->signature[head->signatures].bytes, signature, 64);
    memcpy(head->signature[head->signatures].key_id, key_id, HASH_HEX);
    head->signatures++;
    return 0;
}

int seal_head_sign(seal_head_t *head, const seal_key_t *key, cause_t *why)
{
    buf_t text = {0};
    uint8_t signature[64];
    seal_signed_text(head, key->id, &text);
    (void)crypto_sign_detached(signature, NULL, text.data, text.size, key->secret_key);
    buf_destroy(&text);
    return seal_head_add(head, key->id, signature, why);
}

void seal_head_print(const seal_head_t *head, buf_t *out)
{
    put_line(out, VERSION_LINE);
    buf_put_text(out, "origin ");
    put_line(out, head->origin);
    buf_put_text(out, "count ");
    put_decimal_line(out, head->count);
    buf_put_text(out, "root ");
    put_hash_line(out, &head->root);
    for (size_t i = 0; i < head->signatures; i++) {
        buf_put_text(out, "sig ed25519 ");
        buf_put_text(out, head->signature[i].key_id);
        buf_put_u8(out, ' ');
        buf_put_base64(out, span_of(head->signature[i].bytes, 64));
        buf_put_u8(out, '\n');
    }
}

static bool take_limited(
    reader_t *reader, const char *word, uint64_t limit, uint32_t *out)
{
    uint64_t value = 0;
    if (!decimal_decode(take_field(reader, word), &value) || value > limit)
        return false;
    *out = (uint32_t)value;
    return true;
}

static bool take_hash(reader_t *reader, const char *word, hash_t *out)
{
    return base64_decode_exact(take_field(reader, word), out->bytes, sizeof out->bytes);
}

// One "sig" line, its algorithm and the decoded signature; no key signs twice.
static bool take_signature(reader_t *reader, seal_head_t *head)
{
    uint8_t key_id[32];
    reader_t line = reader_of(take_field(reader, "sig"));
    span_t algorithm = take_word(&line);
    span_t hex = take_word(&line);
    span_t base64 = take_rest(&line);
    if (line.bad || head->signatures == SEAL_SIGNATURES_MAX ||
        !span_is(algorithm, "ed25519") || !hex_decode(hex, key_id, sizeof key_id) ||
        !base64_decode_exact(base64, head->signature[head->signatures].bytes, 64) ||
        !text_copy(hex, head->signature[head->signatures].key_id, HASH_HEX) ||
        seal_head_has(head, head->signature[head->signatures].key_id))
        return false;
    head->signatures++;
    return true;
}

// Which line of a head is wrong, or NULL.
static const char *take_head(reader_t *reader, seal_head_t *head)
{
    head->signatures = 0;
    (void)take_line(reader); // its version, which was looked at
    span_t origin = take_field(reader, "origin");
    if (!text_is_word(origin) || !text_copy(origin, head->origin, sizeof head->origin))
        return "origin";
    if (!take_limited(reader, "count", SEAL_COUNT_MAX, &head->count) || head->count == 0)
        return "count";
    if (!take_hash(reader, "root", &head->root))
        return "root";
    do {
        if (!take_signature(reader, head))
            return "sig";
    } while (reader_at(reader, "sig"));
    return NULL;
}

static const char *take_tail(reader_t *reader, seal_t *self)
{
    self->path_length = 0;
    if (!take_limited(reader, "index", self->head.count - 1, &self->index))
        return "index";
    while (reader_at(reader, "path")) {
        if (self->path_length == SEAL_PATH_MAX ||
            !take_hash(reader, "path", &self->path[self->path_length]))
            return "path";
        self->path_length++;
    }
    return NULL;
}

// The verdict on a text that was read to where `reader` stands.
static int finish(const reader_t *reader, const char *wrong, cause_t *why)
{
    if (!wrong && !reader_done(reader))
        wrong = "something follows its last line";
    return wrong ? cause_set(why, "malformed seal: %s", wrong) : 0;
}

static int check_version(span_t text, cause_t *why)
{
    reader_t reader = reader_of(text);
    return edition_line(take_line(&reader), VERSION_LINE, "a seal", why) == 0
               ? 0
               : cause_prefix(why, "malformed seal");
}

int seal_head_parse(seal_head_t *head, span_t text, cause_t *why)
{
    reader_t reader = reader_of(text);
    if (check_version(text, why) != 0)
        return -1;
    const char *wrong = take_head(&reader, head);
    return finish(&reader, wrong, why);
}

void seal_tail_print(uint32_t index, const hash_t *path, size_t path_length, buf_t *out)
{
    buf_put_text(out, "index ");
    put_decimal_line(out, index);
    for (size_t i = 0; i < path_length; i++) {
        buf_put_text(out, "path ");
        put_hash_line(out, &path[i]);
    }
}

void seal_place_print(const seal_place_t *place, buf_t *out)
{
    buf_put_span(out, place->head);
    seal_tail_print(place->index, (const hash_t *)(const void *)place->path.data,
        place->path.size / sizeof(hash_t), out);
}

int seal_parse(seal_t *self, span_t text, cause_t *why)
{
    reader_t reader = reader_of(text);
    if (check_version(text, why) != 0)
        return -1;
    const char *wrong = take_head(&reader, &self->head);
    if (!wrong)
        wrong = take_tail(&reader, self);
    return finish(&reader, wrong, why);
}

size_t seal_head_size(span_t text)
{
    const uint8_t *tail = text.size ? memmem(text.data, text.size, "\nindex ", 7) : NULL;
    return tail ? (size_t)(tail - text.data) + 1 : 0;
}

void seal_print(const seal_t *self, buf_t *out)
{
    seal_head_print(&self->head, out);
    seal_tail_print(self->index, self->path, self->path_length, out);
}

int seal_place_holds(const seal_head_t *head, uint32_t index, span_t path,
    const hash_t *document, cause_t *why)
{
    hash_t hash;
    merkle_leaf(span_of(document->bytes, sizeof document->bytes), &hash);
    if (merkle_path_root(&hash, index, head->count, path, &hash) == 0 &&
        hash_equal(&hash, &head->root))
        return 0;
    return cause_set(why, "the document is not at place %u of the %u that were sealed",
        index, head->count);
}

int seal_check_place(const seal_t *self, const hash_t *document, cause_t *why)
{
    span_t path = span_of(self->path, self->path_length * sizeof(hash_t));
    return seal_place_holds(&self->head, self->index, path, document, why);
}

int seal_check_signature(
    const seal_head_t *head, size_t i, const uint8_t public_key[32], cause_t *why)
{
    char key_id[HASH_HEX];
    buf_t text = {0};
    seal_key_id(public_key, key_id);
    if (i >= head->signatures || strcmp(head->signature[i].key_id, key_id) != 0)
        return cause_set(
            why, "signature %zu of the seal is not by key %s", i + 1, key_id);
    seal_signed_text(head, key_id, &text);
    int good = crypto_sign_verify_detached(
        head->signature[i].bytes, text.data, text.size, public_key);
    buf_destroy(&text);
    return good == 0 ? 0 : cause_set(why, "signature %zu of the seal is wrong", i + 1);
}
