// ca_make - a new CA.
//
// A mark lies in the folder for as long as it is being made: what was cut short has
// signed nothing that left the folder, and is made anew.

#include "certs/folder/ca_inside.h"

#include "lib/base/file.h"
#include "lib/pki/x509.h"

#include <errno.h>
#include <openssl/pem.h>
#include <unistd.h>

static int create_certificate(
    const char *folder, EVP_PKEY *key, const ca_wish_t *wish, cause_t *why)
{
    char path[PATH_MAX];
    buf_t der = {0};
    int result = issue_root(
        key, wish->name, wish->organisation, wish->from_ms, wish->until_ms, &der, why);
    if (result == 0)
        result = ca_path(folder, "ca.pem", path, why);
    if (result == 0)
        result = ca_write_pem(path, PEM_STRING_X509, buf_span(&der), why);
    buf_destroy(&der);
    return result;
}

// An index or a certificate without its key is a CA too: the key may be kept elsewhere.
static int check_unused(const char *folder, cause_t *why)
{
    static const char *const parts[] = {"ca.key", "ca.pem", "index"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (ca_path(folder, parts[i], path, why) != 0)
            return -1;
        if (access(path, F_OK) == 0)
            return cause_set(why,
                "%s: there is a CA here already, and it is never overwritten; "
                "choose another folder",
                folder);
    }
    return 0;
}

// Of one that was cut short: its key has signed nothing that left the folder.
static int begin_anew(const char *folder, cause_t *why)
{
    static const char *const parts[] = {"ca.key", "ca.pem", "index", "crl.pem"};
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (ca_path(folder, parts[i], path, why) != 0 ||
            (unlink(path) != 0 && errno != ENOENT && cause_errno(why, "%s", path)))
            return -1;
    return 0;
}

static int begin_making(const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    if (ca_path(folder, CA_MAKING, path, why) != 0)
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
    if (ca_path(folder, CA_MAKING, path, why) != 0)
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
    if (ca_path(self->folder, "issued", issued, why) != 0 ||
        folder_make(issued, 0700, why) != 0 ||
        ca_put_key(self->folder, self->signer.key, passphrase, file_create, why) != 0 ||
        create_certificate(self->folder, self->signer.key, wish, why) != 0 ||
        ca_read_certificate(self, why) != 0)
        return -1;
    return ca_publish_crl(self, wish->now_ms, wish->next_crl_ms, why); // writes the index
}

int ca_create(const char *folder, const ca_wish_t *wish, span_t passphrase, cause_t *why)
{
    if (folder_make(folder, 0700, why) != 0 || begin_making(folder, why) != 0)
        return -1;
    ca_t *self = ca_new(folder, why);
    int result = self ? create_parts(self, wish, passphrase, why) : -1;
    if (result == 0)
        result = end_making(folder, why);
    ca_close(&self);
    return result;
}
