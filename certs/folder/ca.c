// ca - files are written in such an order that a crash between any two leaves a folder
// that is in order: the key before its certificate, the ledger before the certificates
// and CRLs that it lists.
//
// Here: opening and closing.  Making one is in ca_make.c, its key in ca_key.c, what it
// signs in ca_issue.c, what is given out in ca_trust.c.

#include "certs/folder/ca_inside.h"

#include "lib/base/file.h"
#include "lib/base/lock.h"
#include "lib/base/memory.h"
#include "lib/pki/x509.h"

#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CERT_MAX = 65536 };

int ca_path(const char *folder, const char *name, char out[PATH_MAX], cause_t *why)
{
    return path_join(out, PATH_MAX, folder, name, why);
}

int ca_write_pem(const char *path, const char *label, span_t der, cause_t *why)
{
    buf_t pem = {0};
    x509_print_pem(label, der, &pem);
    int result = file_replace(path, buf_span(&pem), 0644, why);
    buf_destroy(&pem);
    return result;
}

int ca_read_certificate(ca_t *self, cause_t *why)
{
    char path[PATH_MAX];
    buf_t der = {0};
    if (ca_path(self->folder, "ca.pem", path, why) != 0 ||
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

ca_t *ca_new(const char *folder, cause_t *why)
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

static int take_lock(ca_t *self, cause_t *why)
{
    char path[PATH_MAX];
    if (ca_path(self->folder, "lock", path, why) != 0)
        return -1;
    // Not waiting: the other one may be asking its operator for a passphrase.
    self->lock = lock_take(path, why);
    return self->lock >= 0 ? 0 : -1;
}

static int read_ledger(ca_t *self, cause_t *why)
{
    char path[PATH_MAX];
    if (ca_path(self->folder, "index", path, why) != 0)
        return -1;
    if (file_absent(path))
        return cause_set(why,
            "%s: it is not there; copy it back, or make it anew with `dabyl ca rebuild`, "
            "before anything is issued or revoked",
            path);
    return ledger_read(&self->ledger, path, why);
}

int ca_save_ledger(const ca_t *self, cause_t *why)
{
    char path[PATH_MAX];
    return ca_path(self->folder, "index", path, why) == 0
               ? ledger_write(&self->ledger, path, why)
               : -1;
}

static int read_begun(ca_t *self, cause_t *why)
{
    char path[PATH_MAX];
    return ca_path(self->folder, "begun", path, why) == 0
               ? begun_read(&self->begun, path, why)
               : -1;
}

static int open_parts(ca_t *self, ca_access_t way, cause_t *why)
{
    char path[PATH_MAX];
    if (ca_path(self->folder, "ca.pem", path, why) != 0)
        return -1;
    if (access(path, F_OK) != 0)
        return cause_set(why,
            "%s: there is no CA here; name its folder with --ca or DABYL_CA, "
            "or make one with `dabyl ca init`",
            self->folder);
    if (ca_path(self->folder, CA_MAKING, path, why) != 0)
        return -1;
    if (access(path, F_OK) == 0)
        return cause_set(why,
            "%s: making this CA was cut short; say the command that made it again",
            self->folder);
    if (way == CA_CHANGE && take_lock(self, why) != 0)
        return -1;
    return ca_read_certificate(self, why) == 0 ? read_begun(self, why) : -1;
}

ca_t *ca_open_shell(const char *folder, ca_access_t way, cause_t *why)
{
    ca_t *self = ca_new(folder, why);
    if (self && open_parts(self, way, why) != 0)
        ca_close(&self);
    return self;
}

ca_t *ca_open(const char *folder, ca_access_t way, cause_t *why)
{
    ca_t *self = ca_open_shell(folder, way, why);
    if (self && read_ledger(self, why) != 0)
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
    begun_free(&self->begun);
    EVP_PKEY_free(self->signer.key);
    X509_free(self->signer.cert);
    if (self->lock >= 0)
        (void)close(self->lock);
    free(self);
}

ledger_t *ca_ledger(ca_t *self)
{
    return &self->ledger;
}

const begun_t *ca_begun(const ca_t *self)
{
    return &self->begun;
}

static int save_begun(const ca_t *self, cause_t *why)
{
    char path[PATH_MAX];
    return ca_path(self->folder, "begun", path, why) == 0
               ? begun_write(&self->begun, path, why)
               : -1;
}

int ca_owe(ca_t *self, const char *what, int64_t now_ms, cause_t *why)
{
    begun_add(&self->begun, what, now_ms);
    return save_begun(self, why);
}

int ca_paid(ca_t *self, const char *what, cause_t *why)
{
    if (!begun_find(&self->begun, what))
        return 0;
    begun_drop(&self->begun, what);
    return save_begun(self, why);
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

int ca_keep_hub_key(const ca_t *self, const char *path, cause_t *why)
{
    log_vkey_t vkey;
    char kept[PATH_MAX], text[VKEY_MAX + 1];
    if (log_vkey_read(&vkey, path, why) != 0 ||
        ca_path(self->folder, "hub.vkey", kept, why) != 0)
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
    if (ca_path(self->folder, "hub.vkey", path, why) != 0)
        return -1;
    if (access(path, F_OK) != 0)
        return 0;
    if (log_vkey_read(&vkey, path, why) != 0)
        return -1;
    log_vkey_print(&vkey, out);
    return 0;
}
