// join - crypto_box of libsodium (X25519, XSalsa20, Poly1305) with a new pair of keys on
// either side for each connection, so that the two nonces may be constants.

#include "lib/enrol/join.h"

#include <assert.h>
#include <sodium.h>
#include <string.h>

static const char greeting[] = "dabyl-join/1\n"; // and then the key

static const uint8_t to_hub[crypto_box_NONCEBYTES] = {1};
static const uint8_t to_node[crypto_box_NONCEBYTES] = {2};

static_assert(sizeof greeting - 1 + 32 == JOIN_HELLO, "greeting and key");
static_assert(JOIN_AROUND == crypto_box_MACBYTES, "what libsodium adds");

void join_keys_new(join_keys_t *self)
{
    memset(self, 0, sizeof *self);
    (void)crypto_box_keypair(self->public_key, self->secret);
}

void join_keys_close(join_keys_t *self)
{
    sodium_memzero(self, sizeof *self);
}

// A key of small order, with which the secret would be everybody's, is refused.
static int agree(join_keys_t *self, const uint8_t theirs[32])
{
    return crypto_box_beforenm(self->shared, theirs, self->secret);
}

void join_hello(const join_keys_t *self, uint8_t out[JOIN_HELLO])
{
    memcpy(out, greeting, sizeof greeting - 1);
    memcpy(out + sizeof greeting - 1, self->public_key, sizeof self->public_key);
}

int join_take_hello(join_keys_t *self, const uint8_t hello[JOIN_HELLO], cause_t *why)
{
    if (memcmp(hello, greeting, sizeof greeting - 1) != 0)
        return cause_set(why, "what answers there is no hub that takes requests to join");
    return agree(self, hello + sizeof greeting - 1) == 0
               ? 0
               : cause_set(why, "the hub's key for this connection is not usable");
}

static void put_sealed(
    const join_keys_t *self, span_t plain, const uint8_t *nonce, buf_t *out)
{
    const size_t size = plain.size + JOIN_AROUND;
    buf_put_u32(out, (uint32_t)size);
    buf_reserve(out, size);
    (void)crypto_box_easy_afternm(
        out->data + out->size, plain.data, plain.size, nonce, self->shared);
    out->size += size;
}

static int take_sealed(
    const join_keys_t *self, span_t sealed, const uint8_t *nonce, buf_t *plain)
{
    if (sealed.size < JOIN_AROUND)
        return -1;
    buf_clear(plain);
    buf_reserve(plain, sealed.size);
    if (crypto_box_open_easy_afternm(
            plain->data, sealed.data, sealed.size, nonce, self->shared) != 0)
        return -1;
    plain->size = sealed.size - JOIN_AROUND;
    return 0;
}

static size_t length_of(const uint8_t bytes[JOIN_LENGTH], size_t most)
{
    reader_t reader = reader_of(span_of(bytes, JOIN_LENGTH));
    const size_t size = take_u32(&reader);
    return size > JOIN_AROUND && size <= most + JOIN_AROUND ? size : 0;
}

void join_ask(const join_keys_t *self, span_t request, buf_t *out)
{
    buf_put(out, self->public_key, sizeof self->public_key);
    put_sealed(self, request, to_hub, out);
}

size_t join_take_head(join_keys_t *self, const uint8_t head[JOIN_HEAD])
{
    return agree(self, head) == 0 ? length_of(head + 32, JOIN_REQUEST_MAX) : 0;
}

int join_take_question(const join_keys_t *self, span_t sealed, buf_t *request)
{
    return take_sealed(self, sealed, to_hub, request);
}

void join_answer(const join_keys_t *self, span_t answer, buf_t *out)
{
    put_sealed(self, answer, to_node, out);
}

size_t join_take_length(const uint8_t length[JOIN_LENGTH])
{
    return length_of(length, JOIN_ANSWER_MAX);
}

int join_take_answer(const join_keys_t *self, span_t sealed, buf_t *answer)
{
    return take_sealed(self, sealed, to_node, answer);
}

static void put_hash(buf_t *out, span_t bytes)
{
    hash_t hash;
    sha256(bytes, &hash);
    buf_put(out, hash.bytes, sizeof hash.bytes);
}

void join_digits(span_t request, span_t vkey, span_t ca, char out[FINGERPRINT_TEXT])
{
    buf_t all = {0};
    buf_put_text(&all, greeting);
    put_hash(&all, request);
    put_hash(&all, vkey);
    put_hash(&all, ca);
    spoken_digits(buf_span(&all), out);
    buf_destroy(&all);
}
