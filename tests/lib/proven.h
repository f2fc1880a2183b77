// proven - a log of a few entries with a key of its own, for tests of what nodes keep:
// what it says of a delivery verifies.

#ifndef TESTS_LIB_PROVEN_H
#define TESTS_LIB_PROVEN_H

#include "lib/pki/seal.h"
#include "lib/tlog/leaf.h"
#include "lib/tlog/merkle.h"
#include "lib/tlog/note.h"
#include "nodes/inbox/store.h"
#include "tests/lib/test.h"

#include <sodium.h>

enum { PROVEN_MAX = 512 };

typedef struct {
    log_vkey_t vkey;
    uint8_t secret[64];
    size_t n;
    hash_t hash[PROVEN_MAX];
    leaf_t leaf[PROVEN_MAX];
    buf_t text[PROVEN_MAX], path[PROVEN_MAX], document[PROVEN_MAX], seal[PROVEN_MAX];
    buf_t note;
} proven_t;

#define PROVEN_WHY "deliver me rule none 4"

static inline void proven_open(proven_t *self, const char *origin)
{
    cause_t why;
    uint8_t public_key[32];
    *self = (proven_t){0};
    crypto_sign_keypair(public_key, self->secret);
    assert_int_equal(log_vkey_of(&self->vkey, origin, public_key, &why), 0);
}

static inline void proven_close(proven_t *self)
{
    for (size_t i = 0; i < self->n; i++) {
        buf_destroy(&self->text[i]);
        buf_destroy(&self->path[i]);
        buf_destroy(&self->document[i]);
        buf_destroy(&self->seal[i]);
    }
    buf_destroy(&self->note);
}

static inline size_t proven_add(proven_t *self, const leaf_t *leaf)
{
    size_t at = self->n++;
    assert_true(at < PROVEN_MAX);
    self->leaf[at] = *leaf;
    self->leaf[at].position = at;
    leaf_put(&self->leaf[at], &self->text[at]);
    merkle_leaf(buf_span(&self->text[at]), &self->hash[at]);
    return at;
}

// The seal of this document alone, by the log's key; the hash of its head.
static inline void proven_seal(
    proven_t *self, const hash_t *document, buf_t *out, hash_t *hash)
{
    cause_t why;
    seal_key_t key;
    seal_head_t head;
    memcpy(key.secret_key, self->secret, sizeof key.secret_key);
    (void)crypto_sign_ed25519_sk_to_pk(key.public_key, key.secret_key);
    seal_key_id(key.public_key, key.id);
    seal_head_begin(&head, self->vkey.origin, document, 1);
    assert_int_equal(seal_head_sign(&head, &key, &why), 0);
    seal_head_print(&head, out);
    sha256(buf_span(out), hash);
    seal_tail_print(0, NULL, 0, out);
}

// An entry whose document is its own, and was sealed alone.
static inline size_t proven_message(proven_t *self, const char *id)
{
    leaf_t leaf = {.type = "message", .kind = "advisory", .author = "nccis"};
    size_t at = self->n;
    (void)snprintf(leaf.id, sizeof leaf.id, "%s", id);
    buf_printf(&self->document[at], "{\"n\":%zu}", at);
    sha256(buf_span(&self->document[at]), &leaf.document);
    proven_seal(self, &leaf.document, &self->seal[at], &leaf.seal);
    leaf.has_document = leaf.has_seal = true;
    return proven_add(self, &leaf);
}

// Sign what there is by now; deliveries are proven in it.
static inline span_t proven_note(proven_t *self)
{
    checkpoint_t checkpoint = {.size = self->n};
    merkle_t tree = {0};
    for (size_t i = 0; i < self->n; i++)
        merkle_add(&tree, &self->hash[i]);
    merkle_root(&tree, &checkpoint.root);
    memcpy(checkpoint.origin, self->vkey.origin, sizeof checkpoint.origin);
    buf_clear(&self->note);
    checkpoint_sign(&checkpoint, &self->vkey, self->secret, &self->note);
    return buf_span(&self->note);
}

static inline link_delivery_t proven_delivery(proven_t *self, uint64_t number, size_t at)
{
    buf_clear(&self->path[at]);
    merkle_path_of(self->hash, self->n, at, &self->path[at]);
    return (link_delivery_t){.number = number,
        .leaf = &self->leaf[at],
        .leaf_bytes = buf_span(&self->text[at]),
        .why = span_text(PROVEN_WHY),
        .document = buf_span(&self->document[at]),
        .seal = buf_span(&self->seal[at]),
        .path = buf_span(&self->path[at])};
}

#endif
