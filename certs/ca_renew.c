// dabyl ca renew - further certificates for an id that has some, for the same keys or new
// ones; or for everybody whose certificates end soon.
//
// The old ones stay valid until they end: a node changes over when it likes, without a
// gap.

#include "certs/admit.h"
#include "certs/renewal.h"
#include "lib/base/catalogue.h"
#include "lib/base/memory.h"

#include <stdlib.h>
#include <string.h>

#define ALL "renew --all"
#define ALL_ANSWER "renewed.answers"

typedef struct {
    issuing_t issuing;
    bool all, dry;
    int64_t within;
} options_t;

static const option_t options[] = {
    {"all", OPTION_FLAG, offsetof(options_t, all), NULL, NULL,
        "everybody whose certificates end soon, instead of one id"},
    {"within", OPTION_NUMBER, offsetof(options_t, within), "DAYS", RENEW_DAYS,
        "with --all: what ends within so many days (operational default)"},
    {"dry-run", OPTION_FLAG, offsetof(options_t, dry), NULL, NULL,
        "with --all: show what would be renewed, and do nothing"},
    ISSUING_OPTIONS("of a request with new keys, as read out on the telephone"),
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

// The same holder and keys as before.
static int same_keys(
    ca_t *ca, const char *name, issued_t entries[2], size_t *n, cause_t *why)
{
    *n = renewal_entries(ca, name, entries, why);
    return *n > 0 ? 0 : -1;
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
    char owed[NODE_ID_MAX + 8];
    const char *name = call->operand[0];
    issuing_t issuing = o->issuing;
    int result = -1;
    (void)snprintf(owed, sizeof owed, "renew %.*s", NODE_ID_MAX - 1, name);
    issuing.owed = owed;
    ca_t *ca = ca_begin(ca_folder(o->issuing.ca), CA_CHANGE, why);
    if (ca)
        result = call->operands > 1
                     ? new_keys(ca, name, call->operand[1], o, entries, &n, why)
                     : same_keys(ca, name, entries, &n, why);
    if (result == 0)
        result = issuing_go(&issuing, ca, entries, n, call->common.json, why);
    ca_close(&ca);
    return result;
}

// --------------------------------------------------------------------------------
// All of them.

static bool is_shown(const renewed_t *one, bool dry)
{
    return one->state == RENEWAL_DUE || (!dry && one->state == RENEWAL_DONE);
}

static void tell_json(const renewal_t *self, const options_t *o)
{
    for (size_t i = 0; i < self->n; i++) {
        const renewed_t *one = &self->item[i];
        if (one->state == RENEWAL_LEFT || one->state == RENEWAL_FAILED)
            ca_print_line(json_pack("{s:s,s:s,s:s}", "id", one->name,
                one->state == RENEWAL_LEFT ? "left" : "failed", one->why.text, "state",
                one->state == RENEWAL_LEFT ? "left" : "failed"));
        for (size_t k = 0; is_shown(one, o->dry) && k < one->n; k++)
            ca_print_line(ca_entry_json(&one->entries[k], ca_now_ms()));
    }
}

static void tell_words(const renewal_t *self, const options_t *o)
{
    const issued_t **list = memory_new(2 * self->n + 1, sizeof *list);
    size_t n = 0;
    for (size_t i = 0; i < self->n; i++)
        for (size_t k = 0; is_shown(&self->item[i], o->dry) && k < self->item[i].n; k++)
            list[n++] = &self->item[i].entries[k];
    if (n)
        ca_print_entries(list, n, ca_now_ms());
    else
        puts(o->dry ? say("Nothing would be renewed.")
                    : say("Nothing was to be renewed."));
    free(list);
}

// How many failed.
static size_t tell_left(const renewal_t *self)
{
    size_t failed = 0;
    for (size_t i = 0; i < self->n; i++) {
        const renewed_t *one = &self->item[i];
        failed += one->state == RENEWAL_FAILED;
        if (one->state == RENEWAL_LEFT)
            (void)fprintf(
                stderr, say("note: %s is left out: %s\n"), one->name, one->why.text);
        else if (one->state == RENEWAL_FAILED)
            (void)fprintf(stderr, say("FAILED %s: %s\n"), one->name, one->why.text);
    }
    return failed;
}

static size_t tell(const renewal_t *self, const options_t *o, bool json)
{
    if (json)
        tell_json(self, o);
    else
        tell_words(self, o);
    return tell_left(self);
}

static size_t count(const renewal_t *self)
{
    size_t n = 0;
    for (size_t i = 0; i < self->n; i++)
        n += self->item[i].state == RENEWAL_DUE || self->item[i].state == RENEWAL_DONE;
    return n;
}

static void tell_answers(const issuing_t *issuing)
{
    if (issuing->answer)
        printf(say("\nwrote %s: `dabyl hub renew --all` takes it at the hub\n"),
            issuing->answer);
    if (issuing->out)
        printf(say("\nwrote a folder for each below %s: what is in it belongs into "
                   "certs/ of its holder\n"),
            issuing->out);
}

static int issue_all(
    renewal_t *all, const issuing_t *issuing, ca_t *ca, const call_t *call, cause_t *why)
{
    const options_t *o = call->options;
    if (count(all) > 0 &&
        (ca_unlock(ca, issuing->passphrase_file, ca_now_ms(), why) != 0 ||
            ca_owe(ca, ALL, ca_now_ms(), why) != 0 ||
            renewal_issue(all, issuing, ca, why) != 0 ||
            renewal_give(all, issuing, ca, why) != 0))
        return -1;
    const size_t failed = tell(all, o, call->common.json);
    if (ca_paid(ca, ALL, why) != 0)
        return -1;
    if (count(all) > 0 && !call->common.json)
        tell_answers(issuing);
    return failed == 0 ? 0 : cause_set(why, say("%zu could not be renewed"), failed);
}

static int renew_all(const call_t *call, cause_t *why)
{
    renewal_t all;
    const options_t *o = call->options;
    issuing_t issuing = o->issuing;
    if (!issuing.answer && !issuing.out)
        issuing.answer = ALL_ANSWER;
    ca_t *ca = ca_begin(ca_folder(issuing.ca), o->dry ? CA_READ : CA_CHANGE, why);
    if (!ca)
        return -1;
    renewal_find(&all, ca, ca_days_ms(o->within), ca_now_ms());
    int result = 0;
    if (o->dry)
        (void)tell(&all, o, call->common.json);
    else
        result = issue_all(&all, &issuing, ca, call, why);
    renewal_free(&all);
    ca_close(&ca);
    return result;
}

static const char *check_all(const call_t *call)
{
    const options_t *o = call->options;
    if (call->operands)
        return say("--all stands instead of an id");
    if (o->issuing.fingerprint || o->issuing.yes)
        return say("a fingerprint is that of a request, and none is named");
    if (o->within < 1 || o->within > 36500)
        return say("--within takes 1 to 36500");
    return o->issuing.days <= o->within
               ? say("--days has to be more than --within, or all would be due again "
                     "at once")
               : NULL;
}

static done_t run_all(const call_t *call)
{
    cause_t why;
    const char *fault = check_all(call);
    if (fault)
        return call_usage(call, "%s", fault);
    return renew_all(call, &why) == 0 ? DONE_OK
                                      : call_fail(call, DONE_NO, "%s", why.text);
}

static done_t run(const call_t *call)
{
    cause_t why;
    const options_t *o = call->options;
    if (o->all)
        return run_all(call);
    if (o->dry)
        return call_usage(call, "--dry-run goes with --all");
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
    .summary = "on the CA: further certificates for a node or officer, or for all",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes =
        "Without a request the keys stay the same.  For new keys the node makes a "
        "request\n"
        "with `dabyl ca request --keys NEW_FOLDER`; it is shown and confirmed as in "
        "sign.\n"
        "With --all the answers are written one behind the other to one file, which\n"
        "`dabyl hub renew --all` takes (renewed.answers), with --out into a folder "
        "for each.\n",
};
