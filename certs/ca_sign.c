// dabyl ca sign - issue a newcomer's certificates after the fingerprint was compared.

#include "certs/admit.h"
#include "certs/issuing.h"
#include "certs/signing.h"
#include "lib/base/catalogue.h"

#include <string.h>

typedef struct {
    issuing_t issuing;
    const char *officer_of, *office;
} options_t;

static const option_t options[] = {
    ISSUING_OPTIONS("as read out on the telephone; must fit the request"),
    {"officer-of", OPTION_TEXT, offsetof(options_t, officer_of), "NODE", NULL,
        "refuse unless the request is by an officer of this node"},
    {"office", OPTION_TEXT, offsetof(options_t, office), "OFFICE", NULL,
        "refuse unless the request is for this office"},
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

static int check_office(const holder_t *holder, const char *office, cause_t *why)
{
    if (!office || strcmp(holder->office, office) == 0)
        return 0;
    return holder->office[0]
               ? cause_set(why, "the request of %s is for the office %s, not for %s",
                     holder->name, holder->office, office)
               : cause_set(why, "the request of %s is for no office", holder->name);
}

// The same request again gets what was issued for it: whoever was cut short says it
// again.
static int issue(
    const options_t *o, ca_t *ca, const enrol_t *request, bool json, cause_t *why)
{
    cert_t certs[2];
    issued_t entries[2];
    char owed[NODE_ID_MAX + 24];
    issuing_t issuing = o->issuing;
    (void)snprintf(owed, sizeof owed, "sign REQUEST (%s)", request->holder.name);
    issuing.owed = owed;
    int found = signing_find(&issuing, ca, request, 0, entries, certs, why);
    if (found < 0)
        return -1;
    if (found == 0)
        return issuing_go(
            &issuing, ca, entries, issuing_entries(request, entries), json, why);
    (void)fputs(say("note: issued before for these keys; here it is again\n"), stderr);
    return issuing_give(&issuing, ca, entries, certs, (size_t)found, json, why);
}

static int admit(ca_t *ca, const enrol_t *request, cause_t *why)
{
    return signing_knows(ca, request)
               ? 0
               : admit_new(ca_ledger(ca), request, ca_now_ms(), why);
}

static int sign(const options_t *o, const char *path, bool json, cause_t *why)
{
    enrol_t request;
    if (enrol_read(&request, path, why) != 0)
        return -1;
    int result = -1;
    ca_t *ca = ca_begin(ca_folder(o->issuing.ca), CA_CHANGE, why);
    if (ca && check_officer(&request.holder, o->officer_of, why) == 0 &&
        check_office(&request.holder, o->office, why) == 0 &&
        admit(ca, &request, why) == 0 &&
        issuing_consent(&o->issuing, &request, path, why) == 0)
        result = issue(o, ca, &request, json, why);
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
