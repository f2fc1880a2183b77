// dabyl ca revoke - take back a certificate, or all of an id, and publish the CRL that
// says so.

#include "certs/ca_command.h"
#include "lib/base/catalogue.h"
#include "lib/base/memory.h"
#include "lib/base/times.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *ca, *reason, *out, *passphrase_file;
    int64_t days;
} options_t;

static const option_t options[] = {
    {"ca", OPTION_TEXT, offsetof(options_t, ca), "DIR", NULL, CA_FOLDER_HELP},
    {"reason", OPTION_TEXT, offsetof(options_t, reason), "WORD", "unspecified",
        "why; the words are below"},
    {"days", OPTION_NUMBER, offsetof(options_t, days), "N", CRL_DAYS,
        "when the next CRL is due (operational default)"},
    {"out", OPTION_TEXT, offsetof(options_t, out), "DIR", NULL,
        "folder for copies of crl.pem and ca.pem"},
    {"passphrase-file", OPTION_TEXT, offsetof(options_t, passphrase_file), "FILE", NULL,
        PASSPHRASE_HELP},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static bool concerns(const issued_t *entry, const char *what)
{
    return strcmp(entry->serial, what) == 0 || strcmp(entry->holder.name, what) == 0;
}

// A compromised key takes every certificate of it along, whichever serial was named.
static bool shares_key(const ledger_t *ledger, const issued_t *entry, const char *what)
{
    const issued_t *named = ledger_by_serial(ledger, what);
    return named && memcmp(named->key, entry->key, sizeof entry->key) == 0;
}

// A browser's certificate stands on that of a seal: whoever has none any more, has no
// console either.
static bool has_seal(const ledger_t *ledger, const issued_t *browser)
{
    for (size_t i = 0; i < ledger->n; i++) {
        const issued_t *entry = &ledger->entry[i];
        if (entry->use == CERT_SEAL && !entry->revoked_ms &&
            strcmp(entry->holder.name, browser->holder.name) == 0 &&
            holder_same(&entry->holder, &browser->holder))
            return true;
    }
    return false;
}

static void take_back(issued_t *entry, const char *reason, int64_t now_ms)
{
    entry->revoked_ms = now_ms;
    (void)snprintf(entry->reason, sizeof entry->reason, "%s", reason);
}

static size_t mark_browsers(
    ledger_t *ledger, const char *reason, int64_t now_ms, const issued_t **marked)
{
    size_t n = 0;
    for (size_t i = 0; i < ledger->n; i++) {
        issued_t *entry = &ledger->entry[i];
        if (entry->use != CERT_BROWSER || entry->revoked_ms || has_seal(ledger, entry))
            continue;
        take_back(entry, reason, now_ms);
        marked[n++] = entry;
    }
    return n;
}

// Expired ones too: a stolen key could still seal in the past.
static size_t mark(ledger_t *ledger, const char *what, const char *reason, int64_t now_ms,
    const issued_t **marked)
{
    bool lost = strcmp(reason, "key-compromise") == 0;
    size_t n = 0;
    for (size_t i = 0; i < ledger->n; i++) {
        issued_t *entry = &ledger->entry[i];
        bool along = lost && shares_key(ledger, entry, what);
        if (entry->revoked_ms || !(along || concerns(entry, what)))
            continue;
        take_back(entry, reason, now_ms);
        marked[n++] = entry;
    }
    return n ? n + mark_browsers(ledger, reason, now_ms, marked + n) : 0;
}

static bool is_known(const ledger_t *ledger, const char *what)
{
    for (size_t i = 0; i < ledger->n; i++)
        if (concerns(&ledger->entry[i], what))
            return true;
    return false;
}

static int nothing_marked(const ledger_t *ledger, const char *what, cause_t *why)
{
    char since[TIME_TEXT];
    for (size_t i = 0; i < ledger->n; i++) {
        if (!concerns(&ledger->entry[i], what))
            continue;
        time_print(ledger->entry[i].revoked_ms, since);
        return cause_set(
            why, "%s: nothing is left to revoke; the first went on %.10s", what, since);
    }
    return cause_set(why,
        "there is no certificate of the id or with the serial '%s'; "
        "`dabyl ca list` shows what there is",
        what);
}

// Officers are ids of their own, and may be forgotten when their node goes.
static void remind_of_officers(const ledger_t *ledger, const char *what, int64_t now_ms)
{
    for (size_t i = 0; i < ledger->n; i++) {
        const issued_t *entry = &ledger->entry[i];
        if (holder_is_officer(&entry->holder) && strcmp(entry->holder.node, what) == 0 &&
            issued_standing(entry, now_ms) == IN_FORCE)
            (void)fprintf(stderr,
                say("note: %s, an officer of %s, is still certified (%s)\n"),
                entry->holder.name, what, entry->serial);
    }
}

static void tell(
    const issued_t *const *marked, size_t n, uint64_t number, int64_t now_ms, bool json)
{
    for (size_t i = 0; json && i < n; i++)
        ca_print_line(ca_entry_json(marked[i], now_ms));
    if (json)
        return;
    if (n)
        ca_print_entries(marked, n, now_ms);
    printf(say("\ncrl.pem has number %llu now; it counts when the hub has it\n"),
        (unsigned long long)number);
}

static int revoke(const options_t *o, const char *what, bool json, cause_t *why)
{
    int64_t now_ms = ca_now_ms();
    ca_t *ca = ca_ready(ca_folder(o->ca), o->passphrase_file, now_ms, why);
    if (!ca)
        return -1;
    ledger_t *ledger = ca_ledger(ca);
    const issued_t **marked = memory_new(ledger->n + 1, sizeof(issued_t *));
    size_t n = mark(ledger, what, o->reason, now_ms, marked);
    // Marked before, by a command that was cut short: then its CRL is still to come.
    bool owed = n == 0 && is_known(ledger, what) && ca_crl_behind(ca);
    int result = n || owed ? ca_give_crl(ca, o->out, o->days, now_ms, why)
                           : nothing_marked(ledger, what, why);
    if (result == 0) {
        tell(marked, n, ledger->crl_number, now_ms, json);
        remind_of_officers(ledger, what, now_ms);
    }
    free(marked);
    ca_close(&ca);
    return result;
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    if (call->operands != 1)
        return call_usage(call, "one id or serial is needed");
    if (!revocation_reason_known(o->reason))
        return call_usage(call, "there is no reason '%s'; --help lists them", o->reason);
    if (o->days < 1 || o->days > 36500)
        return call_usage(call, "--days takes 1 to 36500");
    return revoke(o, call->operand[0], call->common.json, &why) == 0
               ? DONE_OK
               : call_fail(call, DONE_NO, "%s", why.text);
}

const command_t ca_command_revoke = {
    .name = "revoke",
    .operands = "ID|SERIAL",
    .summary = "on the CA: revoke one certificate, or all of an id",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes =
        "Reasons: unspecified, key-compromise, affiliation-changed, superseded,\n"
        "cessation-of-operation.  There is no way back.  A new crl.pem is written at\n"
        "once; copy it to the hub.\n",
};
