// ca_trust - whom others are to believe: this CA and the one beside it, as they are given
// out.

#include "certs/folder/ca_inside.h"

#include "lib/base/file.h"

#include <errno.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CERT_MAX = 65536, CRL_MAX = 16 << 20 };

// One that need not be there.
static int add_file(
    const char *folder, const char *name, size_t limit, buf_t *out, cause_t *why)
{
    char path[PATH_MAX];
    if (ca_path(folder, name, path, why) != 0)
        return -1;
    return access(path, F_OK) == 0 ? file_read(path, limit, out, why) : 0;
}

static int add_trust(const ca_t *self, buf_t *ca, buf_t *crl, cause_t *why)
{
    char path[PATH_MAX];
    if (ca_path(self->folder, "ca.pem", path, why) != 0 ||
        file_read(path, CERT_MAX, ca, why) != 0 ||
        add_file(self->folder, "cross.pem", CERT_MAX, ca, why) != 0 ||
        ca_path(self->folder, "crl.pem", path, why) != 0)
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
    char ca_place[PATH_MAX], crl_place[PATH_MAX];
    buf_t ca = {0}, crl = {0};
    int result = ca_path(folder, "ca.pem", ca_place, why);
    if (result == 0)
        result = ca_path(folder, "crl.pem", crl_place, why);
    if (result == 0)
        result = ca_print_trust(self, &ca, &crl, why);
    if (result == 0)
        result = file_replace(crl_place, buf_span(&crl), 0644, why);
    if (result == 0)
        result = file_replace(ca_place, buf_span(&ca), 0644, why);
    buf_destroy(&ca);
    buf_destroy(&crl);
    return result;
}

static int put_beside(const ca_t *self, const ca_t *other, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    char *real = realpath(other->folder, NULL);
    if (!real || ca_path(self->folder, "beside", path, why) != 0) {
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
        result = ca_path(fresh->folder, "cross.pem", path, why);
    if (result == 0)
        result = ca_write_pem(path, PEM_STRING_X509, buf_span(&der), why);
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

bool ca_follows(const ca_t *self)
{
    char cross[PATH_MAX];
    cause_t ignored;
    return ca_path(self->folder, "cross.pem", cross, &ignored) == 0 &&
           access(cross, F_OK) == 0;
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
    if (ca_path(self->folder, "beside", path, why) != 0 ||
        ca_path(self->folder, "cross.pem", cross, why) != 0)
        return -1;
    if ((unlink(cross) != 0 && errno != ENOENT) || (unlink(path) != 0 && errno != ENOENT))
        return cause_errno(why, "%s", path);
    return folder_sync(self->folder, why);
}
