// roster_load - a roster is read whole, and checked before anybody looks anything up in
// it.
//
// Each certificate is verified once, when it is read: signed by the CA, of its profile,
// valid at some time.  What the roster before has verified under the same certificate of
// the CA is not verified again; with five thousand nodes each reload would take seconds
// otherwise.

#include "lib/pki/roster_held.h"

#include "lib/base/memory.h"
#include "lib/base/times.h"
#include "lib/pki/cert_list.h"

#include <stdlib.h>
#include <string.h>

// What the certificate says of its holder, without dates and keys.
static bool same_holder(const cert_t *a, const cert_t *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->role, b->role) == 0 &&
           strcmp(a->organisation, b->organisation) == 0 && strcmp(a->node, b->node) == 0;
}

static int compare_held(const void *a, const void *b)
{
    const cert_t *left = &((const roster_item_t *)a)->cert,
                 *right = &((const roster_item_t *)b)->cert;
    int order = strcmp(left->name, right->name);
    if (order == 0)
        order = (int)left->use - (int)right->use;
    if (order == 0)
        order = (left->not_before_ms > right->not_before_ms) -
                (left->not_before_ms < right->not_before_ms);
    return order != 0 ? order : strcmp(left->serial, right->serial);
}

// Whether the roster in force knows this holder, in this role.
static bool knows(const roster_t *self, const cert_t *cert)
{
    const roster_item_t *held;
    for (size_t i = roster_first_of(self, cert->name);
         (held = roster_named(self, cert->name, i)) != NULL; i++)
        if (same_holder(&held->cert, cert))
            return true;
    return false;
}

static int check_key(const cert_t *cert, const authority_t *issuer, cause_t *why)
{
    const char *fault = cert_key_fault(cert->use, cert->key);
    if (fault == NULL && authority_owns(issuer, cert->key))
        fault = "that of the CA";
    return fault == NULL ? 0
                         : cause_set(why, "the %s key of %s is %s",
                               cert_use_name(cert->use), cert->name, fault);
}

// How much of a certificate is verified when it is read.
typedef struct {
    const authority_t *issuer;   // NULL: all of them, as they stand
    const cert_shelf_t *shelf;   // what was verified for the roster before, or NULL
    const authority_t *believed; // by whom
    int64_t now_ms;
} faith_t;

// Verified before, by the very same certificates of its CA; or by a CA that is not
// believed any more: then it stays, to prove what was sealed while it counted, and is
// good for nothing else (is_out).
static bool was_verified(const faith_t *faith, const cert_t *cert, int64_t at_ms)
{
    if (faith->shelf == NULL || !cert_shelf_find(faith->shelf, buf_span(&cert->der)))
        return false;
    return !authority_issued(faith->issuer, cert) ||
           (authority_alike(faith->issuer, faith->believed, cert) &&
               authority_in_force(faith->issuer, cert, at_ms));
}

static bool is_out(const authority_t *authority, const cert_t *cert)
{
    return !authority_issued(authority, cert) || authority_revoked(authority, cert);
}

// Verify the certificate as of the moment within its validity that is nearest to now.
// That it has expired, is not valid yet or was revoked is no reason to refuse the roster:
// each look-up asks for that.
static int believe(roster_t *self, const cert_t *cert, const faith_t *faith, cause_t *why)
{
    if (faith->issuer == NULL)
        return 0;
    int64_t at_ms = faith->now_ms;
    if (at_ms >= cert->not_after_ms)
        at_ms = cert->not_after_ms - 1000;
    if (at_ms < cert->not_before_ms)
        at_ms = cert->not_before_ms;
    if (was_verified(faith, cert, at_ms))
        return 0;
    self->verified++;
    return cert_check(cert, faith->issuer, at_ms, why) != 0
               ? -1
               : check_key(cert, faith->issuer, why);
}

// The same certificate in two files is there once.
static void drop_copies(roster_t *self)
{
    size_t kept = 0;
    for (size_t i = 0; i < self->n; i++) {
        roster_item_t *held = &self->held[i];
        if (kept > 0 && span_equal(buf_span(&self->held[kept - 1].cert.der),
                            buf_span(&held->cert.der)))
            roster_drop(held);
        else
            self->held[kept++] = *held;
    }
    self->n = kept;
}

static int hold_all(roster_t *self, cert_list_t *list, const authority_t *issuer,
    const roster_t *before, int64_t now_ms, cause_t *why)
{
    faith_t faith = {
        issuer, list->shelf, before != NULL ? before->authority : NULL, now_ms};
    self->held = memory_new(list->n, sizeof *self->held);
    for (size_t i = 0; i < list->n; i++) {
        listed_t *item = &list->item[i];
        if (believe(self, &item->cert, &faith, why) != 0)
            return cause_prefix(why, "%s", item->source);
        if (before != NULL && !knows(before, &item->cert) &&
            authority_crl_stale(self->authority, &item->cert, now_ms))
            continue; // the list keeps it and will close it
        self->held[self->n++] = (roster_item_t){.cert = item->cert,
            .source = item->source,
            .revoked = is_out(self->authority, &item->cert),
            .next = NONE,
            .member = NONE};
        *item = (listed_t){0};
    }
    if (self->n > 0)
        qsort(self->held, self->n, sizeof *self->held, compare_held);
    drop_copies(self);
    return 0;
}

static int compare_serials(const void *a, const void *b)
{
    const roster_item_t *const *left = a, *const *right = b;
    int order = strcmp((*left)->cert.serial, (*right)->cert.serial);
    return order != 0 ? order : strcmp((*left)->cert.issuer, (*right)->cert.issuer);
}

// A CRL names serials: with one serial twice, whom it puts out would be a guess.
static int check_serials(const roster_t *self, cause_t *why)
{
    const roster_item_t **sorted = memory_new(self->n, sizeof *sorted);
    int result = 0;
    for (size_t i = 0; i < self->n; i++)
        sorted[i] = &self->held[i];
    if (self->n > 0)
        qsort(sorted, self->n, sizeof *sorted, compare_serials);
    for (size_t i = 1; i < self->n && result == 0; i++)
        if (compare_serials(&sorted[i - 1], &sorted[i]) == 0)
            result = cause_set(why, "%s: its serial number %s is that of %s too",
                sorted[i]->source, sorted[i]->cert.serial, sorted[i - 1]->source);
    free(sorted);
    return result;
}

// All certificates in use under one name say the same.  Old ones may say otherwise: a
// node can change its role by having the old certificates revoked.
static int check_names(const roster_t *self, int64_t now_ms, cause_t *why)
{
    const roster_item_t *last = NULL;
    for (size_t i = 0; i < self->n; i++) {
        const roster_item_t *held = &self->held[i];
        if (!roster_in_use(held, now_ms))
            continue;
        if (last != NULL && strcmp(last->cert.name, held->cert.name) == 0 &&
            !same_holder(&last->cert, &held->cert))
            return cause_set(why,
                "%s: %s is %s of %s here, and %s of %s in %s: certificates in use must "
                "agree",
                held->source, held->cert.name, held->cert.role, held->cert.organisation,
                last->cert.role, last->cert.organisation, last->source);
        last = held;
    }
    return 0;
}

// A node keeps its place, and its inbox goes on filling, while any certificate of it is
// not revoked: expiry is met by renewal.  What counts is the newest of them, those in use
// first.
static const roster_item_t *speaks_for(
    const roster_t *self, size_t first, size_t end, int64_t now_ms)
{
    const roster_item_t *best = NULL;
    for (size_t i = first; i < end; i++) {
        const roster_item_t *held = &self->held[i];
        if (held->revoked)
            continue;
        if (best == NULL || roster_in_use(held, now_ms) > roster_in_use(best, now_ms) ||
            (roster_in_use(held, now_ms) == roster_in_use(best, now_ms) &&
                held->cert.not_before_ms > best->cert.not_before_ms))
            best = held;
    }
    return best;
}

static void add_member(roster_t *self, const cert_t *cert)
{
    member_t *member = &self->member[self->members++];
    memcpy(member->id, cert->name, sizeof member->id);
    memcpy(member->role, cert->role, sizeof member->role);
    memcpy(member->organisation, cert->organisation, sizeof member->organisation);
}

static void find_members(roster_t *self, int64_t now_ms)
{
    self->member = memory_new(self->n, sizeof *self->member);
    for (size_t first = 0, end; first < self->n; first = end) {
        for (end = first + 1; end < self->n; end++)
            if (strcmp(self->held[end].cert.name, self->held[first].cert.name) != 0)
                break;
        const roster_item_t *speaker = speaks_for(self, first, end, now_ms);
        if (speaker == NULL || strcmp(speaker->cert.role, "officer") == 0)
            continue;
        for (size_t i = first; i < end; i++)
            self->held[i].member = (int)self->members;
        add_member(self, &speaker->cert);
    }
    roster_group_members(self);
}

static int index_keys(roster_t *self, cause_t *why)
{
    self->slots = 64;
    while (self->slots < 2 * self->n)
        self->slots *= 2;
    self->slot = memory_new(self->slots, sizeof *self->slot);
    for (size_t i = 0; i < self->slots; i++)
        self->slot[i] = NONE;
    for (size_t i = 0; i < self->n; i++) {
        roster_item_t *held = &self->held[i];
        int *slot = roster_slot(self, held->cert.use, roster_key_name(&held->cert));
        const roster_item_t *other = *slot == NONE ? held : &self->held[*slot];
        if (strcmp(other->cert.name, held->cert.name) != 0)
            return cause_set(why, "%s: the %s key of %s is that of %s in %s",
                held->source, cert_use_name(held->cert.use), held->cert.name,
                other->cert.name, other->source);
        held->next = *slot;
        *slot = (int)i;
    }
    return 0;
}

// The ends are in certificates that we hold or held.
static void list_revocations(roster_t *self, const roster_t *before)
{
    revocations_list(&self->revocations, self->authority);
    for (size_t i = 0; i < self->n; i++)
        revocations_limit(&self->revocations, self->held[i].cert.issuer,
            self->held[i].cert.serial, self->held[i].cert.not_after_ms);
    for (size_t i = 0; before != NULL && i < before->n; i++)
        revocations_limit(&self->revocations, before->held[i].cert.issuer,
            before->held[i].cert.serial, before->held[i].cert.not_after_ms);
    for (size_t i = 0; before != NULL && i < before->revocations.n; i++)
        revocations_limit(&self->revocations, before->revocations.item[i].issuer,
            before->revocations.item[i].serial, before->revocations.item[i].until_ms);
}

// An older CRL, or one that forgot somebody, would let back in whom the CA put out.  A CA
// that is new begins anew.
static int check_crl(const authority_t *authority, const char *path,
    const roster_t *before, int64_t now_ms, cause_t *why)
{
    if (before != NULL &&
        (authority_crl_follows(authority, before->authority, path, why) != 0 ||
            revocations_check(&before->revocations, authority, path, now_ms, why) != 0))
        return -1;
    return authority_crl_due(
        authority, before != NULL ? before->authority : NULL, path, now_ms, why);
}

// Everything after CA and CRL.  `issuer` is the CA without the CRL, whose verdict would
// hide who issued a revoked certificate; NULL when all was believed before.
static int fill(roster_t *self, cert_list_t *list, const authority_t *issuer,
    const roster_t *before, int64_t now_ms, cause_t *why)
{
    if (hold_all(self, list, issuer, before, now_ms, why) != 0 ||
        (issuer != NULL && check_serials(self, why) != 0) ||
        check_names(self, now_ms, why) != 0 || index_keys(self, why) != 0)
        return -1;
    find_members(self, now_ms);
    list_revocations(self, before);
    return 0;
}

static cert_shelf_t *shelve(const roster_t *self)
{
    cert_shelf_t *shelf = cert_shelf_new(self->n);
    for (size_t i = 0; i < self->n; i++)
        cert_shelf_add(shelf, &self->held[i].cert);
    return shelf;
}

roster_t *roster_open(const char *folder, const char *ca_path, const char *crl_path,
    const roster_t *before, int64_t now_ms, cause_t *why)
{
    roster_t *self = memory_new(1, sizeof *self);
    authority_t *issuer = authority_open(ca_path, NULL, why);
    cert_shelf_t *shelf = before != NULL ? shelve(before) : NULL;
    cert_list_t list = {.shelf = shelf};
    int result = -1;
    if (issuer == NULL ||
        (self->authority = authority_open(ca_path, crl_path, why)) == NULL)
        goto done;
    if (check_crl(self->authority, crl_path, before, now_ms, why) != 0 ||
        cert_list_add_folder(&list, folder, why) != 0)
        goto done;
    result = fill(self, &list, issuer, before, now_ms, why);
done:
    authority_close(&issuer);
    cert_list_close(&list);
    cert_shelf_destroy(&shelf);
    if (result != 0)
        roster_close(&self);
    return self;
}

// The certificates stand behind the last CRL in what roster_print wrote.
static span_t behind_crl(span_t text)
{
    static const char mark[] = "-----END X509 CRL-----\n";
    span_t rest = span_of(NULL, 0);
    const uint8_t *found, *at = text.data;
    const uint8_t *end = at + text.size;
    while (at != end &&
           (found = memmem(at, (size_t)(end - at), mark, strlen(mark))) != NULL) {
        at = found + strlen(mark);
        rest = span_of(at, (size_t)(end - at));
    }
    return rest;
}

roster_t *roster_recall(span_t text, int64_t now_ms, cause_t *why)
{
    roster_t *self = memory_new(1, sizeof *self);
    cert_list_t list = {0};
    span_t certificates = behind_crl(text);
    int result = -1;
    if ((self->authority = authority_parse(text, why)) == NULL)
        goto done;
    if (certificates.size > 0 &&
        cert_list_add_text(&list, "roster", certificates, why) != 0)
        goto done;
    result = fill(self, &list, NULL, NULL, now_ms, why);
done:
    cert_list_close(&list);
    if (result != 0)
        roster_close(&self);
    return self;
}
