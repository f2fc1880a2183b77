// dabyl node join - enrol this node with a hub, without copying a file by hand.
//
// Asking is waiting: the same request is handed in until the hub says what became of it.
// Nothing is kept here but keys and request, so that whoever is interrupted says it
// again.

#include "nodes/admin/node_join.h"

#include "lib/base/catalogue.h"
#include "lib/enrol/join.h"
#include "nodes/admin/node_asking.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/net/join_ask.h"
#include "nodes/upkeep/joining.h"

#include <string.h>

typedef struct {
    const call_t *call;
    const node_join_t *wish;
    joining_t joining;
    enrol_t request;
} join_state;

static void say_digits(const node_asking_t *asking)
{
    const holder_t *who = &asking->request->holder;
    const char *vkey = join_text(asking->answer, "vkey");
    if (asking->call->common.json) {
        screen_json_new(
            stdout, json_pack("{s:s,s:s,s:s}", "node", who->name, "state",
                        join_text(asking->answer, "state"), "digits", asking->digits));
        return;
    }
    printf(
        say("%s asks to join as %s of %s\n"
            "  log     %.*s\n"
            "  digits  %s\n"
            "Call the hub's operator, who sees them with `dabyl hub joins`.  All forty "
            "digits have to be\nthe same on both sides; where one differs it is not "
            "that hub, or not your request.\n"),
        who->name, who->role, who->organisation, (int)strcspn(vkey, "+"), vkey,
        asking->digits);
}

static done_t finish(join_state *self, const node_asking_t *asking)
{
    cause_t why;
    const char *folder = self->joining.folder;
    if (digits_agreed(&self->wish->digits, asking->digits,
            say("The hub has certified this node.  Did the hub's operator read out these "
                "very digits?  Type yes:"),
            &why) != 0 ||
        joining_check(&self->joining, &self->request, asking->answer, &why) != 0 ||
        joining_write(&self->joining, &self->request, asking->answer, &why) != 0)
        return call_fail(self->call, DONE_NO, "%s", why.text);
    if (self->call->common.json)
        screen_json_new(
            stdout, json_pack("{s:s,s:s,s:s}", "node", self->request.holder.name, "state",
                        "joined", "folder", folder));
    else
        printf(say("joined: certificates, CRL, the hub's certificate and the log's key "
                   "are in %s\n"
                   "next    dabyl-node %s/node.conf\n"),
            folder, folder);
    return DONE_OK;
}

static done_t converse(join_state *self)
{
    cause_t why;
    node_asking_t asking = {.call = self->call,
        .hub = self->joining.hub,
        .request = &self->request,
        .wait_s = self->wish->wait_s,
        .word = &self->wish->digits,
        .tell = say_digits};
    const asked_t asked = node_asking_go(&asking, &why);
    done_t done = asked == ASKED_DONE ? finish(self, &asking)
                                      : node_asking_unmet(&asking, asked, &why);
    node_asking_close(&asking);
    return done;
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
