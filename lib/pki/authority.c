// authority - a list of issuers.  A question about a certificate goes to those that have
// the key id which the certificate names; a CA whose certificate was renewed is there
// twice, and what one of the two finds good is good.

#include "lib/pki/authority.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/base/times.h"
#include "lib/pki/issuer.h"
#include "lib/pki/pem.h"
#include "lib/pki/x509.h"

#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

enum { PEM_MAX = 1 << 20, CRL_MAX = 64 << 20, NAME = 128 };

struct authority {
    size_t n;
    issuer_t *item[AUTHORITY_CAS];
};

static const char no_signer[] = "%s: not signed by this CA";

// One key for two names, or two keys that call themselves the same, would leave it open
// whom a certificate or a revocation means.
static int check_distinct(
    const authority_t *self, const issuer_t *fresh, const char *source, cause_t *why)
{
    for (size_t i = 0; i < self->n; i++)
        if (strcmp(issuer_id(self->item[i]), issuer_id(fresh)) == 0 &&
            !issuer_same(self->item[i], fresh))
            return cause_set(why,
                "%s: two CAs in it have one key id, and cannot be told apart", source);
    return 0;
}

static int add_ca(authority_t *self, const char *source, span_t der, cause_t *why)
{
    if (self->n == AUTHORITY_CAS)
        return cause_set(why, "%s: more than %d CAs", source, AUTHORITY_CAS);
    issuer_t *fresh = issuer_new(source, der, why);
    if (!fresh)
        return -1;
    if (check_distinct(self, fresh, source, why) != 0) {
        issuer_destroy(&fresh);
        return -1;
    }
    self->item[self->n++] = fresh;
    return 0;
}

// 0 as well where it is the CRL of a CA that is not believed here.
static int add_crl(authority_t *self, const char *source, span_t der, cause_t *why)
{
    for (size_t i = 0; i < self->n; i++)
        if (issuer_take_crl(self->item[i], source, der, why) < 0)
            return -1;
    return 0;
}

static int check_crls(const authority_t *self, const char *source, cause_t *why)
{
    char name[NAME];
    for (size_t i = 0; i < self->n; i++) {
        if (issuer_has_crl(self->item[i]))
            continue;
        issuer_name(self->item[i], name, sizeof name);
        return self->n == 1
                   ? cause_set(why, no_signer, source)
                   : cause_set(why, "%s: has no CRL of the CA '%s'", source, name);
    }
    return 0;
}

typedef struct {
    authority_t *authority;
    const char *source;
    size_t crls;
    bool skip_crls;
} reading_t;

enum { ENDED = 1 };

// CAs, then CRLs; a certificate behind these, or of no CA, begins something else.
static int take_block(void *context, const char *label, span_t der, cause_t *why)
{
    reading_t *self = context;
    if (strcmp(label, PEM_STRING_X509_CRL) == 0) {
        self->crls++;
        return self->skip_crls ? 0 : add_crl(self->authority, self->source, der, why);
    }
    if (strcmp(label, PEM_STRING_X509) != 0 || self->crls > 0)
        return ENDED;
    if (x509_is_cross(der))
        return 0;
    if (self->authority->n > 0 && !x509_is_ca(der))
        return ENDED;
    return add_ca(self->authority, self->source, der, why);
}

static int take_crl(void *context, const char *label, span_t der, cause_t *why)
{
    reading_t *self = context;
    if (strcmp(label, PEM_STRING_X509_CRL) != 0)
        return 0;
    self->crls++;
    return add_crl(self->authority, self->source, der, why);
}

static int no_block(const char *path, const char *label, cause_t *why)
{
    return cause_set(why, "%s: no whole %s in PEM", path, label);
}

static int read_cas(authority_t *self, const char *path, cause_t *why)
{
    buf_t text = {0};
    reading_t reading = {self, path, 0, true};
    if (file_read(path, PEM_MAX, &text, why) != 0)
        return -1;
    int result = pem_each(buf_span(&text), take_block, &reading, why);
    buf_destroy(&text);
    if (result == PEM_BROKEN || (result >= 0 && self->n == 0))
        return no_block(path, PEM_STRING_X509, why);
    return result < 0 ? -1 : 0;
}

static int read_crls(authority_t *self, const char *path, cause_t *why)
{
    buf_t text = {0};
    reading_t reading = {self, path, 0, false};
    if (file_read(path, CRL_MAX, &text, why) != 0)
        return -1;
    int result = pem_each(buf_span(&text), take_crl, &reading, why);
    buf_destroy(&text);
    if (result == PEM_BROKEN || (result == 0 && reading.crls == 0))
        return no_block(path, PEM_STRING_X509_CRL, why);
    return result == 0 ? check_crls(self, path, why) : -1;
}

static authority_t *blank(void)
{
    authority_t *self = memory_new(1, sizeof *self);
    return self;
}

authority_t *authority_open(const char *ca_path, const char *crl_path, cause_t *why)
{
    authority_t *self = blank();
    if (read_cas(self, ca_path, why) != 0 ||
        (crl_path && read_crls(self, crl_path, why) != 0))
        authority_close(&self);
    return self;
}

static authority_t *parse(span_t pem, bool skip_crls, cause_t *why)
{
    authority_t *self = blank();
    reading_t reading = {self, "the CA's certificate", 0, skip_crls};
    int result = pem_each(pem, take_block, &reading, why) < 0 ? -1 : 0;
    if (result == 0 && self->n == 0)
        result = cause_set(why, "no certificate in PEM");
    if (result == 0 && reading.crls > 0 && !skip_crls)
        result = check_crls(self, "the CRL", why);
    if (result != 0)
        authority_close(&self);
    return self;
}

authority_t *authority_parse(span_t pem, cause_t *why)
{
    return parse(pem, false, why);
}

authority_t *authority_parse_cas(span_t pem, cause_t *why)
{
    return parse(pem, true, why);
}

void authority_close(authority_t **self_p)
{
    authority_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    for (size_t i = 0; i < self->n; i++)
        issuer_destroy(&self->item[i]);
    free(self);
}

static bool has_same(const authority_t *self, const issuer_t *of)
{
    for (size_t i = 0; i < self->n; i++)
        if (issuer_same(self->item[i], of))
            return true;
    return false;
}

static bool has_identical(const authority_t *self, const issuer_t *of)
{
    for (size_t i = 0; i < self->n; i++)
        if (issuer_identical(self->item[i], of))
            return true;
    return false;
}

bool authority_same(const authority_t *a, const authority_t *b)
{
    for (size_t i = 0; i < a->n; i++)
        if (has_same(b, a->item[i]))
            return true;
    return false;
}

bool authority_covered(
    const authority_t *part, authority_t *const *by, size_t n, cause_t *why)
{
    char name[NAME];
    for (size_t i = 0; i < part->n; i++) {
        bool found = false;
        for (size_t k = 0; k < n; k++)
            found |= has_same(by[k], part->item[i]);
        if (found)
            continue;
        issuer_name(part->item[i], name, sizeof name);
        (void)cause_set(why, "its CA '%s' is none of them", name);
        return false;
    }
    return true;
}

// The i-th CA that may have issued this; NULL after the last.
static const issuer_t *issuer_of(const authority_t *self, const char *id, size_t *i)
{
    while (*i < self->n) {
        const issuer_t *issuer = self->item[(*i)++];
        if (strcmp(issuer_id(issuer), id) == 0)
            return issuer;
    }
    return NULL;
}

bool authority_alike(const authority_t *a, const authority_t *b, const cert_t *cert)
{
    const issuer_t *issuer;
    bool any = false;
    for (size_t i = 0; (issuer = issuer_of(a, cert->issuer, &i));) {
        if (!has_identical(b, issuer))
            return false;
        any = true;
    }
    return any;
}

bool authority_has(const authority_t *self, const char *issuer)
{
    size_t i = 0;
    return issuer_of(self, issuer, &i) != NULL;
}

bool authority_issued(const authority_t *self, const cert_t *cert)
{
    return authority_has(self, cert->issuer);
}

bool authority_in_force(const authority_t *self, const cert_t *cert, int64_t at_ms)
{
    const issuer_t *issuer;
    for (size_t i = 0; (issuer = issuer_of(self, cert->issuer, &i));)
        if (issuer_in_force(issuer, at_ms))
            return true;
    return false;
}

int64_t authority_ends_ms(const authority_t *self)
{
    int64_t last_ms = MOMENT_PAST;
    for (size_t i = 0; i < self->n; i++)
        if (issuer_ends_ms(self->item[i]) > last_ms)
            last_ms = issuer_ends_ms(self->item[i]);
    return last_ms;
}

bool authority_owns(const authority_t *self, const uint8_t key[32])
{
    uint8_t own[32];
    for (size_t i = 0; i < self->n; i++)
        if (issuer_key(self->item[i], own) && memcmp(own, key, sizeof own) == 0)
            return true;
    return false;
}

uint64_t authority_crl_number(const authority_t *self)
{
    return issuer_crl_number(self->item[0]);
}

int64_t authority_crl_next_update_ms(const authority_t *self)
{
    int64_t first_ms = issuer_crl_next_update_ms(self->item[0]);
    for (size_t i = 1; i < self->n; i++)
        if (issuer_crl_next_update_ms(self->item[i]) < first_ms)
            first_ms = issuer_crl_next_update_ms(self->item[i]);
    return first_ms;
}

bool authority_crl_made_ms(const authority_t *self, int64_t *made_ms)
{
    bool any = false;
    for (size_t i = 0; i < self->n; i++) {
        int64_t one_ms;
        if (!issuer_crl_made_ms(self->item[i], &one_ms) || (any && one_ms >= *made_ms))
            continue;
        *made_ms = one_ms;
        any = true;
    }
    return any;
}

bool authority_crl_stale(const authority_t *self, const cert_t *cert, int64_t now_ms)
{
    const issuer_t *issuer;
    for (size_t i = 0; (issuer = issuer_of(self, cert->issuer, &i));)
        if (issuer_crl_next_update_ms(issuer) <= now_ms)
            return true;
    return false;
}

int authority_crl_follows(
    const authority_t *self, const authority_t *before, const char *path, cause_t *why)
{
    for (size_t i = 0; i < self->n; i++)
        for (size_t k = 0; k < before->n; k++) {
            uint64_t number = issuer_crl_number(self->item[i]),
                     held = issuer_crl_number(before->item[k]);
            if (issuer_same(self->item[i], before->item[k]) && number < held)
                return cause_set(why,
                    "%s: CRL number %llu is lower than %llu, which is in force", path,
                    (unsigned long long)number, (unsigned long long)held);
        }
    return 0;
}

int authority_crl_due(const authority_t *self, const authority_t *before,
    const char *path, int64_t now_ms, cause_t *why)
{
    char moment[TIME_TEXT];
    for (size_t i = 0; i < self->n; i++) {
        int64_t due_ms = issuer_crl_next_update_ms(self->item[i]);
        if ((before && has_same(before, self->item[i])) || now_ms < due_ms)
            continue;
        time_print(due_ms, moment);
        return cause_set(why,
            "%s: the next CRL was due at %s: without it nobody can be enrolled; ask the "
            "CA for it",
            path, moment);
    }
    return 0;
}

bool authority_revokes(const authority_t *self, const char *issuer, const char *serial)
{
    const issuer_t *one;
    for (size_t i = 0; (one = issuer_of(self, issuer, &i));)
        if (issuer_revoked(one, serial))
            return true;
    return false;
}

bool authority_revoked(const authority_t *self, const cert_t *cert)
{
    return authority_revokes(self, cert->issuer, cert->serial);
}

int64_t authority_revoked_since_ms(const authority_t *self, const cert_t *cert)
{
    const issuer_t *issuer;
    int64_t first_ms = MOMENT_NEVER;
    for (size_t i = 0; (issuer = issuer_of(self, cert->issuer, &i));) {
        int64_t since_ms = issuer_revoked_since_ms(issuer, cert->serial);
        first_ms = since_ms < first_ms ? since_ms : first_ms;
    }
    return first_ms;
}

// Whether an earlier one is the same CA, with other dates: its list is the same.
static bool is_again(const authority_t *self, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (issuer_same(self->item[k], self->item[i]))
            return true;
    return false;
}

void authority_each_revoked(const authority_t *self,
    void (*visit)(void *context, const char *issuer, const char *serial), void *context)
{
    for (size_t i = 0; i < self->n; i++)
        if (!is_again(self, i))
            issuer_each_revoked(self->item[i], visit, context);
}

void authority_print(const authority_t *self, buf_t *out)
{
    for (size_t i = 0; i < self->n; i++)
        issuer_print(self->item[i], out);
    for (size_t i = 0; i < self->n; i++)
        if (!is_again(self, i))
            issuer_print_crl(self->item[i], out);
}

typedef struct {
    const authority_t *old;
    authority_t *proven; // new CAs that were vouched for
    int64_t now_ms;
    span_t text;
    span_t wanted; // the certificate of a new CA
    bool found;
} following_t;

static int look_for_cross(void *context, const char *label, span_t der, cause_t *why)
{
    following_t *self = context;
    (void)why;
    if (strcmp(label, PEM_STRING_X509) != 0 || !x509_same_subject(der, self->wanted))
        return 0;
    for (size_t i = 0; i < self->old->n; i++)
        self->found |= issuer_vouches(self->old->item[i], der, self->now_ms);
    return 0;
}

static int look_at_ca(void *context, const char *label, span_t der, cause_t *why)
{
    following_t *self = context;
    if (strcmp(label, PEM_STRING_X509) != 0 || x509_is_cross(der) || !x509_is_ca(der))
        return 0;
    issuer_t *one = issuer_new("ca.pem", der, why);
    if (!one)
        return -1;
    self->wanted = der;
    self->found = has_same(self->old, one);
    int result = self->found ? 0 : pem_each(self->text, look_for_cross, self, why);
    char name[NAME];
    issuer_name(one, name, sizeof name);
    issuer_destroy(&one);
    if (result != 0 || self->found)
        return result;
    return cause_set(why,
        "no CA that is believed here vouches for the CA '%s': compare its fingerprint "
        "with the CA's operator, and put ca.pem in place by hand",
        name);
}

int authority_follows(
    const authority_t *self, span_t ca_pem, int64_t now_ms, cause_t *why)
{
    following_t following = {.old = self, .now_ms = now_ms, .text = ca_pem};
    authority_t *fresh = authority_parse_cas(ca_pem, why);
    if (!fresh)
        return -1;
    authority_close(&fresh);
    return pem_each(ca_pem, look_at_ca, &following, why);
}

static int check_all(
    const cert_t *cert, const authority_t *ca, int64_t now_ms, cause_t *why)
{
    const issuer_t *issuer;
    int result = 1;
    for (size_t i = 0; result != 0 && (issuer = issuer_of(ca, cert->issuer, &i));)
        result = issuer_check(issuer, cert, now_ms, why);
    // By none of them: any can say why not.
    return result == 1 ? issuer_check(ca->item[0], cert, now_ms, why) : result;
}

int cert_check(const cert_t *self, const authority_t *ca, int64_t now_ms, cause_t *why)
{
    return check_all(self, ca, now_ms, why) == 0
               ? 0
               : cause_prefix(why, "certificate of %s (%s, serial %s)", self->name,
                     cert_use_name(self->use), self->serial);
}
