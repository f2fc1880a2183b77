// keyring - the CA is opened twice, with its CRL and without.  A certificate that was
// revoked later still proves what was sealed before, so that OpenSSL's verifier is asked
// without the CRL, and the moment of the revocation is compared here.
//
// A CA's certificate ends too, and the next one has the same name and key: what was
// sealed under either is good when any of those that are trusted was valid then.

#include "nodes/config/keyring.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/pki/pem.h"
#include "lib/pki/x509.h"
#include "nodes/config/node_paths.h"

#include <limits.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROSTER_MAX = 64 << 20 }; // bytes of PEM

typedef struct {
    authority_t *ca;          // without a CRL
    authority_t *revocations; // with it, or NULL
} issuer_of_file_t;

typedef struct {
    cert_t cert;
    // By this issuer good at both moments, so at any between: validity periods have no
    // holes.  NULL: not asked.
    const issuer_of_file_t *by;
    int64_t good_from_ms, good_until_ms;
} keyring_item_t;

struct keyring {
    size_t issuers;
    issuer_of_file_t issuer[KEYRING_ISSUERS];
    size_t n, room;
    keyring_item_t *held;
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
    for (size_t i = 0; i < self->issuers; i++) {
        authority_close(&self->issuer[i].ca);
        authority_close(&self->issuer[i].revocations);
    }
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
    self->held[self->n++] = (keyring_item_t){.cert = *cert};
}

// Of several files, each whose CAs have all signed a CRL of these.
static int trust(keyring_t *self, const char *ca_path, const char *crl_path,
    cause_t *no_crl, cause_t *why)
{
    issuer_of_file_t issuer = {authority_open(ca_path, NULL, why), NULL};
    if (!issuer.ca)
        return -1;
    if (crl_path)
        issuer.revocations = authority_open(ca_path, crl_path, no_crl);
    self->issuer[self->issuers++] = issuer;
    return 0;
}

int keyring_trust(keyring_t *self, const char *const *ca_paths, size_t n,
    const char *crl_path, cause_t *why)
{
    cause_t no_crl = {0};
    if (n > KEYRING_ISSUERS)
        return cause_set(why, "%zu CAs; at most %d can be named", n, KEYRING_ISSUERS);
    for (size_t i = 0; i < n; i++)
        if (trust(self, ca_paths[i], crl_path, &no_crl, why) != 0)
            return -1;
    if (!crl_path || keyring_checks_revocation(self))
        return 0;
    *why = no_crl;
    return -1;
}

int keyring_add_file(keyring_t *self, const char *path, cause_t *why)
{
    cert_t cert = {0};
    if (cert_read(&cert, path, why) != 0)
        return -1;
    add(self, &cert);
    return 0;
}

int keyring_add_folder(keyring_t *self, const char *folder, cause_t *why)
{
    names_t names = {0};
    cause_t ignored;
    if (names_list(&names, folder, ".pem", why) != 0)
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
    node_path(node, NODE_SEAL_CERTIFICATE, own);
    if (path_join(known, sizeof known, node, "certs/known", why) != 0 ||
        (access(own, R_OK) == 0 && keyring_add_file(self, own, why) != 0))
        return -1;
    return access(known, R_OK) == 0 ? keyring_add_folder(self, known, why) : 0;
}

static int add_block(keyring_t *self, span_t der, cause_t *why)
{
    cert_t cert = {0};
    if (cert_parse(&cert, der, why) != 0)
        return -1;
    add(self, &cert);
    return 0;
}

typedef struct {
    keyring_t *keyring;
    bool has_crl;
} adding_t;

// Every block of the PEM text: CAs first, CRLs, then nodes and officers.
static int add_any(void *context, const char *label, span_t der, cause_t *why)
{
    adding_t *self = context;
    if (strcmp(label, PEM_STRING_X509_CRL) == 0)
        self->has_crl = true;
    else if (!x509_is_ca(der))
        return add_block(self->keyring, der, why);
    return 0;
}

// The CAs by themselves for what their certificates say at their time, and with the CRLs.
static int trust_roster(keyring_t *self, span_t pem, bool has_crl, cause_t *why)
{
    issuer_of_file_t *issuer = &self->issuer[self->issuers++];
    issuer->ca = authority_parse_cas(pem, why);
    if (issuer->ca && has_crl)
        issuer->revocations = authority_parse(pem, why);
    return issuer->ca && (issuer->revocations || !has_crl) ? 0 : -1;
}

// As the hub compares them: by name and key, whatever the certificate's dates.
static int check_ca(
    const authority_t *ca, const char *const *ca_paths, size_t n, cause_t *why)
{
    authority_t *trusted[KEYRING_ISSUERS] = {NULL};
    cause_t ignored;
    size_t opened = 0;
    if (n > KEYRING_ISSUERS)
        return cause_set(why, "%zu CAs; at most %d can be named", n, KEYRING_ISSUERS);
    while (opened < n && (trusted[opened] = authority_open(ca_paths[opened], NULL, why)))
        opened++;
    bool covered = opened == n && authority_covered(ca, trusted, n, &ignored);
    for (size_t i = 0; i < opened; i++)
        authority_close(&trusted[i]);
    if (covered || opened < n)
        return covered ? 0 : -1;
    return n == 1 ? cause_set(why, "its CA is not the one in %s", ca_paths[0])
                  : cause_set(why, "its CA is none of the %zu that were named", n);
}

int keyring_add_roster(
    keyring_t *self, span_t pem, const char *const *ca_paths, size_t n, cause_t *why)
{
    if (pem.size > ROSTER_MAX)
        return cause_set(
            why, "%zu bytes of PEM, at most %d are read", pem.size, ROSTER_MAX);
    if (self->issuers == KEYRING_ISSUERS)
        return cause_set(why, "more than %d CAs", KEYRING_ISSUERS);
    adding_t adding = {self, false};
    if (pem_each(pem, add_any, &adding, why) != 0 ||
        trust_roster(self, pem, adding.has_crl, why) != 0)
        return -1;
    return n ? check_ca(self->issuer[self->issuers - 1].ca, ca_paths, n, why) : 0;
}

bool keyring_checks_revocation(const keyring_t *self)
{
    for (size_t i = 0; i < self->issuers; i++)
        if (self->issuer[i].revocations)
            return true;
    return false;
}

size_t keyring_count(const keyring_t *self)
{
    return self->n;
}

// The CA's signature and all periods at this moment; asked once per certificate where the
// end of its validity is as good as the moment.
static int check_chain(
    keyring_item_t *held, const issuer_of_file_t *issuer, int64_t at_ms, cause_t *why)
{
    cause_t ignored;
    if (held->by == issuer && held->good_from_ms <= at_ms && at_ms <= held->good_until_ms)
        return 0;
    if (cert_check(&held->cert, issuer->ca, at_ms, why) != 0)
        return -1;
    int64_t last_ms = held->cert.not_after_ms - 1000;
    if (!held->by && cert_check(&held->cert, issuer->ca, last_ms, &ignored) == 0) {
        held->by = issuer;
        held->good_from_ms = at_ms;
        held->good_until_ms = last_ms;
    }
    return 0;
}

static int check_by(
    keyring_item_t *held, const issuer_of_file_t *issuer, int64_t at_ms, cause_t *why)
{
    const cert_t *cert = &held->cert;
    if (check_chain(held, issuer, at_ms, why) != 0)
        return -1;
    if (issuer->revocations &&
        authority_revoked_since_ms(issuer->revocations, cert) <= at_ms)
        return cause_set(why, "the certificate of %s was revoked before", cert->name);
    return 0;
}

static int check(const keyring_t *self, keyring_item_t *held, int64_t at_ms, cause_t *why)
{
    if (self->issuers == 0)
        return cause_set(
            why, "no CA to check the certificate of %s with", held->cert.name);
    for (size_t i = 0; i < self->issuers; i++)
        if (check_by(held, &self->issuer[i], at_ms, why) == 0)
            return 0;
    return -1;
}

const cert_t *keyring_find(
    const keyring_t *self, const char *key_id, int64_t at_ms, cause_t *why)
{
    cause_set(why, "there is no certificate for the key %.16s...", key_id);
    for (size_t i = 0; i < self->n; i++) {
        keyring_item_t *held = &self->held[i];
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
