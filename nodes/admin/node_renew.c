// dabyl node renew - further certificates for a node, without copying a file by hand.
//
// The request goes to the address where newcomers ask, signed with the node's seal key,
// by which the hub knows whose it is.  Asking is waiting, as with `dabyl node join`.
//
// For new keys digits are compared: nothing of the old ones proves that it is the node,
// where they may be in other hands.

#include "lib/base/catalogue.h"
#include "lib/enrol/join.h"
#include "nodes/admin/node_asking.h"
#include "nodes/admin/node_reload.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/config/node_conf.h"
#include "nodes/config/node_paths.h"
#include "nodes/net/ask.h"
#include "nodes/net/join_ask.h"
#include "nodes/upkeep/rekeying.h"
#include "nodes/upkeep/renewing.h"

#include <limits.h>
#include <string.h>

typedef struct {
    int64_t wait_s;
    bool new_keys;
    digits_word_t digits; // of new keys
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
        screen_json_new(stdout, json_pack("{s:s,s:s}", "node", node, "state", state));
    else
        printf(say("%s asks for further certificates; the hub's operator sees it with "
                   "`dabyl hub joins`\n"),
            node);
}

static void say_digits(const node_asking_t *asking)
{
    const char *node = asking->request->holder.name;
    if (asking->call->common.json)
        screen_json_new(
            stdout, json_pack("{s:s,s:s,s:s}", "node", node, "state",
                        join_text(asking->answer, "state"), "digits", asking->digits));
    else
        printf(say("%s asks for certificates for new keys\n"
                   "  digits  %s\n"
                   "Call the hub's operator, who sees them with `dabyl hub joins`: all "
                   "forty have to be the same.\n"),
            node, asking->digits);
}

static done_t say_done(const renewal_t *self, bool running)
{
    const char *node = self->request.holder.name;
    if (self->call->common.json)
        screen_json_new(stdout, json_pack("{s:s,s:s,s:b}", "node", node, "state",
                                    "renewed", "in_force", (int)running));
    else
        printf(running ? say("%s: the new certificates are in place and in force\n")
                       : say("%s: the new certificates are in place; the daemon does not "
                             "run, and takes them when it starts\n"),
            node);
    return DONE_OK;
}

// The daemon, where it runs, takes what is in place.
static done_t put_in_force(const renewal_t *self, bool *running)
{
    cause_t why;
    const char *reason = "";
    char control[PATH_MAX];
    node_path(self->node, NODE_CONTROL, control);
    *running = ask_alive(control);
    json_t *answer = *running ? node_reload_ask(self->node, &why) : NULL;
    done_t done = DONE_OK;
    if (*running && !answer)
        done = call_fail(self->call, DONE_UNREACHABLE, "%s", why.text);
    else if (*running && !node_reload_done(answer, &reason))
        done = call_fail(self->call, DONE_NO,
            say("the new certificates are in place, and the daemon refused them: %s"),
            reason);
    json_decref(answer);
    return done;
}

static int take_checked(renewal_t *self, const node_asking_t *asking, cause_t *why)
{
    const options_t *o = self->call->options;
    if (!o->new_keys)
        return renewing_take(&self->conf, &self->request, asking->answer, why);
    return digits_agreed(&o->digits, asking->digits,
               say("The hub has certified the new keys.  Did the hub's operator read out "
                   "these very digits?  Type yes:"),
               why) == 0
               ? rekeying_take(&self->conf, &self->request, asking->answer, why)
               : -1;
}

// Said again after a daemon has refused it, all of it is tried once more.
static done_t take(renewal_t *self, const node_asking_t *asking)
{
    cause_t why;
    bool running = false;
    if (take_checked(self, asking, &why) != 0)
        return call_fail(self->call, DONE_NO, say("nothing was changed: %s"), why.text);
    done_t done = put_in_force(self, &running);
    if (done != DONE_OK)
        return done;
    renewing_forget(&self->conf);
    return say_done(self, running);
}

static void forget(const renewal_t *self)
{
    const options_t *o = self->call->options;
    if (o->new_keys)
        rekeying_forget(&self->conf);
    else
        renewing_forget(&self->conf);
}

static done_t converse(renewal_t *self)
{
    cause_t why;
    const options_t *o = self->call->options;
    node_asking_t asking = {.call = self->call,
        .hub = self->hub,
        .request = &self->request,
        .wait_s = o->wait_s,
        .word = o->new_keys ? &o->digits : NULL,
        .tell = o->new_keys ? say_digits : say_waits};
    const asked_t asked = node_asking_go(&asking, &why);
    if (asked == ASKED_REFUSED)
        forget(self); // whoever asks again begins anew
    done_t done = asked == ASKED_DONE ? take(self, &asking)
                                      : node_asking_unmet(&asking, asked, &why);
    node_asking_close(&asking);
    return done;
}

static int read_conf(renewal_t *self, cause_t *why)
{
    char path[PATH_MAX];
    return node_conf_path(self->node, path, why) == 0
               ? conf_read(node_conf_table, path, &self->conf, why)
               : -1;
}

static done_t ask_hub(renewal_t *self, const char *named)
{
    cause_t why;
    const options_t *o = self->call->options;
    const texts_t *endpoints = &self->conf.endpoints;
    if (node_asking_find(
            &self->hub, named, endpoints->n > 0 ? endpoints->text[0] : NULL, &why) != 0 ||
        (o->new_keys ? rekeying_request(&self->conf, &self->request, &why)
                     : renewing_request(&self->conf, &self->request, &why)) != 0)
        return call_fail(self->call, DONE_NO, "%s", why.text);
    done_t done = converse(self);
    enrol_close(&self->request);
    return done;
}

// What was cut short while keys changed places is ended, and nothing else is done.
static done_t finish_or_ask(renewal_t *self, const char *named)
{
    cause_t why;
    bool running = false;
    const int finished = rekeying_finish(&self->conf, &why);
    if (finished == 0)
        return ask_hub(self, named);
    if (finished < 0)
        return call_fail(self->call, DONE_NO, "%s", why.text);
    (void)snprintf(self->request.holder.name, sizeof self->request.holder.name, "%s",
        self->conf.node);
    done_t done = put_in_force(self, &running);
    return done == DONE_OK ? say_done(self, running) : done;
}

static done_t run(const call_t *call)
{
    cause_t why;
    renewal_t self = {.call = call};
    if (call->operands > 1)
        return call_usage(call, say("what is '%s' for?"), call->operand[1]);
    if (!(self.node = call_node(call, &why)))
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (read_conf(&self, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    done_t done = finish_or_ask(&self, call->operands ? call->operand[0] : NULL);
    conf_free(node_conf_table, &self.conf);
    return done;
}

static const option_t options[] = {
    {"wait", OPTION_NUMBER, offsetof(options_t, wait_s), "SECONDS", "86400",
        "for the hub's operator; 0: ask once"},
    {"new-keys", OPTION_FLAG, offsetof(options_t, new_keys), NULL, NULL,
        "make new keys, and have them certified; the old ones open nothing then"},
    {"digits", OPTION_TEXT, offsetof(options_t, digits.given), "DIGITS", NULL,
        "of new keys, as the hub's operator read them out"},
    {"yes", OPTION_FLAG, offsetof(options_t, digits.yes), NULL, NULL,
        "do not ask: the digits were compared"},
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
        "compared; with --new-keys they are.  Interrupted, it is said again.\n",
};
