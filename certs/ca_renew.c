// dabyl ca renew - further certificates for an id that has some, for the same keys or new
// ones.
//
// The old ones stay valid until they end: a node changes over when it likes, without a
// gap.

#include "certs/admit.h"
#include "certs/issuing.h"
#include "nodes/cli/catalogue.h"

#include <string.h>

typedef struct {
    issuing_t issuing;
} options_t;

static const option_t options[] = {
    ISSUING_OPTIONS("of a request with new keys, as read out on the telephone"),
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

// Of the newest certificates that were not revoked.
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

// Who is certified by the CA that this one follows, and not yet by this one.
static size_t newest_beside(ca_t *ca, const char *name, issued_t entries[2], cause_t *why)
{
    cause_t ignored;
    ca_t *old = ca_open_beside(ca, &ignored);
    size_t n = old ? newest_of(ca_ledger(old), name, entries) : 0;
    for (size_t i = 0; i < n; i++)
        if (admit_key(ca_ledger(old), name, entries[i].key, why) != 0)
            n = 0;
    ca_close(&old);
    return n;
}

// The same holder and keys as before.
static int same_keys(
    ca_t *ca, const char *name, issued_t entries[2], size_t *n, cause_t *why)
{
    (void)cause_set(why,
        "%s has no certificates that could be renewed (`dabyl ca list` shows them); "
        "enrol it with a new request and `dabyl ca sign`",
        name);
    *n = newest_of(ca_ledger(ca), name, entries);
    if (*n == 0)
        *n = newest_beside(ca, name, entries, why);
    if (*n == 0)
        return -1;
    for (size_t i = 0; i < *n; i++)
        if (admit_key(ca_ledger(ca), name, entries[i].key, why) != 0)
            return -1;
    return 0;
}

static int new_keys(ca_t *ca, const char *name, const char *path, const options_t *o,
    issued_t entries[2], size_t *n, cause_t *why)
{
    enrol_t request;
    if (enrol_read(&request, path, why) != 0)
        return -1;
    int result = 0;
    if (strcmp(request.holder.name, name) != 0)
        result = cause_set(why, "%s: this request is by %s", path, request.holder.name);
    else if (admit_again(ca_ledger(ca), &request, why) != 0 ||
             issuing_consent(&o->issuing, &request, path, why) != 0)
        result = -1;
    else
        *n = issuing_entries(&request, entries);
    enrol_close(&request);
    return result;
}

static int renew(const options_t *o, const call_t *call, cause_t *why)
{
    issued_t entries[2];
    size_t n = 0;
    const char *name = call->operand[0];
    int result = -1;
    ca_t *ca = ca_open(ca_folder(o->issuing.ca), CA_CHANGE, why);
    if (ca)
        result = call->operands > 1
                     ? new_keys(ca, name, call->operand[1], o, entries, &n, why)
                     : same_keys(ca, name, entries, &n, why);
    if (result == 0)
        result = issuing_go(&o->issuing, ca, entries, n, call->common.json, why);
    ca_close(&ca);
    return result;
}

static done_t run(const call_t *call)
{
    cause_t why;
    const options_t *o = call->options;
    if (call->operands < 1 || call->operands > 2)
        return call_usage(call, "an id is needed, and a request if the keys are new");
    if (call->operands == 1 && (o->issuing.fingerprint || o->issuing.yes))
        return call_usage(call, "a fingerprint is that of a request, and none is named");
    if (renew(o, call, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (!call->common.json)
        puts(say("The earlier certificates stay valid until they end or are revoked."));
    return DONE_OK;
}

const command_t ca_command_renew = {
    .name = "renew",
    .operands = "ID [REQUEST]",
    .summary = "on the CA: further certificates for a node or officer",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes = "Without a request the keys stay the same.  For new keys the node makes a "
             "request\n"
             "with `dabyl ca request --keys NEW_FOLDER`; it is shown and confirmed as in "
             "sign.\n",
};
