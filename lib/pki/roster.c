// roster - certificates in one sorted array, found by key through one hash table.
//
// What changes without a reload, the validity of a certificate, is compared with the
// clock at every look-up; a revocation comes only with a CRL, and with it a new roster.
//
// Certificates that have expired or were revoked stay in, to say why their holder is
// refused and to prove what was sealed while they were good.

#include "lib/pki/roster_held.h"

#include "lib/base/moment.h"
#include "lib/pki/pem.h"
#include "lib/pki/seal.h"
#include "lib/pki/x509.h"

#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

void roster_drop(roster_item_t *held)
{
    cert_close(&held->cert);
    free(held->source);
}

void roster_close(roster_t **self_p)
{
    roster_t *self = *self_p;
    *self_p = NULL;
    if (self == NULL)
        return;
    for (size_t i = 0; i < self->n; i++)
        roster_drop(&self->held[i]);
    authority_close(&self->authority);
    free(self->held);
    free(self->member);
    free(self->by_role);
    free(self->by_organisation);
    revocations_close(&self->revocations);
    free(self->slot);
    free(self);
}

size_t roster_first_of(const roster_t *self, const char *name)
{
    size_t low = 0, high = self->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(self->held[middle].cert.name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const roster_item_t *roster_named(const roster_t *self, const char *name, size_t i)
{
    bool same = i < self->n && strcmp(self->held[i].cert.name, name) == 0;
    return same ? &self->held[i] : NULL;
}

bool roster_stale(const authority_t *authority, int64_t now_ms)
{
    return authority_crl_next_update_ms(authority) <= now_ms;
}

bool roster_in_use(const roster_item_t *held, int64_t now_ms)
{
    return !held->revoked && now_ms < held->cert.not_after_ms;
}

// Keys and the hex of their ids both begin with bytes as good as random.
static size_t slot_of(const roster_t *self, const void *name)
{
    uint64_t head[2];
    memcpy(head, name, sizeof head);
    uint64_t hash = (head[0] ^ (head[1] << 7)) * UINT64_C(0x9e3779b97f4a7c15);
    return (size_t)(hash >> 32) & (self->slots - 1);
}

const void *roster_key_name(const cert_t *cert)
{
    return cert->use == CERT_CHANNEL ? (const void *)cert->key
                                     : (const void *)cert->key_id;
}

static bool is_named(const cert_t *cert, cert_use_t use, const void *name)
{
    size_t size = use == CERT_CHANNEL ? sizeof cert->key : sizeof cert->key_id - 1;
    return cert->use == use && memcmp(roster_key_name(cert), name, size) == 0;
}

int *roster_slot(const roster_t *self, cert_use_t use, const void *name)
{
    size_t at = slot_of(self, name);
    while (
        self->slot[at] != NONE && !is_named(&self->held[self->slot[at]].cert, use, name))
        at = (at + 1) & (self->slots - 1);
    return &self->slot[at];
}

static const char *verdict(const roster_item_t *held, int64_t now_ms)
{
    if (held->revoked)
        return "revoked";
    if (now_ms >= held->cert.not_after_ms)
        return "expired";
    return now_ms < held->cert.not_before_ms ? "not yet valid" : NULL;
}

// Of several certificates for one key the one in force; else the newest says why not.
static const roster_item_t *in_force(const roster_t *self, cert_use_t use,
    const void *name, int64_t now_ms, const char **refusal)
{
    const char *reason = "unknown";
    for (int i = *roster_slot(self, use, name); i != NONE; i = self->held[i].next) {
        const roster_item_t *held = &self->held[i];
        const char *why_not = verdict(held, now_ms);
        if (why_not == NULL)
            return held;
        if (strcmp(reason, "unknown") == 0) // chains begin with the newest
            reason = why_not;
    }
    if (refusal != NULL)
        *refusal = reason;
    return NULL;
}

const member_t *roster_by_channel(
    const roster_t *self, const uint8_t key[32], int64_t now_ms, const char **refusal)
{
    const roster_item_t *held = in_force(self, CERT_CHANNEL, key, now_ms, refusal);
    if (held == NULL)
        return NULL;
    if (strcmp(held->cert.role, "hub") != 0)
        return &self->member[held->member];
    if (refusal != NULL)
        *refusal = "unknown"; // a hub's own channel is no way in
    return NULL;
}

static bool is_key_id(const char *text)
{
    return strnlen(text, HASH_HEX) == HASH_HEX - 1;
}

const cert_t *roster_by_seal(
    const roster_t *self, const char *key_id, int64_t now_ms, const char **refusal)
{
    if (!is_key_id(key_id)) {
        if (refusal != NULL)
            *refusal = "unknown";
        return NULL;
    }
    const roster_item_t *held = in_force(self, CERT_SEAL, key_id, now_ms, refusal);
    return held == NULL ? NULL : &held->cert;
}

const cert_t *roster_any_seal(const roster_t *self, const char *key_id)
{
    int at = is_key_id(key_id) ? *roster_slot(self, CERT_SEAL, key_id) : NONE;
    return at == NONE ? NULL : &self->held[at].cert;
}

const cert_t *roster_seal_of(
    const roster_t *self, const char *node, size_t i, int64_t now_ms)
{
    const roster_item_t *held;
    for (size_t k = roster_first_of(self, node);
         (held = roster_named(self, node, k)) != NULL; k++)
        if (held->cert.use == CERT_SEAL && verdict(held, now_ms) == NULL && i-- == 0)
            return &held->cert;
    return NULL;
}

bool roster_ends(const roster_t *self, const char *node, cert_use_t use, int64_t now_ms,
    int64_t *ends_ms)
{
    const roster_item_t *held;
    bool any = false;
    for (size_t k = roster_first_of(self, node);
         (held = roster_named(self, node, k)) != NULL; k++) {
        if (held->cert.use != use || verdict(held, now_ms) != NULL)
            continue;
        if (!any || held->cert.not_after_ms > *ends_ms)
            *ends_ms = held->cert.not_after_ms;
        any = true;
    }
    return any;
}

// When the last certificate in force of one holder ends, whose first one this is; `*next`
// is where the next holder's begin.
static bool holder_ends(
    const roster_t *self, size_t first, int64_t now_ms, size_t *next, int64_t *ends_ms)
{
    bool any = false;
    size_t i = first;
    const roster_item_t *held;
    for (; (held = roster_named(self, self->held[first].cert.name, i)) != NULL; i++) {
        if (verdict(held, now_ms) != NULL)
            continue;
        if (!any || held->cert.not_after_ms > *ends_ms)
            *ends_ms = held->cert.not_after_ms;
        any = true;
    }
    *next = i;
    return any;
}

void roster_officers_end(const roster_t *self, int64_t now_ms, int64_t *ends_ms)
{
    for (size_t i = 0; i < self->members; i++)
        ends_ms[i] = MOMENT_NEVER;
    for (size_t i = 0, next; i < self->n; i = next) {
        int64_t last = 0;
        const cert_t *cert = &self->held[i].cert;
        bool good = holder_ends(self, i, now_ms, &next, &last);
        const member_t *node = roster_member(self, cert->node);
        if (good && node && strcmp(cert->role, "officer") == 0 &&
            last < ends_ms[node - self->member])
            ends_ms[node - self->member] = last;
    }
}

size_t roster_officers(
    const roster_t *self, span_t head, const cert_t *officer[ROSTER_OFFICERS_MAX])
{
    seal_head_t seal;
    cause_t why;
    size_t n = 0;
    if (seal_head_parse(&seal, head, &why) != 0)
        return 0;
    for (size_t i = 1; i < seal.signatures; i++) { // the first is the node's
        const cert_t *cert = roster_any_seal(self, seal.signature[i].key_id);
        if (cert && strcmp(cert->role, "officer") == 0)
            officer[n++] = cert;
    }
    return n;
}

static int compare_members(const void *a, const void *b)
{
    return strcmp(((const member_t *)a)->id, ((const member_t *)b)->id);
}

const member_t *roster_member(const roster_t *self, const char *node)
{
    member_t key = {0};
    if (strnlen(node, sizeof key.id) == sizeof key.id)
        return NULL;
    memcpy(key.id, node, strlen(node) + 1);
    return bsearch(&key, self->member, self->members, sizeof key, compare_members);
}

size_t roster_count(const roster_t *self)
{
    return self->members;
}

const member_t *roster_at(const roster_t *self, size_t i)
{
    return &self->member[i];
}

bool roster_crl_stale(const roster_t *self, int64_t now_ms)
{
    return roster_stale(self->authority, now_ms);
}

bool roster_crl_times(const roster_t *self, int64_t *made_ms, int64_t *until_ms)
{
    *until_ms = authority_crl_next_update_ms(self->authority);
    return authority_crl_made_ms(self->authority, made_ms);
}

int roster_check_keys(const roster_t *self, const own_key_t *own, size_t n, cause_t *why)
{
    for (size_t i = 0; i < self->n; i++)
        for (size_t k = 0; k < n; k++) {
            const roster_item_t *held = &self->held[i];
            if (memcmp(held->cert.key, own[k].key, sizeof held->cert.key) == 0 &&
                !(own[k].owner && strcmp(own[k].owner, held->cert.name) == 0))
                return cause_set(why, "%s: the %s key of %s is %s", held->source,
                    cert_use_name(held->cert.use), held->cert.name, own[k].what);
        }
    return 0;
}

const cert_t *roster_next_expiring(
    const roster_t *self, size_t *cursor, int64_t now_ms, int64_t until_ms)
{
    while (*cursor < self->n) {
        const roster_item_t *held = &self->held[(*cursor)++];
        if (roster_in_use(held, now_ms) && held->cert.not_after_ms < until_ms)
            return &held->cert;
    }
    return NULL;
}

size_t roster_verified(const roster_t *self)
{
    return self->verified;
}

static int put_crl(void *out, const char *label, span_t der, cause_t *why)
{
    (void)why;
    if (strcmp(label, PEM_STRING_X509_CRL) == 0)
        x509_print_pem(label, der, out);
    return 0;
}

void roster_print_crl(const roster_t *self, buf_t *out)
{
    cause_t ignored; // it is PEM that was just printed
    buf_t both = {0};
    authority_print(self->authority, &both);
    (void)pem_each(buf_span(&both), put_crl, out, &ignored);
    buf_destroy(&both);
}

void roster_print(const roster_t *self, buf_t *out)
{
    authority_print(self->authority, out);
    for (size_t i = 0; i < self->n; i++)
        cert_print_pem(&self->held[i].cert, out);
}
