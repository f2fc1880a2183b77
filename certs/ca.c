// ca - files are written in such an order that a crash between any two leaves a folder
// that is in order: the key before its certificate, the ledger before the certificates
// and CRLs that it lists.

#include "certs/ca.h"

#include "certs/passphrase.h"
#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/base/memory.h"
#include "lib/base/times.h"
#include "lib/pki/authority.h"
#include "lib/pki/x509.h"
#include "nodes/cli/catalogue.h"

#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { KEY_MAX = 16384, CERT_MAX = 65536, CRL_MAX = 16 << 20 };

// What guessing a passphrase costs: 16 MiB and about a fifth of a second a guess.
enum { SCRYPT_N = 16384, SCRYPT_R = 8, SCRYPT_P = 5 };

struct ca {
    char folder[PATH_MAX];
    int lock; // -1: only reading
    signer_t signer;
    int64_t from_ms, until_ms; // of its own certificate
    ledger_t ledger;
};

static int in_folder(
    const char *folder, const char *name, char out[PATH_MAX], cause_t *why)
{
    return path_join(out, PATH_MAX, folder, name, why);
}

static X509_SIG *encrypt_key(const EVP_PKEY *key, span_t passphrase)
{
    X509_SIG *out = NULL;
    PKCS8_PRIV_KEY_INFO *plain = EVP_PKEY2PKCS8(key);
    X509_ALGOR *method = PKCS5_pbe2_set_scrypt(
        EVP_aes_256_cbc(), NULL, 0, NULL, SCRYPT_N, SCRYPT_R, SCRYPT_P);
    if (plain && method)
        out = PKCS8_set0_pbe(
            (const char *)passphrase.data, (int)passphrase.size, plain, method);
    if (!out)
        X509_ALGOR_free(method);
    PKCS8_PRIV_KEY_INFO_free(plain);
    return out;
}

static bool write_key(BIO *bio, const EVP_PKEY *key, span_t passphrase)
{
    if (passphrase.size == 0)
        return PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1;
    X509_SIG *encrypted = encrypt_key(key, passphrase);
    bool done = encrypted && PEM_write_bio_PKCS8(bio, encrypted) == 1;
    X509_SIG_free(encrypted);
    return done;
}

typedef int put_file_t(const char *path, span_t data, mode_t mode, cause_t *why);

// `put`: file_create for a new key, file_replace for another passphrase.
static int put_key(const char *folder, const EVP_PKEY *key, span_t passphrase,
    put_file_t *put, cause_t *why)
{
    char path[PATH_MAX];
    char *data = NULL;
    int result = -1;
    BIO *bio = BIO_new(BIO_s_secmem()); // wiped when freed
    if (!bio || !write_key(bio, key, passphrase))
        result = cause_set(why, "OpenSSL cannot write the CA's key");
    else if (in_folder(folder, "ca.key", path, why) == 0) {
        long size = BIO_get_mem_data(bio, &data);
        result = put(path, span_of(data, (size_t)size), 0600, why);
    }
    BIO_free(bio);
    ERR_clear_error();
    return result;
}

static int write_pem(const char *path, const char *label, span_t der, cause_t *why)
{
    buf_t pem = {0};
    x509_print_pem(label, der, &pem);
    int result = file_replace(path, buf_span(&pem), 0644, why);
    buf_destroy(&pem);
    return result;
}

static int create_certificate(
    const char *folder, EVP_PKEY *key, const ca_wish_t *wish, cause_t *why)
{
    char path[PATH_MAX];
    buf_t der = {0};
    int result = issue_root(
        key, wish->name, wish->organisation, wish->from_ms, wish->until_ms, &der, why);
    if (result == 0)
        result = in_folder(folder, "ca.pem", path, why);
    if (result == 0)
        result = write_pem(path, PEM_STRING_X509, buf_span(&der), why);
    buf_destroy(&der);
    return result;
}

static int read_certificate(ca_t *self, cause_t *why)
{
    char path[PATH_MAX];
    buf_t der = {0};
    if (in_folder(self->folder, "ca.pem", path, why) != 0 ||
        x509_read_pem(path, PEM_STRING_X509, CERT_MAX, &der, why) != 0)
        return -1;
    self->signer.cert = x509_of(buf_span(&der));
    buf_destroy(&der);
    if (!self->signer.cert ||
        !x509_time_ms(X509_get0_notBefore(self->signer.cert), &self->from_ms) ||
        !x509_time_ms(X509_get0_notAfter(self->signer.cert), &self->until_ms))
        return cause_set(why, "%s: not a certificate", path);
    return 0;
}

// An index or a certificate without its key is a CA too: the key may be kept elsewhere.
static int check_unused(const char *folder, cause_t *why)
{
    static const char *const parts[] = {"ca.key", "ca.pem", "index"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (in_folder(folder, parts[i], path, why) != 0)
            return -1;
        if (access(path, F_OK) == 0)
            return cause_set(why,
                "%s: there is a CA here already, and it is never overwritten; "
                "choose another folder",
                folder);
    }
    return 0;
}

// There while a CA is being made, which nobody has seen yet.
static const char MAKING[] = "making";

// Of one that was cut short: its key has signed nothing that left the folder.
static int begin_anew(const char *folder, cause_t *why)
{
    static const char *const parts[] = {"ca.key", "ca.pem", "index", "crl.pem"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (in_folder(folder, parts[i], path, why) != 0 ||
            (unlink(path) != 0 && errno != ENOENT && cause_errno(why, "%s", path)))
            return -1;
    return 0;
}

static int begin_making(const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    if (in_folder(folder, MAKING, path, why) != 0)
        return -1;
    if (access(path, F_OK) == 0)
        return begin_anew(folder, why);
    return check_unused(folder, why) == 0
               ? file_replace(path, span_text("cut short\n"), 0600, why)
               : -1;
}

static int end_making(const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    if (in_folder(folder, MAKING, path, why) != 0)
        return -1;
    if (unlink(path) != 0)
        return cause_errno(why, "%s", path);
    return folder_sync(folder, why);
}

static int create_parts(
    ca_t *self, const ca_wish_t *wish, span_t passphrase, cause_t *why)
{
    char issued[PATH_MAX];
    self->signer.key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    if (!self->signer.key)
        return cause_set(why, "OpenSSL cannot make a key");
    if (in_folder(self->folder, "issued", issued, why) != 0 ||
        folder_make(issued, 0700, why) != 0 ||
        put_key(self->folder, self->signer.key, passphrase, file_create, why) != 0 ||
        create_certificate(self->folder, self->signer.key, wish, why) != 0 ||
        read_certificate(self, why) != 0)
        return -1;
    return ca_publish_crl(self, wish->now_ms, wish->next_crl_ms, why); // writes the index
}

static ca_t *new_ca(const char *folder, cause_t *why)
{
    ca_t *self = memory_new(1, sizeof *self);
    self->lock = -1;
    if (strlen(folder) < sizeof self->folder) {
        memcpy(self->folder, folder, strlen(folder) + 1);
        return self;
    }
    (void)cause_set(why, "%s: name too long", folder);
    ca_close(&self);
    return NULL;
}

int ca_create(const char *folder, const ca_wish_t *wish, span_t passphrase, cause_t *why)
{
    if (folder_make(folder, 0700, why) != 0 || begin_making(folder, why) != 0)
        return -1;
    ca_t *self = new_ca(folder, why);
    int result = self ? create_parts(self, wish, passphrase, why) : -1;
    if (result == 0)
        result = end_making(folder, why);
    ca_close(&self);
    return result;
}

static int take_lock(ca_t *self, cause_t *why)
{
    char path[PATH_MAX];
    if (in_folder(self->folder, "lock", path, why) != 0)
        return -1;
    // Not waiting: the other one may be asking its operator for a passphrase.
    self->lock = lock_take(path, why);
    return self->lock >= 0 ? 0 : -1;
}

static int read_ledger(ca_t *self, cause_t *why)
{
    char path[PATH_MAX];
    return in_folder(self->folder, "index", path, why) == 0
               ? ledger_read(&self->ledger, path, why)
               : -1;
}

static int open_parts(ca_t *self, ca_access_t way, cause_t *why)
{
    char path[PATH_MAX];
    if (in_folder(self->folder, "ca.pem", path, why) != 0)
        return -1;
    if (access(path, F_OK) != 0)
        return cause_set(why,
            "%s: there is no CA here; name its folder with --ca or DABYL_CA, "
            "or make one with `dabyl ca init`",
            self->folder);
    if (in_folder(self->folder, MAKING, path, why) != 0)
        return -1;
    if (access(path, F_OK) == 0)
        return cause_set(why,
            "%s: making this CA was cut short; say the command that made it again",
            self->folder);
    if (way == CA_CHANGE && take_lock(self, why) != 0)
        return -1;
    return read_certificate(self, why) == 0 && read_ledger(self, why) == 0 ? 0 : -1;
}

ca_t *ca_open(const char *folder, ca_access_t way, cause_t *why)
{
    ca_t *self = new_ca(folder, why);
    if (self && open_parts(self, way, why) != 0)
        ca_close(&self);
    return self;
}

void ca_close(ca_t **self_p)
{
    ca_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    ledger_free(&self->ledger);
    EVP_PKEY_free(self->signer.key);
    X509_free(self->signer.cert);
    if (self->lock >= 0)
        (void)close(self->lock);
    free(self);
}

// OpenSSL's way of asking for a passphrase: ours is already there.
static int hand_over(char *out, int room, int writing, void *context)
{
    const buf_t *passphrase = context;
    (void)writing;
    if (!passphrase->data || passphrase->size > (size_t)room)
        return -1;
    memcpy(out, passphrase->data, passphrase->size);
    return (int)passphrase->size;
}

static EVP_PKEY *parse_key(span_t pem, buf_t *passphrase)
{
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.size);
    EVP_PKEY *key =
        bio ? PEM_read_bio_PrivateKey(bio, NULL, hand_over, passphrase) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    return key;
}

static bool is_encrypted(buf_t *pem)
{
    return strstr(buf_text(pem), "BEGIN ENCRYPTED PRIVATE KEY") != NULL;
}

enum { TRIES = 3 }; // at a terminal

static int open_key(
    ca_t *self, const char *path, const buf_t *pem, const char *file, cause_t *why)
{
    buf_t passphrase = {0};
    for (int tries = 0; !self->signer.key && tries < TRIES; tries++) {
        if (tries > 0)
            (void)fputs(say("wrong passphrase, try again\n"), stderr);
        if (passphrase_give(file, &passphrase, why) != 0)
            return -1;
        self->signer.key = parse_key(buf_span(pem), &passphrase);
        passphrase_wipe(&passphrase);
        if (file) // it would say the same again
            break;
    }
    return self->signer.key ? 0 : cause_set(why, "%s: wrong passphrase", path);
}

static int open_plain_key(ca_t *self, const char *path, const buf_t *pem, cause_t *why)
{
    buf_t none = {0};
    self->signer.key = parse_key(buf_span(pem), &none);
    return self->signer.key ? 0 : cause_set(why, "%s: not a key", path);
}

int ca_read_key(ca_t *self, const char *passphrase_file, cause_t *why)
{
    char path[PATH_MAX];
    buf_t pem = {0};
    int result = in_folder(self->folder, "ca.key", path, why);
    if (result == 0)
        result = file_read_private(path, KEY_MAX, &pem, why);
    if (result == 0)
        result = is_encrypted(&pem) ? open_key(self, path, &pem, passphrase_file, why)
                                    : open_plain_key(self, path, &pem, why);
    passphrase_wipe(&pem);
    if (result != 0 || X509_check_private_key(self->signer.cert, self->signer.key) == 1)
        return result;
    ERR_clear_error();
    return cause_set(why, "%s: ca.key and ca.pem do not belong together", self->folder);
}

int ca_write_key(const ca_t *self, span_t passphrase, cause_t *why)
{
    return put_key(self->folder, self->signer.key, passphrase, file_replace, why);
}

int ca_unlock(ca_t *self, const char *passphrase_file, int64_t now_ms, cause_t *why)
{
    char moment[TIME_TEXT];
    if (now_ms >= self->until_ms) {
        time_print(self->until_ms, moment);
        return cause_set(why,
            "the CA's own certificate ended on %.10s; make a new CA with `dabyl ca init` "
            "in another folder, and enrol the nodes with it",
            moment);
    }
    if (now_ms < self->from_ms) {
        time_print(self->from_ms, moment);
        return cause_set(why,
            "the CA's own certificate begins on %s; is this machine's clock right?",
            moment);
    }
    return ca_read_key(self, passphrase_file, why);
}

ledger_t *ca_ledger(ca_t *self)
{
    return &self->ledger;
}

int64_t ca_from_ms(const ca_t *self)
{
    return self->from_ms;
}

int64_t ca_until_ms(const ca_t *self)
{
    return self->until_ms;
}

void ca_name(const ca_t *self, char *out, size_t room)
{
    X509_NAME *subject = X509_get_subject_name(self->signer.cert);
    if (X509_NAME_get_text_by_NID(subject, NID_commonName, out, (int)room) < 0)
        (void)snprintf(out, room, "CA");
}

void ca_digits(const ca_t *self, char out[SPOKEN_TEXT])
{
    uint8_t *der = NULL;
    int size = i2d_X509(self->signer.cert, &der);
    spoken_digits(span_of(der, size > 0 ? (size_t)size : 0), out);
    OPENSSL_free(der);
}

static int save_ledger(const ca_t *self, cause_t *why)
{
    char path[PATH_MAX];
    return in_folder(self->folder, "index", path, why) == 0
               ? ledger_write(&self->ledger, path, why)
               : -1;
}

static int copy_path(const ca_t *self, const char *name, cert_use_t use,
    const char *serial, char out[PATH_MAX], cause_t *why)
{
    char copy[PATH_MAX];
    (void)snprintf(
        copy, sizeof copy, "issued/%s-%s-%s.pem", name, cert_use_name(use), serial);
    return in_folder(self->folder, copy, out, why);
}

static int keep_copy(const ca_t *self, const cert_t *cert, cause_t *why)
{
    char path[PATH_MAX];
    return copy_path(self, cert->name, cert->use, cert->serial, path, why) == 0
               ? write_pem(path, PEM_STRING_X509, buf_span(&cert->der), why)
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
    if (save_ledger(self, why) != 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (keep_copy(self, &out[i], why) != 0)
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

static int write_crl(const ca_t *self, span_t der, cause_t *why)
{
    char path[PATH_MAX];
    if (in_folder(self->folder, "crl.pem", path, why) == 0 &&
        write_pem(path, PEM_STRING_X509_CRL, der, why) == 0)
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
        result = save_ledger(self, why);
    if (result == 0)
        result = write_crl(self, buf_span(&der), why);
    buf_destroy(&der);
    return result;
}

bool ca_crl_behind(const ca_t *self)
{
    char ca[PATH_MAX], crl[PATH_MAX];
    cause_t ignored;
    if (in_folder(self->folder, "ca.pem", ca, &ignored) != 0 ||
        in_folder(self->folder, "crl.pem", crl, &ignored) != 0)
        return false;
    authority_t *both = authority_open(ca, crl, &ignored);
    bool behind = !both || authority_crl_number(both) < self->ledger.crl_number;
    authority_close(&both);
    return behind;
}

// One that need not be there.
static int add_file(
    const char *folder, const char *name, size_t limit, buf_t *out, cause_t *why)
{
    char path[PATH_MAX];
    if (in_folder(folder, name, path, why) != 0)
        return -1;
    return access(path, F_OK) == 0 ? file_read(path, limit, out, why) : 0;
}

static int add_trust(const ca_t *self, buf_t *ca, buf_t *crl, cause_t *why)
{
    char path[PATH_MAX];
    if (in_folder(self->folder, "ca.pem", path, why) != 0 ||
        file_read(path, CERT_MAX, ca, why) != 0 ||
        add_file(self->folder, "cross.pem", CERT_MAX, ca, why) != 0 ||
        in_folder(self->folder, "crl.pem", path, why) != 0)
        return -1;
    return file_read(path, CRL_MAX, crl, why);
}

static int find_beside(const ca_t *self, char path[PATH_MAX], cause_t *why)
{
    buf_t text = {0};
    int result = add_file(self->folder, "beside", PATH_MAX, &text, why);
    (void)snprintf(path, PATH_MAX, "%s", result == 0 ? buf_text(&text) : "");
    path[strcspn(path, "\n")] = '\0';
    buf_destroy(&text);
    return result;
}

int ca_print_trust(const ca_t *self, buf_t *ca, buf_t *crl, cause_t *why)
{
    char beside[PATH_MAX];
    if (add_trust(self, ca, crl, why) != 0 || find_beside(self, beside, why) != 0)
        return -1;
    if (!beside[0])
        return 0;
    ca_t *other = ca_open(beside, CA_READ, why);
    int result = other ? add_trust(other, ca, crl, why) : -1;
    ca_close(&other);
    return result == 0 ? 0 : cause_prefix(why, "the CA beside this one");
}

int ca_copy_trust(const ca_t *self, const char *folder, cause_t *why)
{
    char ca_path[PATH_MAX], crl_path[PATH_MAX];
    buf_t ca = {0}, crl = {0};
    int result = in_folder(folder, "ca.pem", ca_path, why);
    if (result == 0)
        result = in_folder(folder, "crl.pem", crl_path, why);
    if (result == 0)
        result = ca_print_trust(self, &ca, &crl, why);
    if (result == 0)
        result = file_replace(crl_path, buf_span(&crl), 0644, why);
    if (result == 0)
        result = file_replace(ca_path, buf_span(&ca), 0644, why);
    buf_destroy(&ca);
    buf_destroy(&crl);
    return result;
}

static int put_beside(const ca_t *self, const ca_t *other, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    char *real = realpath(other->folder, NULL);
    if (!real || in_folder(self->folder, "beside", path, why) != 0) {
        free(real);
        return real ? -1 : cause_errno(why, "%s", other->folder);
    }
    buf_printf(&text, "%s\n", real);
    int result = file_replace(path, buf_span(&text), 0644, why);
    buf_destroy(&text);
    free(real);
    return result;
}

int ca_join(ca_t *old, ca_t *fresh, int64_t now_ms, cause_t *why)
{
    char path[PATH_MAX];
    buf_t der = {0};
    int result = issue_cross(
        &old->signer, fresh->signer.cert, now_ms - 300000, old->until_ms, &der, why);
    if (result == 0)
        result = in_folder(fresh->folder, "cross.pem", path, why);
    if (result == 0)
        result = write_pem(path, PEM_STRING_X509, buf_span(&der), why);
    buf_destroy(&der);
    return result == 0 && put_beside(fresh, old, why) == 0 ? put_beside(old, fresh, why)
                                                           : -1;
}

// Whether this other CA, or none, is beside this one.
static bool none_else_beside(const ca_t *self, const ca_t *other)
{
    char path[PATH_MAX];
    cause_t ignored;
    char *real = realpath(other->folder, NULL);
    bool none = real && find_beside(self, path, &ignored) == 0 &&
                (!path[0] || strcmp(path, real) == 0);
    free(real);
    return none;
}

bool ca_may_join(const ca_t *old, const ca_t *fresh)
{
    return fresh->ledger.n == 0 && none_else_beside(old, fresh) &&
           none_else_beside(fresh, old);
}

ca_t *ca_open_beside(const ca_t *self, cause_t *why)
{
    char path[PATH_MAX];
    if (find_beside(self, path, why) != 0)
        return NULL;
    if (path[0])
        return ca_open(path, CA_READ, why);
    (void)cause_set(why, "%s: no other CA is beside this one", self->folder);
    return NULL;
}

int ca_part(const ca_t *self, cause_t *why)
{
    char path[PATH_MAX], cross[PATH_MAX];
    if (in_folder(self->folder, "beside", path, why) != 0 ||
        in_folder(self->folder, "cross.pem", cross, why) != 0)
        return -1;
    if ((unlink(cross) != 0 && errno != ENOENT) || (unlink(path) != 0 && errno != ENOENT))
        return cause_errno(why, "%s", path);
    return folder_sync(self->folder, why);
}

int ca_find_copy(const ca_t *self, const issued_t *entry, cert_t *out, cause_t *why)
{
    char path[PATH_MAX];
    return copy_path(self, entry->holder.name, entry->use, entry->serial, path, why) == 0
               ? cert_read(out, path, why)
               : -1;
}

// Serial, times and holder are in the index, and the CA's signatures have no chance in
// them.
static int issue_once_more(ca_t *self, const issued_t *entry, const char *passphrase_file,
    int64_t now_ms, cert_t *out, cause_t *why)
{
    if ((!self->signer.key && ca_unlock(self, passphrase_file, now_ms, why) != 0) ||
        issue_certificate(&self->signer, entry, out, why) != 0)
        return -1;
    if (keep_copy(self, out, why) == 0)
        return 0;
    cert_close(out);
    return -1;
}

int ca_find_issued(ca_t *self, const issued_t *entry, const char *passphrase_file,
    int64_t now_ms, cert_t *out, cause_t *why)
{
    char path[PATH_MAX];
    if (copy_path(self, entry->holder.name, entry->use, entry->serial, path, why) != 0)
        return -1;
    if (entry->use == CERT_BROWSER || access(path, F_OK) == 0 || errno != ENOENT)
        return ca_find_copy(self, entry, out, why);
    return issue_once_more(self, entry, passphrase_file, now_ms, out, why);
}

int ca_keep_hub_key(const ca_t *self, const char *path, cause_t *why)
{
    log_vkey_t vkey;
    char kept[PATH_MAX], text[VKEY_MAX + 1];
    if (log_vkey_read(&vkey, path, why) != 0 ||
        in_folder(self->folder, "hub.vkey", kept, why) != 0)
        return -1;
    log_vkey_print(&vkey, text);
    (void)strcat(text, "\n");
    return file_replace(kept, span_text(text), 0644, why);
}

int ca_hub_key(const ca_t *self, char out[VKEY_MAX], cause_t *why)
{
    char path[PATH_MAX];
    log_vkey_t vkey;
    out[0] = 0;
    if (in_folder(self->folder, "hub.vkey", path, why) != 0)
        return -1;
    if (access(path, F_OK) != 0)
        return 0;
    if (log_vkey_read(&vkey, path, why) != 0)
        return -1;
    log_vkey_print(&vkey, out);
    return 0;
}
