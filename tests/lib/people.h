// people - a CA and the certificates of nodes and officers, in a scratch folder, for unit
// tests: ca.pem, crl.pem and roster/*.pem.

#ifndef TESTS_LIB_PEOPLE_H
#define TESTS_LIB_PEOPLE_H

#include "certs/folder/issue.h"
#include "lib/base/file.h"
#include "lib/pki/roster.h"
#include "lib/pki/seal.h"
#include "lib/pki/x509.h"
#include "tests/lib/scratch.h"

#include <openssl/pem.h>

#define PEOPLE_DAY_MS (24 * INT64_C(3600000))

typedef struct {
    scratch_t scratch;
    int64_t now_ms;
    signer_t ca;
    ledger_t ledger;
} people_t;

// A holder; NULL and 0 stand for what is usual.
typedef struct {
    const char *name, *role, *organisation;
    const char *node;     // an officer's; else the name
    const uint8_t *key;   // else one that nobody has the secret of
    int64_t not_after_ms; // else in a month
} person_t;

static inline void people_must(bool good, const cause_t *why)
{
    if (good)
        return;
    (void)fprintf(stderr, "%s\n", why->text);
    abort();
}

static inline void people_put(const people_t *self, const char *name, span_t text)
{
    cause_t why;
    people_must(
        file_replace(scratch_at(&self->scratch, name), text, 0600, &why) == 0, &why);
}

static inline void people_put_pem(
    const people_t *self, const char *name, const char *kind, const buf_t *der)
{
    buf_t pem = {0};
    x509_print_pem(kind, buf_span(der), &pem);
    people_put(self, name, buf_span(&pem));
    buf_destroy(&pem);
}

static inline void people_open(people_t *self, int64_t now_ms)
{
    cause_t why;
    buf_t der = {0};
    *self = (people_t){.now_ms = now_ms};
    scratch_open(&self->scratch);
    people_must(folder_make(scratch_at(&self->scratch, "roster"), 0700, &why) == 0, &why);
    self->ca.key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    people_must(issue_root(self->ca.key, "ca", NULL, now_ms - PEOPLE_DAY_MS,
                    now_ms + 1000 * PEOPLE_DAY_MS, &der, &why) == 0,
        &why);
    self->ca.cert = x509_of(buf_span(&der));
    people_put_pem(self, "ca.pem", PEM_STRING_X509, &der);
    buf_destroy(&der);
}

static inline void people_close(people_t *self)
{
    ledger_free(&self->ledger);
    X509_free(self->ca.cert);
    EVP_PKEY_free(self->ca.key);
    scratch_close(&self->scratch);
}

// An office, and the territory of that office or NULL.
typedef struct {
    const char *name, *territory;
} office_t;

// Writes the certificate to roster/<name>-<use>.pem.
static inline void people_certify_office(
    people_t *self, const person_t *person, cert_use_t use, const office_t *office)
{
    issued_t entry = {.use = use,
        .issued_ms = self->now_ms,
        .not_before_ms = self->now_ms - PEOPLE_DAY_MS,
        .not_after_ms = person->not_after_ms ? person->not_after_ms
                                             : self->now_ms + 30 * PEOPLE_DAY_MS};
    holder_t *holder = &entry.holder;
    const char *node = person->node ? person->node : person->name;
    char text[160];
    hash_t key;
    cert_t cert;
    cause_t why;
    buf_t pem = {0};
    (void)snprintf(text, sizeof text, "roster/%s-%d.pem", person->name, (int)use);
    sha256(span_text(text), &key);
    key.bytes[31] &= 0x7f; // as an X25519 key is written
    memcpy(entry.key, person->key ? person->key : key.bytes, sizeof entry.key);
    seal_key_id(entry.key, entry.key_id);
    serial_new(entry.serial);
    (void)snprintf(holder->name, sizeof holder->name, "%s", person->name);
    (void)snprintf(holder->role, sizeof holder->role, "%s", person->role);
    (void)snprintf(
        holder->organisation, sizeof holder->organisation, "%s", person->organisation);
    (void)snprintf(holder->node, sizeof holder->node, "%s", node);
    people_must(
        holder_set_office(holder, office->name, office->territory, &why) == 0, &why);
    people_must(issue_certificate(&self->ca, &entry, &cert, &why) == 0, &why);
    cert_print_pem(&cert, &pem);
    people_put(self, text, buf_span(&pem));
    buf_destroy(&pem);
    cert_close(&cert);
    ledger_add(&self->ledger, &entry);
}

static inline void people_certify(people_t *self, const person_t *person, cert_use_t use)
{
    people_certify_office(self, person, use, &(office_t){NULL, NULL});
}

static inline void people_revoke(people_t *self, const char *name)
{
    for (size_t i = 0; i < self->ledger.n; i++)
        if (strcmp(self->ledger.entry[i].holder.name, name) == 0) {
            self->ledger.entry[i].revoked_ms = self->now_ms - 1000;
            (void)snprintf(self->ledger.entry[i].reason, REASON_MAX, "unspecified");
        }
}

static inline void people_publish(people_t *self, uint64_t number)
{
    cause_t why;
    buf_t der = {0};
    self->ledger.crl_number = number;
    people_must(issue_crl(&self->ca, &self->ledger, self->now_ms,
                    self->now_ms + 7 * PEOPLE_DAY_MS, &der, &why) == 0,
        &why);
    people_put_pem(self, "crl.pem", PEM_STRING_X509_CRL, &der);
    buf_destroy(&der);
}

static inline roster_t *people_roster(const people_t *self)
{
    cause_t why;
    roster_t *roster = roster_open(scratch_at(&self->scratch, "roster"),
        scratch_at(&self->scratch, "ca.pem"), scratch_at(&self->scratch, "crl.pem"), NULL,
        self->now_ms, &why);
    people_must(roster != NULL, &why);
    return roster;
}

#endif
