// papers - a certificate is judged anew for each request: what ends or is revoked while
// its connection is open is refused from then on.

#include "web/http/papers.h"

#include "lib/base/memory.h"
#include "lib/pki/browser_cert.h"
#include "lib/sys/random.h"
#include "lib/sys/task.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct papers {
    mutex_t mutex;
    char *ca, *crl, *node;
    authority_t *authority;
    struct stat info, cas; // of the files that are in force, or that were no good
    uint8_t key[crypto_auth_KEYBYTES];
};

static bool is_same(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

papers_t *papers_open(const char *ca, const char *crl, const char *node, cause_t *why)
{
    papers_t *self = memory_new(1, sizeof *self);
    self->ca = memory_text(ca);
    self->crl = memory_text(crl);
    self->node = memory_text(node);
    mutex_init(&self->mutex);
    random_bytes(self->key, sizeof self->key);
    // Looked at before it is read: what changes meanwhile is read again.
    if (stat(crl, &self->info) != 0)
        (void)cause_errno(why, "%s: who is revoked must be known", crl);
    else if (stat(ca, &self->cas) != 0)
        (void)cause_errno(why, "%s", ca);
    else
        self->authority = authority_open(ca, crl, why);
    if (!self->authority)
        papers_close(&self);
    return self;
}

void papers_close(papers_t **self_p)
{
    papers_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    authority_close(&self->authority);
    mutex_destroy(&self->mutex);
    sodium_memzero(self->key, sizeof self->key);
    free(self->ca);
    free(self->crl);
    free(self->node);
    free(self);
}

// Of the certificate, so that it needs to be kept nowhere; nobody else can make it.
static void make_token(const papers_t *self, span_t der, char token[SECRET_TEXT])
{
    uint8_t tag[crypto_auth_BYTES];
    (void)crypto_auth(tag, der.data, der.size, self->key);
    hex_encode(tag, (SECRET_TEXT - 1) / 2, token);
}

int papers_check(papers_t *self, span_t der, int64_t now_ms, person_t *person,
    char token[SECRET_TEXT], cause_t *why)
{
    cert_t officer;
    mutex_lock(&self->mutex);
    int result =
        browser_cert_check(der, self->authority, self->node, now_ms, &officer, why);
    mutex_unlock(&self->mutex);
    if (result != 0)
        return -1;
    *person = (person_t){.via = VIA_CERTIFICATE};
    memcpy(person->name, officer.name, sizeof person->name);
    memcpy(person->office, officer.office, sizeof person->office);
    memcpy(person->territory, officer.territory, sizeof person->territory);
    make_token(self, der, token);
    cert_close(&officer);
    return 0;
}

// An older list would let in again whom the newer one put out.
static int replace(papers_t *self, authority_t **fresh_p, cause_t *why)
{
    int result;
    if (!authority_same(*fresh_p, self->authority))
        result = cause_set(why, "%s is another CA now", self->ca);
    else
        result = authority_crl_follows(*fresh_p, self->authority, self->crl, why);
    if (result == 0) {
        mutex_lock(&self->mutex);
        authority_t *old = self->authority;
        self->authority = *fresh_p;
        *fresh_p = old;
        mutex_unlock(&self->mutex);
    }
    authority_close(fresh_p);
    return result;
}

// Whether this file is another one than before; one that cannot be looked at is asked
// again the next time.
static bool is_other(const char *path, struct stat *before)
{
    struct stat info = {0};
    if ((stat(path, &info) != 0 && errno != ENOENT) || is_same(&info, before))
        return false;
    *before = info;
    return true;
}

papers_news_t papers_renew(papers_t *self, cause_t *why)
{
    const bool cas = is_other(self->ca, &self->cas);
    if (!is_other(self->crl, &self->info) && !cas)
        return PAPERS_SAME;
    authority_t *fresh = authority_open(self->ca, self->crl, why);
    if (!fresh || replace(self, &fresh, why) != 0)
        return PAPERS_BAD;
    return cas ? PAPERS_CAS : PAPERS_LIST;
}
