// dabyl node renew - further certificates for a node, without copying a file by hand.
//
// The request goes to the address where newcomers ask, signed with the node's seal key,
// by which the hub knows whose it is.  Asking is waiting, as with `dabyl node join`.

#include "lib/enrol/join.h"
#include "nodes/admin/node_asking.h"
#include "nodes/admin/node_reload.h"
#include "nodes/cli/catalogue.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/config/node_conf.h"
#include "nodes/config/node_paths.h"
#include "nodes/net/ask.h"
#include "nodes/net/join_ask.h"
#include "nodes/upkeep/renewing.h"

#include <limits.h>
#include <string.h>

typedef struct {
    int64_t wait_s;
} options_t;

typedef struct {
    const call_t *call;
    const char *node; // its folder
    node_conf_t conf;
    tcp_address_t hub;
    enrol_t request;
} renewal_t;

static void say_waits(const node_asking_t *asking)
{
    const char *node = asking->request->holder.name;
    const char *state = join_text(asking->answer, "state");
    if (strcmp(state, "waits") != 0 && strcmp(state, "accepted") != 0)
        return;
    if (asking->call->common.json)
        screen_json(stdout, json_pack("{s:s,s:s}", "node", node, "state", state));
    else
        printf(say("%s asks for further certificates; the hub's operator sees it with "
                   "`dabyl hub joins`\n"),
            node);
}

static done_t say_done(const renewal_t *self, bool running)
{
    const char *node = self->request.holder.name;
    if (self->call->common.json)
        screen_json(stdout, json_pack("{s:s,s:s,s:b}", "node", node, "state", "renewed",
                                "in_force", (int)running));
    else
        printf(running ? say("%s: the new certificates are in place and in force\n")
                       : say("%s: the new certificates are in place; the daemon does not "
                             "run, and takes them when it starts\n"),
            node);
    return DONE_OK;
}

// Said again after a daemon has refused it, all of it is tried once more.
static done_t take(renewal_t *self, const json_t *said)
{
    cause_t why;
    const char *reason = "";
    char control[PATH_MAX];
    if (renewing_take(&self->conf, &self->request, said, &why) != 0)
        return call_fail(self->call, DONE_NO, say("nothing was changed: %s"), why.text);
    node_path(self->node, NODE_CONTROL, control);
    const bool running = ask_alive(control);
    json_t *answer = running ? node_reload_ask(self->node, &why) : NULL;
    done_t done = DONE_OK;
    if (running && !answer)
        done = call_fail(self->call, DONE_UNREACHABLE, "%s", why.text);
    else if (running && !node_reload_done(answer, &reason))
        done = call_fail(self->call, DONE_NO,
            say("the new certificates are in place, and the daemon refused them: %s"),
            reason);
    json_decref(answer);
    if (done != DONE_OK)
        return done;
    renewing_forget(&self->conf);
    return say_done(self, running);
}

static done_t converse(renewal_t *self)
{
    cause_t why;
    const options_t *o = self->call->options;
    node_asking_t asking = {.call = self->call,
        .hub = self->hub,
        .request = &self->request,
        .wait_s = o->wait_s,
        .tell = say_waits};
    const asked_t asked = node_asking_go(&asking, &why);
    if (asked == ASKED_REFUSED)
        renewing_forget(&self->conf); // whoever asks again begins anew
    done_t done = asked == ASKED_DONE    ? take(self, asking.answer)
                  : asked == ASKED_LATER ? node_asking_later(&asking, &why)
                                         : call_fail(self->call, DONE_NO, "%s", why.text);
    node_asking_close(&asking);
    return done;
}

static int begin(renewal_t *self, const char *named, cause_t *why)
{
    char path[PATH_MAX];
    if (node_conf_path(self->node, path, why) != 0 ||
        conf_read(node_conf_table, path, &self->conf, why) != 0)
        return -1;
    const texts_t *endpoints = &self->conf.endpoints;
    int result = node_asking_find(
        &self->hub, named, endpoints->n > 0 ? endpoints->text[0] : NULL, why);
    if (result == 0)
        result = renewing_request(&self->conf, &self->request, why);
    if (result != 0)
        conf_free(node_conf_table, &self->conf);
    return result;
}

static done_t run(const call_t *call)
{
    cause_t why;
    renewal_t self = {.call = call};
    if (call->operands > 1)
        return call_usage(call, say("what is '%s' for?"), call->operand[1]);
    if (!(self.node = call_node(call, &why)))
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (begin(&self, call->operands ? call->operand[0] : NULL, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    done_t done = converse(&self);
    enrol_close(&self.request);
    conf_free(node_conf_table, &self.conf);
    return done;
}

static const option_t options[] = {
    {"wait", OPTION_NUMBER, offsetof(options_t, wait_s), "SECONDS", "86400",
        "for the hub's operator; 0: ask once"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

const command_t node_renew = {
    .name = "renew",
    .operands = "[ADDRESS]",
    .summary = "ask the hub for further certificates, and put them in force",
    .options = options,
    .options_size = sizeof(options_t),
    .run = run,
    .notes =
        "For the same keys.  ADDRESS: where the hub takes requests (else port " JOIN_PORT
        " of the\n"
        "first endpoint).  The request is signed with the node's seal key, so that no "
        "digits are\n"
        "compared.  Interrupted, it is said again.\n",
};
