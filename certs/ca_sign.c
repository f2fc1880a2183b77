// dabyl ca sign - issue a newcomer's certificates after the fingerprint was compared.

#include "certs/admit.h"
#include "certs/ca_command.h"

#include <string.h>

typedef struct {
    const char *ca, *fingerprint, *officer_of, *from, *out, *passphrase_file;
    bool yes;
    int64_t days;
} options_t;

static const option_t options[] = {
    {"ca", OPTION_TEXT, offsetof(options_t, ca), "DIR", NULL, CA_FOLDER_HELP},
    {"fingerprint", OPTION_TEXT, offsetof(options_t, fingerprint), "DIGITS", NULL,
        "as read out on the telephone; must fit the request"},
    {"yes", OPTION_FLAG, offsetof(options_t, yes), NULL, NULL,
        "do not ask: the fingerprint was compared"},
    {"officer-of", OPTION_TEXT, offsetof(options_t, officer_of), "NODE", NULL,
        "refuse unless the request is by an officer of this node"},
    {"days", OPTION_NUMBER, offsetof(options_t, days), "N", CERTIFICATE_DAYS,
        "lifetime (operational default)"},
    {"from", OPTION_TEXT, offsetof(options_t, from), "TIME", NULL,
        "when it begins (RFC 3339), else now"},
    {"out", OPTION_TEXT, offsetof(options_t, out), "DIR", NULL,
        "where to write the certificates (else ID-certs)"},
    {"passphrase-file", OPTION_TEXT, offsetof(options_t, passphrase_file), "FILE", NULL,
        PASSPHRASE_HELP},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static int check_officer(const holder_t *holder, const char *officer_of, cause_t *why)
{
    if (!officer_of ||
        (holder_is_officer(holder) && strcmp(holder->node, officer_of) == 0))
        return 0;
    return cause_set(
        why, "the request of %s is not by an officer of %s", holder->name, officer_of);
}

static int issue(
    ca_t *ca, const enrol_t *request, const options_t *o, bool json, cause_t *why)
{
    issued_t entries[2];
    size_t n = request_entries(request, entries);
    if (ca_period_of(entries, n, o->from, o->days, why) != 0)
        return -1;
    return ca_hand_out(ca, entries, n, o->out, json, why);
}

static int sign(const options_t *o, const char *path, bool json, cause_t *why)
{
    enrol_t request;
    consent_t consent = {o->fingerprint, o->yes};
    int64_t now_ms = ca_now_ms();
    if (enrol_read(&request, path, why) != 0)
        return -1;
    int result = -1;
    // The key is unlocked last, when nothing but the signature is missing.
    ca_t *ca = ca_open(ca_folder(o->ca), CA_CHANGE, why);
    if (ca && check_officer(&request.holder, o->officer_of, why) == 0 &&
        admit_new(ca_ledger(ca), &request, now_ms, why) == 0 &&
        ca_consent(&request, path, &consent, why) == 0 &&
        ca_unlock(ca, o->passphrase_file, now_ms, why) == 0)
        result = issue(ca, &request, o, json, why);
    ca_close(&ca);
    enrol_close(&request);
    return result;
}

static done_t run(const call_t *call)
{
    cause_t why;
    if (call->operands != 1)
        return call_usage(call, "one request is needed");
    return sign(call->options, call->operand[0], call->common.json, &why) == 0
               ? DONE_OK
               : call_fail(call, DONE_NO, "%s", why.text);
}

const command_t ca_command_sign = {
    .name = "sign",
    .operands = "REQUEST",
    .summary = "on the CA: issue a newcomer's certificates",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes =
        "Shows who asks for which role and the fingerprint, and asks whether it was\n"
        "compared.  Writes seal.pem, channel.pem (not for officers), ca.pem, crl.pem.\n",
};
