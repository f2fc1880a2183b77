// renewal - every question walks over the index, as in admit.c.

#include "certs/renewal.h"

#include "certs/admit.h"
#include "certs/answering.h"
#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/base/times.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t newest_of(const ledger_t *ledger, const char *name, issued_t entries[2])
{
    const issued_t *seal = ledger_newest(ledger, name, CERT_SEAL);
    const issued_t *channel = ledger_newest(ledger, name, CERT_CHANNEL);
    if (!seal || (!channel && !holder_is_officer(&seal->holder)))
        return 0;
    entries[0] = *seal;
    if (!channel)
        return 1;
    entries[1] = *channel;
    return 2;
}

static bool may_go_on(
    const ledger_t *ledger, const issued_t *entries, size_t n, cause_t *why)
{
    for (size_t i = 0; i < n; i++)
        if (admit_key(ledger, entries[i].holder.name, entries[i].key, why) != 0)
            return false;
    return true;
}

// Who is certified by the CA that this one follows, and not yet by this one.
static size_t newest_beside(ca_t *ca, const char *name, issued_t entries[2], cause_t *why)
{
    cause_t ignored;
    ca_t *old = ca_open_beside(ca, &ignored);
    size_t n = old ? newest_of(ca_ledger(old), name, entries) : 0;
    if (!old || !may_go_on(ca_ledger(old), entries, n, why))
        n = 0;
    ca_close(&old);
    return n;
}

size_t renewal_entries(ca_t *ca, const char *name, issued_t entries[2], cause_t *why)
{
    (void)cause_set(why,
        "%s has no certificates that could be renewed (`dabyl ca list` shows them); "
        "enrol it with a new request and `dabyl ca sign`",
        name);
    size_t n = newest_of(ca_ledger(ca), name, entries);
    if (n == 0)
        n = newest_beside(ca, name, entries, why);
    return may_go_on(ca_ledger(ca), entries, n, why) ? n : 0;
}

// --------------------------------------------------------------------------------
// Who it is about.

static renewed_t *find_one(renewal_t *self, const char *name)
{
    for (size_t i = 0; i < self->n; i++)
        if (!self->item[i].browser && strcmp(self->item[i].name, name) == 0)
            return &self->item[i];
    return NULL;
}

static renewed_t *add(renewal_t *self, const char *name, renewal_state_t state)
{
    self->item = memory_grow(self->item, self->n + 1, sizeof *self->item);
    renewed_t *one = &self->item[self->n++];
    *one = (renewed_t){.state = state};
    (void)snprintf(one->name, sizeof one->name, "%s", name);
    return one;
}

static renewed_t *find_or_add(renewal_t *self, const char *name)
{
    renewed_t *one = find_one(self, name);
    return one ? one : add(self, name, RENEWAL_DONE);
}

// What stands in the way is worse than that something is to be done.
static void settle(renewed_t *self, ca_t *ca)
{
    self->n = renewal_entries(ca, self->name, self->entries, &self->why);
    if (self->n == 0)
        self->state = RENEWAL_LEFT;
}

static void leave(renewed_t *one, const issued_t *entry, const char *advice)
{
    char end[TIME_TEXT];
    time_print(entry->not_after_ms, end);
    one->state = RENEWAL_LEFT;
    (void)cause_set(&one->why, say("its certificate (%s) ends on %.10s; %s"),
        cert_use_name(entry->use), end, advice);
}

// The key is in the browser alone, and is made anew with the certificate.
static void leave_browser(renewal_t *self, const issued_t *entry)
{
    renewed_t *one = add(self, entry->holder.name, RENEWAL_LEFT);
    one->browser = true;
    leave(one, entry, say("`dabyl ca browser` makes another"));
}

static void look_at(renewal_t *self, ca_t *ca, const issued_t *entry, int64_t until_ms)
{
    const bool lasts = ledger_outlasts(ca_ledger(ca), entry, until_ms);
    if (entry->use == CERT_BROWSER) {
        if (!lasts)
            leave_browser(self, entry);
        return;
    }
    renewed_t *one = find_or_add(self, entry->holder.name);
    if (lasts || one->state != RENEWAL_DONE)
        return;
    if (entry->not_after_ms >= ca_until_ms(ca))
        leave(one, entry, say("so does the CA itself: `dabyl ca succeed`"));
    else
        one->state = RENEWAL_DUE;
}

// One without a successor may have been meant to end.
static void look_ended(
    renewal_t *self, const ledger_t *ledger, const issued_t *entry, int64_t now_ms)
{
    if (entry->use == CERT_BROWSER)
        return;
    const bool known = find_one(self, entry->holder.name) != NULL;
    renewed_t *one = find_or_add(self, entry->holder.name);
    if (!known && !ledger_outlasts(ledger, entry, now_ms))
        leave(one, entry, say("`dabyl ca renew` and its id, if it is to go on"));
}

static void find_own(renewal_t *self, ca_t *ca, int64_t within_ms, int64_t now_ms)
{
    const ledger_t *ledger = ca_ledger(ca);
    const int64_t until_ms = moment_after(now_ms, within_ms);
    for (size_t i = 0; i < ledger->n; i++) {
        const issued_t *entry = &ledger->entry[i];
        const standing_t standing = issued_standing(entry, now_ms);
        if (standing == IN_FORCE && entry->not_after_ms <= until_ms)
            look_at(self, ca, entry, until_ms);
        else if (standing == EXPIRED &&
                 moment_between(entry->not_after_ms, now_ms) < within_ms)
            look_ended(self, ledger, entry, now_ms);
    }
}

static void find_beside(renewal_t *self, ca_t *ca, int64_t now_ms)
{
    cause_t ignored;
    ca_t *old = ca_follows(ca) ? ca_open_beside(ca, &ignored) : NULL;
    const ledger_t *ledger = old ? ca_ledger(old) : NULL;
    for (size_t i = 0; ledger && i < ledger->n; i++) {
        const issued_t *entry = &ledger->entry[i];
        if (issued_standing(entry, now_ms) != IN_FORCE || entry->use == CERT_BROWSER)
            continue;
        renewed_t *one = find_or_add(self, entry->holder.name);
        if (one->state == RENEWAL_DONE &&
            !ledger_newest(ca_ledger(ca), one->name, entry->use))
            one->state = RENEWAL_DUE;
    }
    ca_close(&old);
}

void renewal_find(renewal_t *self, ca_t *ca, int64_t within_ms, int64_t now_ms)
{
    *self = (renewal_t){0};
    find_own(self, ca, within_ms, now_ms);
    find_beside(self, ca, now_ms);
    for (size_t i = 0; i < self->n; i++)
        if (self->item[i].state != RENEWAL_LEFT)
            settle(&self->item[i], ca);
}

void renewal_free(renewal_t *self)
{
    free(self->item);
    *self = (renewal_t){0};
}

// --------------------------------------------------------------------------------
// Issued, and given out.

int renewal_issue(renewal_t *self, const issuing_t *wish, ca_t *ca, cause_t *why)
{
    cert_t certs[2];
    if (ca_unlock(ca, wish->passphrase_file, ca_now_ms(), why) != 0)
        return -1;
    for (size_t i = 0; i < self->n; i++) {
        renewed_t *one = &self->item[i];
        if (one->state != RENEWAL_DUE)
            continue;
        if (issuing_certify(wish, ca, one->entries, one->n, certs, &one->why) != 0) {
            one->state = RENEWAL_FAILED;
            continue;
        }
        for (size_t k = 0; k < one->n; k++)
            cert_close(&certs[k]);
    }
    return 0;
}

static int give_one(
    renewed_t *self, const issuing_t *wish, ca_t *ca, buf_t *all, cause_t *why)
{
    cert_t certs[2];
    answer_t answer;
    char folder[PATH_MAX];
    const int n = issuing_found(wish, ca, self->entries, self->n, 0, certs, why);
    if (n <= 0)
        return -1;
    int result = answering_make(&answer, ca, certs, (size_t)n, ca_now_ms(), why);
    for (int i = 0; i < n; i++)
        cert_close(&certs[i]);
    if (result != 0)
        return -1;
    answer_print(&answer, all);
    if (wish->out)
        result = path_join(folder, sizeof folder, wish->out, self->name, why) == 0 &&
                         folder_make(wish->out, 0755, why) == 0
                     ? answer_unpack(&answer, folder, why)
                     : -1;
    answer_close(&answer);
    return result;
}

int renewal_give(renewal_t *self, const issuing_t *wish, ca_t *ca, cause_t *why)
{
    buf_t all = {0};
    for (size_t i = 0; i < self->n; i++) {
        renewed_t *one = &self->item[i];
        if ((one->state == RENEWAL_DUE || one->state == RENEWAL_DONE) &&
            give_one(one, wish, ca, &all, &one->why) != 0)
            one->state = RENEWAL_FAILED;
    }
    int result = wish->answer && all.size > 0
                     ? file_replace(wish->answer, buf_span(&all), 0644, why)
                     : 0;
    buf_destroy(&all);
    return result;
}
