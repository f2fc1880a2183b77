// ca_issue - what the CA signs: certificates, each numbered, recorded in the index and
// only then copied, and the CRL, which is written after the index has its number.

#include "certs/folder/ca_inside.h"

#include "lib/base/file.h"
#include "lib/pki/authority.h"

#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

static int copy_path(const ca_t *self, const char *name, cert_use_t use,
    const char *serial, char out[PATH_MAX], cause_t *why)
{
    char copy[PATH_MAX];
    (void)snprintf(
        copy, sizeof copy, "issued/%s-%s-%s.pem", name, cert_use_name(use), serial);
    return ca_path(self->folder, copy, out, why);
}

int ca_keep_copy(const ca_t *self, const cert_t *cert, cause_t *why)
{
    char path[PATH_MAX];
    return copy_path(self, cert->name, cert->use, cert->serial, path, why) == 0
               ? ca_write_pem(path, PEM_STRING_X509, buf_span(&cert->der), why)
               : -1;
}

// The last check before a key is certified, whichever command asks for it.
static int check_key(const ca_t *self, const issued_t *entry, cause_t *why)
{
    uint8_t own[32];
    size_t size = sizeof own;
    const EVP_PKEY *key = X509_get0_pubkey(self->signer.cert);
    const char *fault = cert_key_fault(entry->use, entry->key);
    if (!fault && EVP_PKEY_get_raw_public_key(key, own, &size) == 1 &&
        memcmp(own, entry->key, sizeof own) == 0)
        fault = "that of this CA";
    return fault ? cause_set(why, "the %s key of %s is %s", cert_use_name(entry->use),
                       entry->holder.name, fault)
                 : 0;
}

static void number(const ca_t *self, issued_t *entry, int64_t now_ms)
{
    do
        serial_new(entry->serial);
    while (ledger_by_serial(&self->ledger, entry->serial));
    entry->issued_ms = now_ms;
}

// Recorded before any copy exists: what is not in the index could not be revoked.
static int record(
    ca_t *self, const issued_t *entries, size_t n, const cert_t *out, cause_t *why)
{
    for (size_t i = 0; i < n; i++)
        ledger_add(&self->ledger, &entries[i]);
    if (ca_save_ledger(self, why) != 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (ca_keep_copy(self, &out[i], why) != 0)
            return -1;
    return 0;
}

static int make_all(
    ca_t *self, issued_t *entries, size_t n, int64_t now_ms, cert_t *out, cause_t *why)
{
    for (size_t i = 0; i < n; i++) {
        if (check_key(self, &entries[i], why) != 0)
            return -1;
        number(self, &entries[i], now_ms);
        if (issue_certificate(&self->signer, &entries[i], &out[i], why) != 0)
            return -1;
    }
    return record(self, entries, n, out, why);
}

int ca_issue(
    ca_t *self, issued_t *entries, size_t n, int64_t now_ms, cert_t *out, cause_t *why)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (cert_t){0};
    if (make_all(self, entries, n, now_ms, out, why) == 0)
        return 0;
    for (size_t i = 0; i < n; i++)
        cert_close(&out[i]);
    return -1;
}

int ca_issue_browser(
    ca_t *self, issued_t *entry, EVP_PKEY *key, int64_t now_ms, cert_t *out, cause_t *why)
{
    number(self, entry, now_ms);
    if (issue_browser(&self->signer, entry, key, out, why) != 0)
        return -1;
    if (record(self, entry, 1, out, why) == 0)
        return 0;
    cert_close(out);
    return -1;
}

int ca_find_copy(const ca_t *self, const issued_t *entry, cert_t *out, cause_t *why)
{
    char path[PATH_MAX];
    return copy_path(self, entry->holder.name, entry->use, entry->serial, path, why) == 0
               ? cert_read(out, path, why)
               : -1;
}

// Whether issuing was cut short between the index and the copy.  The key of a browser is
// gone with the process that made it, and what was issued for it cannot be made again.
static bool lacks_copy(const ca_t *self, const issued_t *entry)
{
    char path[PATH_MAX];
    cause_t ignored;
    return entry->use != CERT_BROWSER &&
           copy_path(self, entry->holder.name, entry->use, entry->serial, path,
               &ignored) == 0 &&
           file_absent(path);
}

static bool owes_copy(const ca_t *self, const issued_t *entry, int64_t now_ms)
{
    const standing_t standing = issued_standing(entry, now_ms);
    return (standing == IN_FORCE || standing == NOT_YET) && lacks_copy(self, entry);
}

size_t ca_copies_behind(const ca_t *self, int64_t now_ms)
{
    size_t n = 0;
    for (size_t i = 0; i < self->ledger.n; i++)
        n += owes_copy(self, &self->ledger.entry[i], now_ms);
    return n;
}

// Serial, times and holder are in the index, and the CA's signatures have no chance in
// them.
static int issue_once_more(
    const ca_t *self, const issued_t *entry, cert_t *out, cause_t *why)
{
    if (issue_certificate(&self->signer, entry, out, why) != 0)
        return -1;
    if (ca_keep_copy(self, out, why) == 0)
        return 0;
    cert_close(out);
    return -1;
}

int ca_settle(const ca_t *self, int64_t now_ms, cause_t *why)
{
    cert_t cert;
    char issued[PATH_MAX];
    for (size_t i = 0; i < self->ledger.n; i++) {
        if (!owes_copy(self, &self->ledger.entry[i], now_ms))
            continue;
        if (ca_path(self->folder, "issued", issued, why) != 0 ||
            folder_make(issued, 0700, why) != 0 ||
            issue_once_more(self, &self->ledger.entry[i], &cert, why) != 0)
            return -1;
        cert_close(&cert);
    }
    return 0;
}

int ca_find_issued(ca_t *self, const issued_t *entry, const char *passphrase_file,
    int64_t now_ms, cert_t *out, cause_t *why)
{
    if (!lacks_copy(self, entry))
        return ca_find_copy(self, entry, out, why);
    return ca_unlock(self, passphrase_file, now_ms, why) == 0
               ? ca_find_copy(self, entry, out, why)
               : -1;
}

static int write_crl(const ca_t *self, span_t der, cause_t *why)
{
    char path[PATH_MAX];
    if (ca_path(self->folder, "crl.pem", path, why) == 0 &&
        ca_write_pem(path, PEM_STRING_X509_CRL, der, why) == 0)
        return 0;
    return cause_prefix(why,
        "the index has it, but crl.pem is still the old one; mend this and run "
        "`dabyl ca crl`");
}

int ca_publish_crl(ca_t *self, int64_t now_ms, int64_t next_ms, cause_t *why)
{
    buf_t der = {0};
    self->ledger.crl_number++;
    int result = issue_crl(&self->signer, &self->ledger, now_ms, next_ms, &der, why);
    // The index first: a number that left on a CRL must never be given again.
    if (result == 0)
        result = ca_save_ledger(self, why);
    if (result == 0)
        result = write_crl(self, buf_span(&der), why);
    buf_destroy(&der);
    return result;
}

bool ca_crl_behind(const ca_t *self)
{
    char ca[PATH_MAX], crl[PATH_MAX];
    cause_t ignored;
    if (ca_path(self->folder, "ca.pem", ca, &ignored) != 0 ||
        ca_path(self->folder, "crl.pem", crl, &ignored) != 0)
        return false;
    authority_t *both = authority_open(ca, crl, &ignored);
    bool behind = !both || authority_crl_number(both) < self->ledger.crl_number;
    authority_close(&both);
    return behind;
}
