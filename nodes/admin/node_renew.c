// dabyl node renew - further certificates for a node, without copying a file by hand.
//
// The request goes to the address where newcomers ask, signed with the node's seal key,
// by which the hub knows whose it is.  Asking is waiting, as with `dabyl node join`.

#include "lib/base/moment.h"
#include "lib/base/times.h"
#include "lib/enrol/join.h"
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
#include <time.h>

enum { ASK_MS = 2000 };

typedef struct {
    int64_t wait_s;
} options_t;

typedef struct {
    const call_t *call;
    const char *node; // its folder
    node_conf_t conf;
    tcp_address_t hub;
    enrol_t request;
    bool waits_said, silent_said;
} renewal_t;

typedef enum { HEARD_NOTHING, HEARD_WAIT, HEARD_DONE, HEARD_NO } heard_t;

static void say_waits(renewal_t *self, const char *state)
{
    const char *node = self->request.holder.name;
    if (self->waits_said)
        return;
    self->waits_said = true;
    if (self->call->common.json)
        screen_json(stdout, json_pack("{s:s,s:s}", "node", node, "state", state));
    else
        printf(say("%s asks for further certificates; the hub's operator sees it with "
                   "`dabyl hub joins`\n"),
            node);
    (void)fflush(stdout);
}

static heard_t look(renewal_t *self, const json_t *answer, cause_t *why)
{
    const char *state = join_text(answer, "state");
    const char *text = join_text(answer, "text");
    if (strcmp(state, "certified") == 0)
        return HEARD_DONE;
    if (strcmp(state, "waits") == 0 || strcmp(state, "accepted") == 0) {
        say_waits(self, state);
        return HEARD_WAIT;
    }
    if (strcmp(state, "refused") != 0) {
        (void)cause_set(why, say("the hub takes no request now: %s"), text);
        return HEARD_NO;
    }
    renewing_forget(&self->conf); // whoever asks again begins anew
    (void)cause_set(why, say("the hub's operator has refused it: %s"), text);
    return HEARD_NO;
}

static heard_t ask_once(renewal_t *self, json_t **answer, cause_t *why)
{
    json_decref(*answer);
    *answer = join_ask_hub(&self->hub, buf_span(&self->request.der), why);
    if (*answer)
        return look(self, *answer, why);
    if (!self->silent_said)
        (void)call_fail(self->call, DONE_UNREACHABLE, "%s; %s", why->text,
            say("the hub's operator opens it with `dabyl hub joins open`"));
    self->silent_said = true;
    return HEARD_NOTHING;
}

static heard_t ask_until(renewal_t *self, json_t **answer, cause_t *why)
{
    const struct timespec pause = {ASK_MS / 1000, 0};
    const options_t *o = self->call->options;
    const int64_t until_ms = call_until(o->wait_s);
    for (;;) {
        heard_t heard = ask_once(self, answer, why);
        if (heard == HEARD_DONE || heard == HEARD_NO ||
            moment_due(until_ms, clock_now().monotonic_ms))
            return heard;
        (void)nanosleep(&pause, NULL);
    }
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
    json_t *answer = NULL;
    done_t done;
    switch (ask_until(self, &answer, &why)) {
    case HEARD_DONE:
        done = take(self, answer);
        break;
    case HEARD_NO:
        done = call_fail(self->call, DONE_NO, "%s", why.text);
        break;
    case HEARD_WAIT:
        done = call_fail(self->call, DONE_UNREACHABLE, "%s",
            say("not certified yet; the request stays with the hub: say it again to go "
                "on"));
        break;
    default:
        done = DONE_UNREACHABLE; // it was said
        break;
    }
    json_decref(answer);
    return done;
}

// Where nodes connect, at the port where newcomers ask, if no other is named.
static int find_hub(renewal_t *self, const char *named, cause_t *why)
{
    if (named)
        return tcp_parse(&self->hub, named, JOIN_PORT, why);
    if (self->conf.endpoints.n == 0)
        return cause_set(why, say("node.conf names no hub: give its address"));
    if (tcp_parse(&self->hub, self->conf.endpoints.text[0], JOIN_PORT, why) != 0)
        return -1;
    (void)snprintf(self->hub.port, sizeof self->hub.port, "%s", JOIN_PORT);
    return 0;
}

static int begin(renewal_t *self, const char *named, cause_t *why)
{
    char path[PATH_MAX];
    if (node_conf_path(self->node, path, why) != 0 ||
        conf_read(node_conf_table, path, &self->conf, why) != 0)
        return -1;
    int result = find_hub(self, named, why);
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
