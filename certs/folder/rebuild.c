// rebuild - see the header.  Certificates first, then what CRLs say of them, then what
// only the old index knows.

#include "certs/folder/rebuild.h"

#include "certs/folder/ca_inside.h"
#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/times.h"
#include "lib/pki/cert_list.h"
#include "lib/pki/pem.h"
#include "lib/pki/seal.h"
#include "lib/pki/x509.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CERT_MAX = 65536, CRL_MAX = 16 << 20, INDEX_MAX = 256 << 20 };

typedef struct {
    ca_t *ca;
    EVP_PKEY *key; // that of its certificate, borrowed
    ledger_t old;  // whole lines of the index so far
    rebuilt_t *out;
    bool numbered; // by a CRL of this CA
} work_t;

// --------------------------------------------------------------------------------
// Certificates.

static bool is_own(const work_t *self, const cert_t *cert)
{
    X509 *x = x509_of(buf_span(&cert->der));
    const bool own = x && X509_verify(x, self->key) == 1;
    X509_free(x);
    ERR_clear_error();
    return own;
}

static void describe(const work_t *self, const cert_t *cert, issued_t *out)
{
    *out = (issued_t){.use = cert->use,
        .issued_ms = cert->not_before_ms, // as far as a certificate says
        .not_before_ms = cert->not_before_ms,
        .not_after_ms = cert->not_after_ms};
    holder_of_cert(&out->holder, cert);
    memcpy(out->key, cert->key, sizeof out->key);
    memcpy(out->key_id, cert->key_id, sizeof out->key_id);
    memcpy(out->serial, cert->serial, sizeof out->serial);
    const issued_t *line = ledger_by_serial(&self->old, cert->serial);
    if (line && memcmp(line->key, cert->key, sizeof line->key) == 0)
        out->issued_ms = line->issued_ms;
}

// Whether it is one of ours that was not known yet.
static bool take_cert(work_t *self, const cert_t *cert)
{
    issued_t entry;
    if (!is_own(self, cert)) {
        self->out->foreign++;
        return false;
    }
    if (ledger_by_serial(&self->ca->ledger, cert->serial))
        return false;
    describe(self, cert, &entry);
    ledger_add(&self->ca->ledger, &entry);
    return true;
}

static int take_copy(work_t *self, const char *path, cause_t *why)
{
    cert_t cert;
    cause_t ignored;
    buf_t der = {0};
    int result = x509_read_pem(path, PEM_STRING_X509, CERT_MAX, &der, why);
    if (result == 0 && cert_parse(&cert, buf_span(&der), why) != 0 &&
        cert_parse_browser(&cert, buf_span(&der), &ignored) != 0)
        result = cause_prefix(why, "%s", path);
    buf_destroy(&der);
    if (result != 0)
        return -1;
    (void)take_cert(self, &cert);
    cert_close(&cert);
    return 0;
}

static int take_copies(work_t *self, cause_t *why)
{
    char folder[PATH_MAX], path[PATH_MAX];
    names_t names;
    if (ca_path(self->ca->folder, "issued", folder, why) != 0)
        return -1;
    if (access(folder, F_OK) != 0)
        return folder_make(folder, 0700, why);
    if (names_list(&names, folder, ".pem", why) != 0)
        return -1;
    int result = 0;
    for (size_t i = 0; result == 0 && i < names.n; i++)
        result = path_join(path, sizeof path, folder, names.name[i], why) == 0
                     ? take_copy(self, path, why)
                     : -1;
    names_free(&names);
    return result;
}

static int take_roster(work_t *self, const char *folder, cause_t *why)
{
    cert_list_t list = {0};
    int result = cert_list_add_folder(&list, folder, why);
    for (size_t i = 0; result == 0 && i < list.n; i++) {
        if (!take_cert(self, &list.item[i].cert))
            continue;
        self->out->from_roster++;
        result = ca_keep_copy(self->ca, &list.item[i].cert, why);
    }
    cert_list_close(&list);
    return result;
}

// --------------------------------------------------------------------------------
// CRLs.

static void reason_of(X509_REVOKED *revoked, char out[REASON_MAX])
{
    ASN1_ENUMERATED *value =
        X509_REVOKED_get_ext_d2i(revoked, NID_crl_reason, NULL, NULL);
    (void)snprintf(
        out, REASON_MAX, "%s", revocation_word(value ? ASN1_ENUMERATED_get(value) : 0));
    ASN1_ENUMERATED_free(value);
}

// A serial that no certificate has stays revoked in every CRL to come.
static issued_t *stand_in(work_t *self, const char *serial)
{
    issued_t entry = {.use = CERT_SEAL};
    (void)snprintf(entry.holder.name, sizeof entry.holder.name, "unknown");
    (void)snprintf(entry.holder.role, sizeof entry.holder.role, "unknown");
    (void)snprintf(
        entry.holder.organisation, sizeof entry.holder.organisation, "UNKNOWN");
    (void)snprintf(entry.holder.node, sizeof entry.holder.node, "unknown");
    (void)snprintf(entry.serial, sizeof entry.serial, "%s", serial);
    seal_key_id(entry.key, entry.key_id);
    ledger_add(&self->ca->ledger, &entry);
    self->out->unknown++;
    return ledger_by_serial(&self->ca->ledger, serial);
}

static int take_revoked(work_t *self, X509_REVOKED *revoked, cause_t *why)
{
    char serial[SERIAL_MAX];
    int64_t at_ms;
    if (!x509_serial_hex(X509_REVOKED_get0_serialNumber(revoked), serial) ||
        !x509_time_ms(X509_REVOKED_get0_revocationDate(revoked), &at_ms))
        return cause_set(why, "a CRL has a line that is none");
    issued_t *entry = ledger_by_serial(&self->ca->ledger, serial);
    const issued_t *line = ledger_by_serial(&self->old, serial);
    if (!entry && line) { // what it was is known, though no certificate is left
        ledger_add(&self->ca->ledger, line);
        self->out->from_index++;
        entry = ledger_by_serial(&self->ca->ledger, serial);
    }
    if (!entry)
        entry = stand_in(self, serial);
    if (entry->revoked_ms)
        return 0;
    entry->revoked_ms = line && line->revoked_ms ? line->revoked_ms : at_ms;
    reason_of(revoked, entry->reason);
    if (entry->issued_ms == 0)
        entry->issued_ms = entry->not_before_ms = entry->not_after_ms = at_ms;
    return 0;
}

static int take_crl(work_t *self, X509_CRL *crl, cause_t *why)
{
    uint64_t number = 0;
    ASN1_INTEGER *value = X509_CRL_get_ext_d2i(crl, NID_crl_number, NULL, NULL);
    const bool numbered = value && ASN1_INTEGER_get_uint64(&number, value) == 1;
    ASN1_INTEGER_free(value);
    if (!numbered)
        return cause_set(why, "a CRL of this CA has no number");
    if (number > self->out->crl_number)
        self->out->crl_number = number;
    self->numbered = true;
    STACK_OF(X509_REVOKED) *all = X509_CRL_get_REVOKED(crl);
    for (int i = 0; i < sk_X509_REVOKED_num(all); i++)
        if (take_revoked(self, sk_X509_REVOKED_value(all, i), why) != 0)
            return -1;
    return 0;
}

// Those of other CAs are passed over.
static int take_block(void *context, const char *label, span_t der, cause_t *why)
{
    work_t *self = context;
    const uint8_t *at = der.data;
    if (strcmp(label, PEM_STRING_X509_CRL) != 0)
        return 0;
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)der.size);
    int result = 0;
    if (crl && X509_CRL_verify(crl, self->key) == 1)
        result = take_crl(self, crl, why);
    X509_CRL_free(crl);
    ERR_clear_error();
    return result;
}

static int take_crls(work_t *self, const char *path, cause_t *why)
{
    buf_t text = {0};
    int result = file_read(path, CRL_MAX, &text, why);
    if (result == 0 && pem_each(buf_span(&text), take_block, self, why) != 0)
        result = cause_prefix(why, "%s", path);
    buf_destroy(&text);
    return result;
}

static int take_own_crl(work_t *self, cause_t *why)
{
    char path[PATH_MAX];
    if (ca_path(self->ca->folder, "crl.pem", path, why) != 0)
        return -1;
    return access(path, F_OK) == 0 ? take_crls(self, path, why) : 0;
}

// --------------------------------------------------------------------------------
// The old index.

static void join_line(work_t *self, const issued_t *line)
{
    issued_t *entry = ledger_by_serial(&self->ca->ledger, line->serial);
    if (!entry) {
        ledger_add(&self->ca->ledger, line);
        self->out->from_index++;
        self->out->unlisted += line->revoked_ms != 0;
    } else if (line->revoked_ms && !entry->revoked_ms) {
        entry->revoked_ms = line->revoked_ms;
        memcpy(entry->reason, line->reason, sizeof entry->reason);
        self->out->unlisted++;
    }
}

static int check_asked(const work_t *self, bool whole, bool over, cause_t *why)
{
    if (!whole || over || self->out->crl_number > self->old.crl_number)
        return 0;
    return cause_set(why,
        "%s: the index is whole, and has what crl.pem has; with --over it is made anew "
        "all the same",
        self->ca->folder);
}

// What is there is kept beside it, whatever is wrong with it.
static int put_aside(work_t *self, int64_t now_ms, cause_t *why)
{
    char path[PATH_MAX], time[TIME_TEXT], name[64];
    buf_t text = {0};
    self->out->aside[0] = 0;
    if (ca_path(self->ca->folder, "index", path, why) != 0)
        return -1;
    if (access(path, F_OK) != 0)
        return 0;
    time_print(now_ms, time);
    (void)snprintf(name, sizeof name, "index.%s", time);
    int result = file_read(path, INDEX_MAX, &text, why);
    if (result == 0)
        result = ca_path(self->ca->folder, name, self->out->aside, why);
    if (result == 0)
        result = file_replace(self->out->aside, buf_span(&text), 0600, why);
    buf_destroy(&text);
    return result;
}

// --------------------------------------------------------------------------------

static int order(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

// When each was issued only lines of the old index say; when it begins, every
// certificate.
static int by_issue(const void *a, const void *b)
{
    const issued_t *one = a, *other = b;
    int found = order(one->not_before_ms, other->not_before_ms);
    if (found == 0)
        found = order(one->issued_ms, other->issued_ms);
    return found ? found : order(one->not_after_ms, other->not_after_ms);
}

static int gather(work_t *self, const rebuild_wish_t *wish, cause_t *why)
{
    if (take_copies(self, why) != 0)
        return -1;
    for (size_t i = 0; i < wish->rosters; i++)
        if (take_roster(self, wish->roster[i], why) != 0)
            return -1;
    for (size_t i = 0; i < wish->crls; i++)
        if (take_crls(self, wish->crl[i], why) != 0)
            return -1;
    return take_own_crl(self, why);
}

static void conclude(work_t *self)
{
    ledger_t *ledger = &self->ca->ledger;
    for (size_t i = 0; i < self->old.n; i++)
        join_line(self, &self->old.entry[i]);
    if (self->old.crl_number > self->out->crl_number)
        self->out->crl_number = self->old.crl_number;
    if (ledger->n > 0)
        qsort(ledger->entry, ledger->n, sizeof *ledger->entry, by_issue);
    ledger->crl_number = self->out->crl_number;
    self->out->certificates = ledger->n;
    for (size_t i = 0; i < ledger->n; i++)
        self->out->revoked += ledger->entry[i].revoked_ms != 0;
}

static int rebuild(work_t *self, const rebuild_wish_t *wish, cause_t *why)
{
    char index[PATH_MAX];
    if (ca_path(self->ca->folder, "index", index, why) != 0)
        return -1;
    const bool whole = ledger_salvage(&self->old, index);
    if (take_own_crl(self, why) != 0 || check_asked(self, whole, wish->over, why) != 0)
        return -1;
    ledger_free(&self->ca->ledger); // what that CRL says is said again of certificates
    *self->out = (rebuilt_t){0};
    if (gather(self, wish, why) != 0)
        return -1;
    if (!self->numbered)
        return cause_set(why,
            "there is no CRL of this CA here: name the newest that a hub has with --crl, "
            "since the next must have a higher number");
    conclude(self);
    return put_aside(self, wish->now_ms, why) == 0 ? ca_save_ledger(self->ca, why) : -1;
}

int ca_rebuild(
    const char *folder, const rebuild_wish_t *wish, rebuilt_t *out, cause_t *why)
{
    work_t work = {.out = out};
    *out = (rebuilt_t){0};
    work.ca = ca_open_shell(folder, CA_CHANGE, why);
    if (!work.ca)
        return -1;
    work.key = X509_get0_pubkey(work.ca->signer.cert);
    int result = rebuild(&work, wish, why);
    ledger_free(&work.old);
    ca_close(&work.ca);
    return result;
}
