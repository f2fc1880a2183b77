// dabyl ca succeed - a new CA beside this one, and later without it.
//
// The new CA has a key and a folder of its own; the old one vouches for it by a
// certificate.  Each then gives out the certificates and CRLs of both, so that whoever
// has these believes what either has issued.  When everybody is certified by the new one,
// --end lets the old one go.

#include "certs/ca_command.h"
#include "certs/folder/passphrase.h"
#include "lib/base/catalogue.h"
#include "lib/base/moment.h"

#include <limits.h>
#include <string.h>

typedef struct {
    const char *ca, *name, *passphrase_file, *new_file;
    bool none, end, yes;
    int64_t days, crl_days;
} options_t;

static const option_t options[] = {
    {"ca", OPTION_TEXT, offsetof(options_t, ca), "DIR", NULL,
        "the old CA's folder; with --end the new one's (else DABYL_CA, else here)"},
    {"name", OPTION_TEXT, offsetof(options_t, name), "TEXT", NULL,
        "the new CA's name (else that of the old one and a number)"},
    {"days", OPTION_NUMBER, offsetof(options_t, days), "N", CA_DAYS,
        "lifetime of the new CA (operational default)"},
    {"crl-days", OPTION_NUMBER, offsetof(options_t, crl_days), "N", CRL_DAYS,
        "when its next CRL is due (operational default)"},
    {"passphrase-file", OPTION_TEXT, offsetof(options_t, passphrase_file), "FILE", NULL,
        "private file whose first line is the old CA's passphrase"},
    {"new-passphrase-file", OPTION_TEXT, offsetof(options_t, new_file), "FILE", NULL,
        "private file whose first line is to be the new CA's"},
    {"no-passphrase", OPTION_FLAG, offsetof(options_t, none), NULL, NULL,
        "leave the new key unencrypted: whoever reads the file is the CA"},
    {"end", OPTION_FLAG, offsetof(options_t, end), NULL, NULL,
        "let the old CA go: give out the new one alone"},
    {"yes", OPTION_FLAG, offsetof(options_t, yes), NULL, NULL,
        "with --end: also those who have no certificate of the new one"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static void choose_name(const options_t *o, const ca_t *old, char out[65])
{
    char own[65];
    ca_name(old, own, sizeof own);
    (void)snprintf(out, 65, "%.62s 2", own);
    if (o->name)
        (void)snprintf(out, 65, "%s", o->name);
}

static int create(const options_t *o, const ca_t *old, const char *folder, cause_t *why)
{
    char name[65];
    buf_t passphrase = {0};
    choose_name(o, old, name);
    ca_wish_t wish = {.name = name, .now_ms = ca_now_ms()};
    wish.next_crl_ms = moment_after(wish.now_ms, ca_days_ms(o->crl_days));
    int result =
        ca_period(NULL, o->days, wish.now_ms, &wish.from_ms, &wish.until_ms, why);
    if (result == 0 && !o->none)
        result = passphrase_choose(o->new_file, &passphrase, why);
    if (result == 0)
        result = ca_create(folder, &wish, buf_span(&passphrase), why);
    passphrase_wipe(&passphrase);
    return result;
}

// What an interruption has left of the same command: a CA of its own, not yet joined.
static ca_t *open_left(const char *folder, ca_t *old)
{
    cause_t ignored;
    ca_t *fresh = ca_open(folder, CA_CHANGE, &ignored);
    if (fresh && !ca_may_join(old, fresh))
        ca_close(&fresh);
    return fresh;
}

// What fails before the two are joined is told, and leaves nothing that is owed.
static int join(const options_t *o, ca_t *old, const char *folder, cause_t *why)
{
    char owed[PATH_MAX + 16];
    cause_t ignored;
    (void)snprintf(owed, sizeof owed, "succeed %s", folder);
    if (ca_owe(old, owed, ca_now_ms(), why) != 0)
        return -1;
    ca_t *fresh = open_left(folder, old);
    if (!fresh && create(o, old, folder, why) == 0)
        fresh = ca_open(folder, CA_CHANGE, why);
    if (!fresh) {
        (void)ca_paid(old, owed, &ignored);
        return -1;
    }
    int result = ca_join(old, fresh, ca_now_ms(), why);
    ca_close(&fresh);
    return result == 0 ? ca_paid(old, owed, why) : -1;
}

static int begin(const options_t *o, const char *folder, cause_t *why)
{
    ca_t *old = ca_ready(ca_folder(o->ca), o->passphrase_file, ca_now_ms(), why);
    int result = old ? join(o, old, folder, why) : -1;
    ca_close(&old);
    return result;
}

// Who is certified by the old CA, now, and not by the new one.
static int check_left(ca_t *ca, ca_t *old, cause_t *why)
{
    const ledger_t *ledger = ca_ledger(old);
    int64_t now_ms = ca_now_ms();
    for (size_t i = 0; i < ledger->n; i++) {
        const issued_t *entry = &ledger->entry[i];
        if (issued_standing(entry, now_ms) == IN_FORCE && entry->use != CERT_BROWSER &&
            !ledger_newest(ca_ledger(ca), entry->holder.name, entry->use))
            return cause_set(why,
                "%s has no certificate (%s) of the new CA yet: `dabyl ca renew %s --ca` "
                "and the new folder; or --yes, if it need not have one",
                entry->holder.name, cert_use_name(entry->use), entry->holder.name);
    }
    return 0;
}

#define END "succeed --end"

static int end(const options_t *o, cause_t *why)
{
    ca_t *ca = ca_begin(ca_folder(o->ca), CA_CHANGE, why);
    ca_t *old = ca ? ca_open_beside(ca, why) : NULL;
    int result = -1;
    if (old && (o->yes || check_left(ca, old, why) == 0) &&
        ca_owe(ca, END, ca_now_ms(), why) == 0 && ca_part(ca, why) == 0)
        result = ca_paid(ca, END, why);
    ca_close(&old);
    ca_close(&ca);
    return result;
}

static done_t tell(const call_t *call, const char *folder)
{
    const options_t *o = call->options;
    if (call->common.json)
        ca_print_line(json_pack("{s:s,s:b}", "ca", folder, "beside", !o->end));
    else if (o->end)
        puts(say(
            "The new CA is given out alone from now on.  Write ca.pem and crl.pem with "
            "`dabyl ca crl --out`, give them to the hub and to every node, reload."));
    else
        printf(
            say("made the CA in %s; the old one vouches for it, and both give out ca.pem "
                "and crl.pem of both.\nNow `dabyl ca crl --out` for the hub and every "
                "node; then `dabyl ca renew ID --ca %s` for each;\nat last `dabyl ca "
                "succeed --end --ca %s`.\n"),
            folder, folder, folder);
    return DONE_OK;
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    if (call->operands != (o->end ? 0 : 1))
        return call_usage(call, "the new CA's folder is needed, and none with --end");
    if (o->name && (*o->name == 0 || strlen(o->name) > 64))
        return call_usage(call, "--name takes 1 to 64 bytes");
    if (o->crl_days < 1 || o->crl_days > 36500)
        return call_usage(call, "--crl-days takes 1 to 36500");
    const char *folder = o->end ? ca_folder(o->ca) : call->operand[0];
    if ((o->end ? end(o, &why) : begin(o, folder, &why)) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    return tell(call, folder);
}

const command_t ca_command_succeed = {
    .name = "succeed",
    .operands = "NEW_DIR",
    .summary = "on the CA: a new CA beside this one, for a change-over without a stop",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes = "Where the old CA's key was stolen there is no overlap: make a new CA with "
             "`dabyl\n"
             "ca init` and enrol everybody anew (hub/OPERATIONS.md).\n",
};
