// authors - a list of certificates, and a small table of seal heads by the hash of their
// text.
//
// The table makes the second document of a batch, and a delivery that comes again, cost a
// hash instead of a signature.  A renewed certificate may carry the same key as the one
// before, so a key is looked for among all of them when the one remembered does not cover
// the moment.

#include "nodes/link/authors.h"

#include "lib/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    HEADS = 64, // remembered; a power of two
    CERTS_MAX = 65536,
    DER_MAX = 16384,
};

typedef struct author {
    struct author *older;
    struct author *after; // in the queue of those not yet returned
    cert_t cert;
    bool proven; // chain and key usage were found good
} author_t;

typedef struct {
    bool good;
    hash_t text; // SHA-256 of the head's text
    known_head_t known;
} slot_t;

struct authors {
    const authority_t *ca;
    size_t n;
    author_t *newest;
    author_t *first, *last; // the queue
    slot_t slot[HEADS];
};

authors_t *authors_new(const authority_t *ca)
{
    authors_t *self = memory_new(1, sizeof *self);
    self->ca = ca;
    return self;
}

void authors_trust(authors_t *self, const authority_t *ca)
{
    self->ca = ca;
}

void authors_destroy(authors_t **self_p)
{
    authors_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    while (self->newest) {
        author_t *author = self->newest;
        self->newest = author->older;
        cert_close(&author->cert);
        free(author);
    }
    free(self);
}

static bool known(const authors_t *self, span_t der)
{
    for (const author_t *author = self->newest; author; author = author->older)
        if (span_equal(buf_span(&author->cert.der), der))
            return true;
    return false;
}

static void keep(authors_t *self, const cert_t *cert)
{
    author_t *author = memory_new(1, sizeof *author);
    author->cert = *cert;
    author->older = self->newest;
    self->newest = author;
    self->n++;
}

int authors_take(authors_t *self, span_t der, cause_t *why)
{
    if (known(self, der))
        return 0;
    if (self->n >= CERTS_MAX || der.size > DER_MAX)
        return cause_set(why, "too many certificates, or one too large");
    cert_t cert = {0};
    if (cert_parse(&cert, der, why) != 0)
        return -1;
    if (cert.use != CERT_SEAL) {
        (void)cause_set(why, "the certificate of %s is not for sealing", cert.name);
        cert_close(&cert);
        return -1;
    }
    keep(self, &cert);
    return 0;
}

const cert_t *authors_new_cert(authors_t *self)
{
    author_t *author = self->first;
    if (!author)
        return NULL;
    self->first = author->after;
    return &author->cert;
}

static bool covers(const cert_t *cert, int64_t time_ms)
{
    return time_ms >= cert->not_before_ms && time_ms <= cert->not_after_ms;
}

// From this author on, the newest with a certificate for this key.
static author_t *next_of(author_t *author, const char *key_id)
{
    while (author && strcmp(author->cert.key_id, key_id) != 0)
        author = author->older;
    return author;
}

// The newest that covers the moment.
static author_t *find_at(const authors_t *self, const char *key_id, int64_t time_ms)
{
    author_t *author = next_of(self->newest, key_id);
    while (author && !covers(&author->cert, time_ms))
        author = next_of(author->older, key_id);
    return author;
}

// The first signature is a node's, the others are its officers'.
static int check_place(const known_head_t *known, size_t i, cause_t *why)
{
    const cert_t *by = &known->by[i]->cert;
    const cert_t *node = &known->by[0]->cert;
    bool officer = strcmp(by->role, "officer") == 0;
    if (officer == (i > 0) && strcmp(by->node, node->name) == 0)
        return 0;
    return cause_set(why, "%s may not sign at place %zu of this seal", by->name, i);
}

static int check_signatures(const authors_t *self, known_head_t *known, cause_t *why)
{
    const seal_head_t *head = &known->head;
    if (head->signatures == 0)
        return cause_set(why, "a seal without a signature");
    for (size_t i = 0; i < head->signatures; i++) {
        known->by[i] = next_of(self->newest, head->signature[i].key_id);
        if (!known->by[i])
            return cause_set(why, "a seal by a key without a certificate (%.16s)",
                head->signature[i].key_id);
        if (check_place(known, i, why) != 0 ||
            seal_check_signature(head, i, known->by[i]->cert.key, why) != 0)
            return -1;
    }
    return 0;
}

const known_head_t *authors_head(
    authors_t *self, span_t text, const hash_t *hash, cause_t *why)
{
    slot_t *slot = &self->slot[hash->bytes[0] % HEADS];
    if (slot->good && hash_equal(&slot->text, hash))
        return &slot->known;
    slot->good = false;
    slot->text = *hash;
    if (seal_head_parse(&slot->known.head, text, why) != 0)
        return NULL;
    slot->good = check_signatures(self, &slot->known, why) == 0;
    return slot->good ? &slot->known : NULL;
}

static void prove(authors_t *self, author_t *author)
{
    author->proven = true;
    *(self->first ? &self->last->after : &self->first) = author;
    self->last = author;
}

void authors_prove_newest(authors_t *self, size_t n, int64_t time_ms)
{
    cause_t ignored; // one that is not good is simply not proven
    for (author_t *author = self->newest; author && n > 0; author = author->older, n--)
        if (!author->proven && covers(&author->cert, time_ms) &&
            (!self->ca || cert_check(&author->cert, self->ca, time_ms, &ignored) == 0))
            prove(self, author);
}

// The other certificate of this one's key and name that covers the moment.
static author_t *find_renewed(
    const authors_t *self, const cert_t *remembered, int64_t time_ms, cause_t *why)
{
    author_t *author = find_at(self, remembered->key_id, time_ms);
    if (!author) {
        (void)cause_set(why, "the certificate of %s was not valid when the hub took this",
            remembered->name);
        return NULL;
    }
    if (strcmp(author->cert.name, remembered->name) != 0) {
        (void)cause_set(
            why, "two names for one key: %s and %s", author->cert.name, remembered->name);
        return NULL;
    }
    return author;
}

static const cert_t *check_author(
    authors_t *self, author_t *author, int64_t time_ms, cause_t *why)
{
    if (!covers(&author->cert, time_ms) &&
        !(author = find_renewed(self, &author->cert, time_ms, why)))
        return NULL;
    if (!author->proven && self->ca &&
        cert_check(&author->cert, self->ca, time_ms, why) != 0)
        return NULL;
    if (!author->proven)
        prove(self, author);
    return &author->cert;
}

const cert_t *authors_at(
    authors_t *self, const known_head_t *known, int64_t time_ms, cause_t *why)
{
    const cert_t *node = NULL;
    for (size_t i = 0; i < known->head.signatures; i++) {
        const cert_t *by = check_author(self, known->by[i], time_ms, why);
        if (!by)
            return NULL;
        if (i == 0)
            node = by;
    }
    return node;
}
