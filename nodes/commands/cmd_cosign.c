// dabyl cosign - an officer adds a signature to a message that waits in the node.
//
// The officer's key stays with the officer: it is read, used once and wiped.  Then the
// message goes into the outbox again; the hub judges whether there are enough.

#include "lib/base/times.h"
#include "lib/pki/keyfile.h"
#include "nodes/cli/catalogue.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/config/node_authority.h"
#include "nodes/inbox/mail.h"
#include "nodes/outbox/cosigning.h"
#include "nodes/tools/dispatch.h"
#include "nodes/tools/outcome.h"

#include <string.h>

typedef struct {
    const char *key, *cert;
    int64_t timeout_s;
    bool no_wait;
} options_t;

static const option_t options[] = {
    {"key", OPTION_TEXT, offsetof(options_t, key), "FILE", NULL,
        "the officer's private key"},
    {"cert", OPTION_TEXT, offsetof(options_t, cert), "FILE", NULL,
        "the officer's certificate"},
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
    fputs("SIGNED    ", stdout);
    screen_text(stdout, submit->id);
    printf("\n  %s\n  ", say("it waits for further officers"));
    screen_text(stdout, mail_text(submit->reason, "text"));
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

static done_t run(const call_t *call)
{
    const options_t *o = call->options;
    cause_t why;
    buf_t document = {0};
    if (call->operands != 1 || !o->key || !o->cert)
        return call_usage(call, "needs the id of a message, --key and --cert");
    const char *id = call->operand[0];
    const char *node = call_node(call, &why);
    if (!node)
        return call_fail(call, DONE_USAGE, "%s", why.text);
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

const command_t cmd_cosign = {
    .name = "cosign",
    .operands = "ID",
    .summary = "add an officer's signature to a message that waits for it",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes = "Messages that wait are in the node's waiting/: read waiting/ID.json "
             "before.\n"
             "Each officer of the node signs once; the hub takes the message when there\n"
             "are as many as its rules demand.\n",
};
