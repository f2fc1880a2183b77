// keyring - the CA is opened twice, with its CRL and without: a certificate that was
// revoked later still proves what was sealed before, so the moment of a revocation is
// judged here.

#include "nodes/keyring.h"

#include "lib/file.h"
#include "lib/memory.h"
#include "lib/x509.h"

#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CA_MAX = 65536, ROSTER_MAX = 64 << 20 }; // bytes of PEM

typedef struct {
    cert_t cert;
    // Good at both moments, so at any between: validity periods have no holes.  0: not
    // asked.
    int64_t good_from_ms, good_until_ms;
} held_t;

struct keyring {
    authority_t *ca;          // without a CRL
    authority_t *revocations; // with it, or NULL
    size_t n, room;
    held_t *held;
};

keyring_t *keyring_new(void)
{
    keyring_t *self = memory_new(1, sizeof *self);
    return self;
}

void keyring_destroy(keyring_t **self_p)
{
    keyring_t *self = *self_p;
    if (!self)
        return;
    authority_close(&self->ca);
    authority_close(&self->revocations);
    for (size_t i = 0; i < self->n; i++)
        cert_close(&self->held[i].cert);
    free(self->held);
    free(self);
    *self_p = NULL;
}

static void add(keyring_t *self, cert_t *cert)
{
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 16;
        self->held = memory_grow(self->held, self->room, sizeof *self->held);
    }
    self->held[self->n++] = (held_t){.cert = *cert};
}

int keyring_trust(
    keyring_t *self, const char *ca_path, const char *crl_path, cause_t *why)
{
    self->ca = authority_open(ca_path, NULL, why);
    if (self->ca && crl_path)
        self->revocations = authority_open(ca_path, crl_path, why);
    return !self->ca || (crl_path && !self->revocations) ? -1 : 0;
}

int keyring_add_file(keyring_t *self, const char *path, cause_t *why)
{
    cert_t cert = {0};
    if (cert_read(&cert, path, why) < 0)
        return -1;
    add(self, &cert);
    return 0;
}

int keyring_add_folder(keyring_t *self, const char *folder, cause_t *why)
{
    names_t names = {0};
    cause_t ignored;
    if (names_list(&names, folder, ".pem", why) < 0)
        return -1;
    for (size_t i = 0; i < names.n; i++) {
        char path[PATH_MAX];
        // A folder may also hold the CA's certificate or a CRL: those are no node's.
        if (path_join(path, sizeof path, folder, names.name[i], &ignored) == 0)
            (void)keyring_add_file(self, path, &ignored);
    }
    names_free(&names);
    return 0;
}

int keyring_add_node(keyring_t *self, const char *node, cause_t *why)
{
    char own[PATH_MAX], known[PATH_MAX];
    if (path_join(own, sizeof own, node, "certs/seal.pem", why) != 0 ||
        path_join(known, sizeof known, node, "certs/known", why) != 0 ||
        (access(own, R_OK) == 0 && keyring_add_file(self, own, why) != 0))
        return -1;
    return access(known, R_OK) == 0 ? keyring_add_folder(self, known, why) : 0;
}

static int add_block(keyring_t *self, span_t der, cause_t *why)
{
    cert_t cert = {0};
    if (cert_parse(&cert, der, why) < 0)
        return -1;
    add(self, &cert);
    return 0;
}

static bool same_ca(span_t der, const char *ca_path, cause_t *why)
{
    buf_t trusted = {0};
    bool same = x509_read_pem(ca_path, PEM_STRING_X509, CA_MAX, &trusted, why) == 0;
    if (same && !span_equal(der, buf_span(&trusted))) {
        cause_set(why, "its CA is not the one in %s", ca_path);
        same = false;
    }
    buf_destroy(&trusted);
    return same;
}

// Every block of the PEM text: the CA first, a CRL, then nodes and officers.
static int add_blocks(
    keyring_t *self, BIO *pem, const char *ca_path, bool *has_crl, cause_t *why)
{
    char *name, *header;
    unsigned char *data;
    long size;
    int result = 0;
    for (size_t i = 0; result == 0 && PEM_read_bio(pem, &name, &header, &data, &size);
         i++) {
        span_t der = span_of(data, (size_t)size);
        if (i == 0)
            result = ca_path && !same_ca(der, ca_path, why) ? -1 : 0;
        else if (strcmp(name, PEM_STRING_X509_CRL) == 0)
            *has_crl = true;
        else
            result = add_block(self, der, why);
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_free(data);
    }
    return result;
}

// The CA by itself for what its certificates say at their time, and with the CRL.
static int trust_roster(keyring_t *self, span_t pem, bool has_crl, cause_t *why)
{
    buf_t der = {0}, ca = {0};
    if (x509_take_pem(pem, PEM_STRING_X509, &der) == 0)
        x509_print_pem(PEM_STRING_X509, buf_span(&der), &ca);
    self->ca = authority_parse(buf_span(&ca), why);
    if (self->ca && has_crl)
        self->revocations = authority_parse(pem, why);
    buf_destroy(&der);
    buf_destroy(&ca);
    return self->ca && (self->revocations || !has_crl) ? 0 : -1;
}

int keyring_add_roster(keyring_t *self, span_t pem, const char *ca_path, cause_t *why)
{
    bool has_crl = false;
    if (pem.size > ROSTER_MAX)
        return cause_set(
            why, "%zu bytes of PEM, at most %d are read", pem.size, ROSTER_MAX);
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.size);
    if (!bio)
        abort();
    int result = add_blocks(self, bio, ca_path, &has_crl, why);
    BIO_free(bio);
    ERR_clear_error(); // the end of the text is an error to OpenSSL
    return result == 0 ? trust_roster(self, pem, has_crl, why) : -1;
}

bool keyring_checks_revocation(const keyring_t *self)
{
    return self->revocations != NULL;
}

size_t keyring_count(const keyring_t *self)
{
    return self->n;
}

// The CA's signature and all periods at this moment; asked once per certificate where the
// end of its validity is as good as the moment.
static int check_chain(const keyring_t *self, held_t *held, int64_t at_ms, cause_t *why)
{
    cause_t ignored;
    if (held->good_until_ms && held->good_from_ms <= at_ms &&
        at_ms <= held->good_until_ms)
        return 0;
    if (cert_check(&held->cert, self->ca, at_ms, why) < 0)
        return -1;
    int64_t last_ms = held->cert.not_after_ms - 1000;
    if (!held->good_until_ms &&
        cert_check(&held->cert, self->ca, last_ms, &ignored) == 0) {
        held->good_from_ms = at_ms;
        held->good_until_ms = last_ms;
    }
    return 0;
}

static int check(const keyring_t *self, held_t *held, int64_t at_ms, cause_t *why)
{
    const cert_t *cert = &held->cert;
    if (!self->ca)
        return cause_set(why, "no CA to check the certificate of %s with", cert->name);
    if (check_chain(self, held, at_ms, why) < 0)
        return -1;
    if (self->revocations &&
        authority_revoked_since_ms(self->revocations, cert->serial) <= at_ms)
        return cause_set(why, "the certificate of %s was revoked before", cert->name);
    return 0;
}

const cert_t *keyring_find(
    const keyring_t *self, const char *key_id, int64_t at_ms, cause_t *why)
{
    cause_set(why, "there is no certificate for the key %.16s...", key_id);
    for (size_t i = 0; i < self->n; i++) {
        held_t *held = &self->held[i];
        // A renewed certificate may be for the same key: any good one will do.
        if (held->cert.use == CERT_SEAL && strcmp(held->cert.key_id, key_id) == 0 &&
            check(self, held, at_ms, why) == 0)
            return &held->cert;
    }
    return NULL;
}

const char *keyring_role(const keyring_t *self, const char *node)
{
    for (size_t i = 0; i < self->n; i++) {
        const cert_t *cert = &self->held[i].cert;
        if (strcmp(cert->name, node) == 0 && strcmp(cert->role, "officer") != 0)
            return cert->role;
    }
    return NULL;
}
