// issuing - what was asked is shown and confirmed, the key is unlocked, certificates are
// made and written down for whoever asked.

#include "certs/issuing.h"

#include "certs/answering.h"
#include "lib/base/catalogue.h"
#include "nodes/cli/confirm.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int ask_operator(cause_t *why)
{
    if (!isatty(STDIN_FILENO))
        return cause_set(why,
            "there is nobody to ask whether the fingerprint was compared; "
            "give it with --fingerprint, or --yes if it was");
    return confirm(
               stderr, say("\nCall whoever made the request and let them read out the "
                           "fingerprint.\n"
                           "Are all forty digits the same?  Type yes: "))
               ? 0
               : cause_set(why, "not confirmed; nothing was issued");
}

int issuing_consent(
    const issuing_t *self, const enrol_t *request, const char *path, cause_t *why)
{
    char fingerprint[FINGERPRINT_TEXT];
    enrol_fingerprint(request, fingerprint);
    ca_print_request(request, stderr);
    if (self->fingerprint && !spoken_same(self->fingerprint, fingerprint))
        return cause_set(why,
            "%s has another fingerprint than the one given; the request may have been "
            "changed on its way: get it again, and issue nothing before the digits agree",
            path);
    return self->fingerprint || self->yes ? 0 : ask_operator(why);
}

size_t issuing_entries(const enrol_t *request, issued_t entries[2])
{
    size_t n = 0;
    entries[n] = (issued_t){.holder = request->holder, .use = CERT_SEAL};
    memcpy(entries[n].key, request->seal_key, sizeof entries[n].key);
    n++;
    if (!holder_is_officer(&request->holder)) {
        entries[n] = (issued_t){.holder = request->holder, .use = CERT_CHANNEL};
        memcpy(entries[n].key, request->channel_key, sizeof entries[n].key);
        n++;
    }
    for (size_t i = 0; i < n; i++)
        seal_key_id(entries[i].key, entries[i].key_id);
    return n;
}

static int set_period(const issuing_t *self, issued_t *entries, size_t n, cause_t *why)
{
    int64_t now_ms = ca_now_ms();
    for (size_t i = 0; i < n; i++)
        if (ca_period(self->from, self->days, now_ms, &entries[i].not_before_ms,
                &entries[i].not_after_ms, why) != 0)
            return -1;
    return 0;
}

// No certificate outlives the CA, which could not revoke it.
static void shorten(const ca_t *self, issued_t *entries, size_t n)
{
    bool shorter = false;
    for (size_t i = 0; i < n; i++) {
        if (entries[i].not_before_ms < ca_from_ms(self))
            entries[i].not_before_ms = ca_from_ms(self);
        if (entries[i].not_after_ms > ca_until_ms(self)) {
            entries[i].not_after_ms = ca_until_ms(self);
            shorter = true;
        }
    }
    if (shorter)
        (void)fputs(
            "note: shortened, since the CA's own certificate ends earlier\n", stderr);
}

static void tell_place(const issuing_t *self, const issued_t *entries, size_t n)
{
    const char *name = entries[0].holder.name;
    if (self->answer)
        printf(say("\nwrote %s: give it to %s, it has all that is needed\n"),
            self->answer, name);
    if (self->out && n > 1)
        printf(
            say("\nwrote seal.pem, channel.pem, ca.pem and crl.pem to %s: copy them to "
                "the certs/ folder of %s\n"),
            self->out, name);
    else if (self->out)
        printf(say("\nwrote seal.pem, ca.pem and crl.pem to %s: copy them to the certs/ "
                   "folder of %s\n"),
            self->out, name);
}

static void tell(const issuing_t *self, const issued_t *entries, size_t n, bool json)
{
    const issued_t *list[2];
    int64_t now_ms = entries[0].issued_ms;
    for (size_t i = 0; i < n && i < 2; i++) {
        list[i] = &entries[i];
        if (json)
            ca_print_line(ca_entry_json(&entries[i], now_ms));
    }
    if (json)
        return;
    ca_print_entries(list, n, now_ms);
    tell_place(self, entries, n);
}

static int give_out(
    const issuing_t *self, ca_t *ca, cert_t *certs, size_t n, cause_t *why)
{
    answer_t answer;
    if (answering_make(&answer, ca, certs, n, ca_now_ms(), why) != 0)
        return -1;
    int result = self->out ? answer_unpack(&answer, self->out, why) : 0;
    if (result == 0 && self->answer)
        result = answering_write(&answer, self->answer, why);
    answer_close(&answer);
    return result;
}

int issuing_certify(const issuing_t *self, ca_t *ca, issued_t *entries, size_t n,
    cert_t *certs, cause_t *why)
{
    if (set_period(self, entries, n, why) != 0 ||
        ca_unlock(ca, self->passphrase_file, ca_now_ms(), why) != 0 ||
        (self->hub_key && ca_keep_hub_key(ca, self->hub_key, why) != 0))
        return -1;
    shorten(ca, entries, n);
    if (self->owed && ca_owe(ca, self->owed, ca_now_ms(), why) != 0)
        return -1;
    return ca_issue(ca, entries, n, ca_now_ms(), certs, why);
}

int issuing_give(const issuing_t *wish, ca_t *ca, const issued_t *entries, cert_t *certs,
    size_t n, bool json, cause_t *why)
{
    char folder[NODE_ID_MAX + 8];
    issuing_t self = *wish;
    (void)snprintf(folder, sizeof folder, "%s-certs", entries[0].holder.name);
    if (!self.out && !self.answer)
        self.out = folder;
    int result = give_out(&self, ca, certs, n, why);
    for (size_t i = 0; i < n; i++)
        cert_close(&certs[i]);
    if (result != 0)
        return cause_prefix(
            why, say("issued, and kept in issued/ of the CA, but not written"));
    tell(&self, entries, n, json);
    return self.owed ? ca_paid(ca, self.owed, why) : 0;
}

static const issued_t *issued_since(ca_t *ca, const issued_t *wish, int64_t since_ms)
{
    const issued_t *entry = ledger_newest(ca_ledger(ca), wish->holder.name, wish->use);
    return entry && entry->issued_ms >= since_ms &&
                   memcmp(entry->key, wish->key, sizeof entry->key) == 0
               ? entry
               : NULL;
}

int issuing_found(const issuing_t *self, ca_t *ca, issued_t *entries, size_t n,
    int64_t since_ms, cert_t *certs, cause_t *why)
{
    for (size_t i = 0; i < n; i++)
        if (!issued_since(ca, &entries[i], since_ms))
            return 0;
    for (size_t i = 0; i < n; i++) {
        const issued_t *found = issued_since(ca, &entries[i], since_ms);
        assert(found); // a moment ago
        entries[i] = *found;
        if (ca_find_issued(
                ca, &entries[i], self->passphrase_file, ca_now_ms(), &certs[i], why) == 0)
            continue;
        while (i > 0)
            cert_close(&certs[--i]);
        return -1;
    }
    return (int)n;
}

int issuing_go(
    const issuing_t *wish, ca_t *ca, issued_t *entries, size_t n, bool json, cause_t *why)
{
    cert_t certs[2];
    const begun_line_t *owed = wish->owed ? begun_find(ca_begun(ca), wish->owed) : NULL;
    int found =
        owed ? issuing_found(wish, ca, entries, n, owed->since_ms, certs, why) : 0;
    if (found < 0 ||
        (found == 0 && issuing_certify(wish, ca, entries, n, certs, why) != 0))
        return -1;
    if (found)
        (void)fputs(say("note: it was issued before; here it is again\n"), stderr);
    return issuing_give(wish, ca, entries, certs, n, json, why);
}
