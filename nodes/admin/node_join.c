// dabyl node join - enrol this node with a hub, without copying a file by hand.
//
// Asking is waiting: the same request is handed in until the hub says what became of it.
// Nothing is kept here but keys and request, so that whoever is interrupted says it
// again.

#include "nodes/admin/node_join.h"

#include "lib/base/moment.h"
#include "lib/base/times.h"
#include "lib/enrol/join.h"
#include "nodes/cli/catalogue.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/net/join_ask.h"
#include "nodes/upkeep/joining.h"

#include <string.h>
#include <time.h>

enum { ASK_MS = 2000 };

typedef struct {
    const call_t *call;
    const node_join_t *wish;
    joining_t joining;
    enrol_t request;
    char digits[FINGERPRINT_TEXT]; // shown; "": none yet
    bool silent_said;              // that the hub does not answer
    json_t *answer;
} join_state;

static void say_digits(const join_state *self, const json_t *answer)
{
    const holder_t *who = &self->request.holder;
    if (self->call->common.json) {
        screen_json(stdout, json_pack("{s:s,s:s,s:s}", "node", who->name, "state",
                                join_text(answer, "state"), "digits", self->digits));
        (void)fflush(stdout);
        return;
    }
    printf(
        say("%s asks to join as %s of %s\n"
            "  log     %.*s\n"
            "  digits  %s\n"
            "Call the hub's operator, who sees them with `dabyl hub joins`.  All forty "
            "digits have to be\nthe same on both sides; where one differs it is not "
            "that hub, or not your request.\n"),
        who->name, who->role, who->organisation,
        (int)strcspn(join_text(answer, "vkey"), "+"), join_text(answer, "vkey"),
        self->digits);
    (void)fflush(stdout);
}

// The digits, once; and that they stay what they were.
static int look_at_digits(join_state *self, const json_t *answer, cause_t *why)
{
    char digits[FINGERPRINT_TEXT];
    join_digits_of(buf_span(&self->request.der), answer, digits);
    if (self->digits[0])
        return strcmp(digits, self->digits) == 0
                   ? 0
                   : cause_set(why,
                         say("now the digits are %s: another hub answers, or "
                             "its CA was changed; say it again, and compare "
                             "anew"),
                         digits);
    memcpy(self->digits, digits, sizeof digits);
    say_digits(self, answer);
    return digits_fit(&self->wish->digits, digits, why);
}

typedef enum { ASK_AGAIN, ASK_DONE, ASK_FAILED } asked_t;

static asked_t look(join_state *self, json_t *answer, cause_t *why)
{
    const char *state = join_text(answer, "state");
    const char *text = join_text(answer, "text");
    if (strcmp(state, "malformed") == 0 || strcmp(state, "full") == 0 ||
        strcmp(state, "failed") == 0) {
        (void)cause_set(why, say("the hub takes no request now: %s"), text);
        return ASK_FAILED;
    }
    if (look_at_digits(self, answer, why) != 0)
        return ASK_FAILED;
    if (strcmp(state, "refused") == 0) {
        (void)cause_set(why, say("the hub's operator has refused it: %s"), text);
        return ASK_FAILED;
    }
    return strcmp(state, "certified") == 0 ? ASK_DONE : ASK_AGAIN;
}

static asked_t ask_once(join_state *self, cause_t *why)
{
    json_decref(self->answer);
    self->answer = join_ask_hub(&self->joining.hub, buf_span(&self->request.der), why);
    if (self->answer)
        return look(self, self->answer, why);
    if (!self->silent_said)
        (void)call_fail(self->call, DONE_UNREACHABLE, "%s", why->text);
    self->silent_said = true;
    return ASK_AGAIN;
}

static void pause_a_while(void)
{
    const struct timespec pause = {ASK_MS / 1000, 0};
    (void)nanosleep(&pause, NULL);
}

static asked_t ask_until(join_state *self, cause_t *why)
{
    const int64_t until_ms = call_until(self->wish->wait_s);
    for (;;) {
        asked_t asked = ask_once(self, why);
        if (asked != ASK_AGAIN || moment_due(until_ms, clock_now().monotonic_ms))
            return asked;
        pause_a_while();
    }
}

static done_t finish(join_state *self, cause_t *why)
{
    const char *folder = self->joining.folder;
    if (digits_agreed(&self->wish->digits, self->digits,
            say("The hub has certified this node.  Did the hub's operator read out these "
                "very digits?  Type yes:"),
            why) != 0 ||
        joining_check(&self->joining, &self->request, self->answer, why) != 0 ||
        joining_write(&self->joining, &self->request, self->answer, why) != 0)
        return call_fail(self->call, DONE_NO, "%s", why->text);
    if (self->call->common.json)
        screen_json(stdout, json_pack("{s:s,s:s,s:s}", "node", self->request.holder.name,
                                "state", "joined", "folder", folder));
    else
        printf(say("joined: certificates, CRL, the hub's certificate and the log's key "
                   "are in %s\n"
                   "next    dabyl-node %s/node.conf\n"),
            folder, folder);
    return DONE_OK;
}

static done_t not_yet(const join_state *self, const cause_t *why)
{
    if (!self->answer)
        return call_fail(self->call, DONE_UNREACHABLE, "%s", why->text);
    return call_fail(self->call, DONE_UNREACHABLE, "%s",
        say("not certified yet; the request stays with the hub: say it again to go on"));
}

static done_t converse(join_state *self)
{
    cause_t why;
    switch (ask_until(self, &why)) {
    case ASK_DONE:
        return finish(self, &why);
    case ASK_AGAIN:
        return not_yet(self, &why);
    default:
        return call_fail(self->call, DONE_NO, "%s", why.text);
    }
}

static int begin(join_state *self, cause_t *why)
{
    const node_join_t *wish = self->wish;
    self->joining.folder = wish->folder;
    self->joining.share = wish->share;
    if (tcp_parse(&self->joining.hub, wish->address, JOIN_PORT, why) != 0)
        return -1;
    const bool named = wish->id || wish->role || wish->organisation;
    if (named && holder_set(&self->request.holder, wish->id, wish->role,
                     wish->organisation, NULL, why) != 0)
        return -1;
    return joining_request(&self->joining, &self->request, NULL, why);
}

done_t node_join_go(const call_t *call, const node_join_t *wish)
{
    cause_t why;
    join_state self = {.call = call, .wish = wish};
    done_t done = begin(&self, &why) == 0 ? converse(&self)
                                          : call_fail(call, DONE_NO, "%s", why.text);
    enrol_close(&self.request);
    json_decref(self.answer);
    return done;
}

static const option_t options[] = {
    {"dir", OPTION_TEXT, offsetof(node_join_t, folder), "DIR", ".", "the node's folder"},
    NODE_JOIN_WHO(0),
    NODE_JOIN_HOW(0),
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static done_t run(const call_t *call)
{
    node_join_t wish = *(const node_join_t *)call->options;
    if (call->operands != 1)
        return call_usage(call, "needs the hub's address");
    wish.address = call->operand[0];
    return node_join_go(call, &wish);
}

const command_t node_join = {
    .name = "join",
    .operands = "ADDRESS",
    .summary = "enrol this node with a hub: keys, request, certificates, node.conf",
    .options = options,
    .options_size = sizeof(node_join_t),
    .run = run,
    .notes =
        "Makes the node's keys, which never leave it, hands a request in at the hub, "
        "shows forty\n"
        "digits, waits until the hub's operator has compared them and the CA has "
        "signed, and writes\n"
        "all that the daemon needs.  Interrupted, it is said again: with the same "
        "keys and request.\n",
};
