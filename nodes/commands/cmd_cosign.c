// dabyl cosign - an officer adds a signature to a message that waits in the node.
//
// The officer's key stays with the officer: it is read, used once and wiped.  Then the
// message goes into the outbox again; the hub judges whether there are enough.  Without
// a message it lists those that wait, and one that is not to be sent is discarded.

#include "lib/base/catalogue.h"
#include "lib/base/times.h"
#include "lib/pki/keyfile.h"
#include "nodes/backup/chosen.h"
#include "nodes/cli/retell.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/config/node_authority.h"
#include "nodes/inbox/sealers.h"
#include "nodes/outbox/cosigning.h"
#include "nodes/tools/dispatch.h"
#include "nodes/tools/outcome.h"

#include <string.h>
#include <unistd.h>

typedef struct {
    const char *key, *cert;
    int64_t timeout_s;
    bool no_wait, discard;
} options_t;

static const option_t options[] = {
    {"key", OPTION_TEXT, offsetof(options_t, key), "FILE", NULL,
        "the officer's private key"},
    {"cert", OPTION_TEXT, offsetof(options_t, cert), "FILE", NULL,
        "the officer's certificate"},
    {"discard", OPTION_FLAG, offsetof(options_t, discard), NULL, NULL,
        "it is not to be sent: take it and its signatures away"},
    {"no-wait", OPTION_FLAG, offsetof(options_t, no_wait), NULL, NULL,
        "do not wait for the hub's answer"},
    {"timeout", OPTION_NUMBER, offsetof(options_t, timeout_s), "SECONDS", "60",
        "how long to wait"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static int sign(const char *node, const char *id, const options_t *o, cause_t *why)
{
    cert_t cert = {0};
    seal_key_t key = {0};
    if (cert_read(&cert, o->cert, why) != 0)
        return -1;
    authority_t *ca = node_authority(node, why);
    const cosigner_t who = {&cert, ca, clock_now().wall_ms};
    int result = ca ? keyfile_read_ed25519(o->key, &key, why) : -1;
    if (result == 0)
        result = cosigning_sign(node, id, &who, &key, why);
    explicit_bzero(&key, sizeof key);
    authority_close(&ca);
    cert_close(&cert);
    return result;
}

// The signature was added, but the hub wants more officers: success for this one.
static done_t print_more(const call_t *call, const submit_t *submit)
{
    if (call->common.json)
        return outcome_print("-", submit, true, stdout) == DONE_NO ? DONE_OK : DONE_NO;
    fputs(say("SIGNED    "), stdout);
    screen_text(stdout, submit->id);
    printf("\n  %s\n  ", say("it waits for further officers"));
    retell(stdout, mail_text(submit->reason, "text"));
    putchar('\n');
    return DONE_OK;
}

static done_t print(const call_t *call, const submit_t *submit)
{
    if (submit->state == SUBMIT_REFUSED &&
        cosigning_may_help(mail_text(submit->reason, "code")))
        return print_more(call, submit);
    return outcome_print("-", submit, call->common.json, stdout);
}

static void print_waiting(
    const call_t *call, const mail_t *mail, const cosigning_t *waits, json_t *sealers)
{
    if (call->common.json) {
        json_t *object = mail_json(mail);
        json_object_set_new(object, "by", json_string(waits->by));
        json_object_set(object, "sealers", sealers);
        screen_json(stdout, object);
        json_decref(object);
        return;
    }
    mail_print(mail, call_lang(call), stdout);
    if (waits->by[0]) {
        printf("    %s ", say("held for sealing by"));
        screen_text(stdout, waits->by);
        putchar('\n');
    }
    sealers_print(sealers, 4, stdout);
}

static int list_one(const call_t *call, const char *node, const char *id, cause_t *why)
{
    char folder[PATH_MAX], name[NAME_MAX + 1];
    mail_t mail = {0};
    cosigning_t waits = {0};
    (void)snprintf(name, sizeof name, "%.40s.json", id);
    int result = path_join(folder, sizeof folder, node, "waiting", why);
    if (result == 0)
        result = mail_open(&mail, folder, name, why);
    if (result == 0)
        result = cosigning_open(&waits, node, id, why);
    if (result == 0) {
        json_t *sealers = sealers_of(node, &waits.seal.head, clock_now().wall_ms);
        print_waiting(call, &mail, &waits, sealers);
        json_decref(sealers);
    }
    cosigning_close(&waits);
    mail_close(&mail);
    return result;
}

static done_t list(const call_t *call, const char *node)
{
    names_t names;
    cause_t why;
    done_t done = DONE_OK;
    if (cosigning_names(&names, node, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    for (size_t i = 0; i < names.n; i++)
        if (list_one(call, node, names.name[i], &why) != 0)
            done = call_fail(call, DONE_NO, "%s", why.text);
    if (names.n == 0 && !call->common.json)
        puts(say("nothing"));
    names_free(&names);
    return done;
}

static done_t discard(const call_t *call, const char *node, const char *id)
{
    buf_t document = {0};
    cause_t why;
    int result = cosigning_document(node, id, &document, &why);
    int alone = result == 0 ? cosigning_alone(node, &why) : -1;
    buf_destroy(&document);
    if (result == 0 && alone < 0)
        result = -1;
    else if (result == 0 && submit_going(node, id))
        result = cause_set(&why, "%s is on its way to the hub already", id);
    if (result == 0)
        cosigning_done(node, id);
    if (alone >= 0)
        (void)close(alone);
    if (result != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (call->common.json)
        printf("{\"id\":\"%s\",\"outcome\":\"discarded\"}\n", id);
    else
        printf("%s  %s\n", id, say("discarded, and not sent"));
    return DONE_OK;
}

static done_t sign_and_send(const call_t *call, const char *node, const char *id)
{
    const options_t *o = call->options;
    cause_t why;
    buf_t document = {0};
    if (cosigning_document(node, id, &document, &why) != 0 ||
        sign(node, id, o, &why) != 0) {
        buf_destroy(&document);
        return call_fail(call, DONE_NO, "%s", why.text);
    }
    dispatch_t how = {o->timeout_s, o->no_wait, print};
    done_t done = dispatch(call, node, buf_span(&document), &how);
    buf_destroy(&document);
    return done;
}

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    bool signs = o->key && o->cert, lists = !o->key && !o->cert && !o->discard;
    if (call->operands > 1 || (call->operands == 0 ? !lists : signs == o->discard))
        return call_usage(
            call, "needs the id of a message, and --key and --cert, or --discard");
    const char *node = call_node(call, &why);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (call->operands == 0)
        return list(call, node);
    char id[MESSAGE_ID_MAX];
    const char *wanted = chosen(call, node, MAIL_WAITING, call->operand[0], id);
    if (!wanted)
        return DONE_USAGE;
    return o->discard ? discard(call, node, wanted) : sign_and_send(call, node, wanted);
}

const command_t cmd_cosign = {
    .name = "cosign",
    .operands = "[ID]",
    .summary = "add an officer's signature to a message that waits for it",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes = "Without an id it lists what waits, which is in the node's waiting/: read\n"
             "waiting/ID.json before.\n"
             "Each officer of the node signs once; the hub takes the message when there\n"
             "are as many as its rules demand.\n",
};
