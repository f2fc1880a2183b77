// dabyl node officer - a certificate for an officer of this node, without copying a file
// by hand.
//
// The request goes to the address where newcomers ask.  Digits are compared, although the
// node is known there: its own key proves that somebody has the node, and an officer is a
// person.

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/enrol/join.h"
#include "nodes/admin/node_asking.h"
#include "nodes/cli/handover.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/config/node_paths.h"
#include "nodes/net/join_ask.h"
#include "nodes/upkeep/commission.h"

#include <string.h>

typedef struct {
    commission_wish_t who;
    const char *dir, *request;
    digits_word_t digits;
    int64_t wait_s;
} options_t;

// One officer on the way.
typedef struct {
    const call_t *call;
    commission_t commission;
    node_conf_t conf;
    tcp_address_t hub;
    enrol_t request;
} officer_t;

static void say_digits(const node_asking_t *asking)
{
    const holder_t *who = &asking->request->holder;
    if (asking->call->common.json) {
        screen_json_new(stdout,
            json_pack("{s:s,s:s,s:s,s:s}", "officer", who->name, "node", who->node,
                "state", join_text(asking->answer, "state"), "digits", asking->digits));
        return;
    }
    printf(
        say("%s asks to be an officer of %s, of %s\n"
            "  digits  %s\n"
            "Call the hub's operator, who sees them with `dabyl hub joins`: the officer "
            "reads all forty out.\n"),
        who->name, who->node, who->organisation, asking->digits);
}

static done_t say_done(const officer_t *self)
{
    const char *name = self->request.holder.name, *folder = self->commission.folder;
    if (self->call->common.json)
        screen_json_new(
            stdout, json_pack("{s:s,s:s,s:s,s:s}", "officer", name, "node",
                        self->conf.node, "state", "certified", "folder", folder));
    else if (folder[0])
        printf(say("%s is an officer of %s: key and certificate are in %s\n"
                   "next    dabyl cosign ID --key %s/keys/seal.key --cert "
                   "%s/certs/seal.pem\n"),
            name, self->conf.node, folder, folder, folder);
    else
        printf(say("%s is an officer of %s: the console has the certificate\n"), name,
            self->conf.node);
    return DONE_OK;
}

static done_t finish(const officer_t *self, const node_asking_t *asking)
{
    cause_t why;
    const options_t *o = self->call->options;
    if (digits_agreed(&o->digits, asking->digits,
            say("The hub has certified this officer.  Did the hub's operator see these "
                "very digits?  Type yes:"),
            &why) != 0 ||
        commission_take(&self->commission, &self->request, asking->answer, &why) != 0)
        return call_fail(self->call, DONE_NO, say("nothing was changed: %s"), why.text);
    return say_done(self);
}

static done_t converse(officer_t *self)
{
    cause_t why;
    const options_t *o = self->call->options;
    node_asking_t asking = {.call = self->call,
        .hub = self->hub,
        .request = &self->request,
        .wait_s = o->wait_s,
        .word = &o->digits,
        .tell = say_digits};
    const asked_t asked = node_asking_go(&asking, &why);
    done_t done = asked == ASKED_DONE ? finish(self, &asking)
                                      : node_asking_unmet(&asking, asked, &why);
    node_asking_close(&asking);
    return done;
}

// The officer's own folder, or (a request made elsewhere) none.
static int find_folder(officer_t *self, cause_t *why)
{
    const options_t *o = self->call->options;
    char place[PATH_MAX], *folder = self->commission.folder;
    folder[0] = '\0';
    if (o->request)
        return 0;
    if (o->dir) {
        (void)snprintf(folder, PATH_MAX, "%s", o->dir);
        return 0;
    }
    return path_join(place, sizeof place, self->commission.node, "officers", why) == 0 &&
                   path_join(folder, PATH_MAX, place, o->who.name, why) == 0
               ? handover_folder(self->commission.node, place, why)
               : -1;
}

static int read_conf(officer_t *self, cause_t *why)
{
    char path[PATH_MAX];
    return node_conf_path(self->commission.node, path, why) == 0
               ? conf_read(node_conf_table, path, &self->conf, why)
               : -1;
}

static int begin(officer_t *self, const char *address, cause_t *why)
{
    const options_t *o = self->call->options;
    const texts_t *endpoints = &self->conf.endpoints;
    self->commission.conf = &self->conf;
    return node_asking_find(&self->hub, address,
               endpoints->n > 0 ? endpoints->text[0] : NULL, why) == 0 &&
                   find_folder(self, why) == 0
               ? commission_request(
                     &self->commission, &o->who, o->request, &self->request, why)
               : -1;
}

static done_t add_named(const call_t *call)
{
    cause_t why;
    officer_t self = {.call = call};
    if (!cert_node_id_valid(span_text(call->operand[0])))
        return call_usage(call, say("'%s' is no id of an officer"), call->operand[0]);
    if (!(self.commission.node = call_node(call, &why)))
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (read_conf(&self, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    done_t done = begin(&self, call->operands > 1 ? call->operand[1] : NULL, &why) == 0
                      ? converse(&self)
                      : call_fail(call, DONE_NO, "%s", why.text);
    enrol_close(&self.request);
    conf_free(node_conf_table, &self.conf);
    return done;
}

static done_t add(const call_t *call)
{
    options_t o = *(const options_t *)call->options;
    call_t rest = *call;
    if (call->operands < 1 || call->operands > 2)
        return call_usage(call, say("needs the officer's id"));
    o.who.name = call->operand[0];
    rest.options = &o;
    return add_named(&rest);
}

static const option_t options[] = {
    {"org", OPTION_TEXT, offsetof(options_t, who.organisation), "CODE", NULL,
        "code of the organisation (else that of the node)"},
    {"office", OPTION_TEXT, offsetof(options_t, who.office), "OFFICE", NULL,
        "the office that the rules know, such as deputy-head"},
    {"territory", OPTION_TEXT, offsetof(options_t, who.territory), "CODE", NULL,
        "where that office is, such as KZ-75"},
    {"dir", OPTION_TEXT, offsetof(options_t, dir), "DIR", NULL,
        "where the officer's key is to be (else officers/NAME in the node's folder)"},
    {"request", OPTION_TEXT, offsetof(options_t, request), "FILE", NULL,
        "the key was made elsewhere, as by a browser (officers/requests/): its request"},
    {"digits", OPTION_TEXT, offsetof(options_t, digits.given), "DIGITS", NULL,
        "as the hub's operator read them out"},
    {"yes", OPTION_FLAG, offsetof(options_t, digits.yes), NULL, NULL,
        "do not ask: the digits were compared"},
    {"wait", OPTION_NUMBER, offsetof(options_t, wait_s), "SECONDS", "86400",
        "for the hub's operator; 0: ask once"},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static const command_t add_command = {
    .name = "add",
    .operands = "NAME [ADDRESS]",
    .summary = "make an officer's key, ask the hub for the certificate, and take it",
    .options = options,
    .options_size = sizeof(options_t),
    .run = add,
    .notes =
        "ADDRESS: where the hub takes requests (else port " JOIN_PORT " of the first "
        "endpoint).  The officer\n"
        "reads forty digits to the hub's operator, who accepts; the CA signs.  "
        "Interrupted, it is said\nagain and goes on with the same key and request.\n",
};

static const command_t *const commands[] = {&add_command, NULL};

const command_t node_officer = {
    .name = "officer",
    .operands = "add ...",
    .summary = "officers of this node: keys and certificates",
    .commands = commands,
};
