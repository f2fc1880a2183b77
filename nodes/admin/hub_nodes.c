// dabyl hub nodes - who takes part: out of the roster's files, and, of a hub that runs,
// how each of them is.

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/moment.h"
#include "lib/base/times.h"
#include "lib/pki/roster.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words.h"
#include "nodes/commands/commands.h"
#include "nodes/inbox/mail.h"
#include "nodes/net/ask.h"
#include "nodes/upkeep/hub_ask.h"
#include "nodes/upkeep/roster_files.h"

#include <string.h>

enum { DAY_MS = 86400000, DAYS_SOON = 30 };

typedef struct {
    const char *hub;
} wish_t;

static const option_t options[] = {
    HUB_OPTION(offsetof(wish_t, hub)),
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

typedef struct {
    const call_t *call;
    hub_options_t conf;
    roster_t *roster;
    cert_list_t certs;
    json_t *status; // of the hub; NULL: it does not run
    int64_t now_ms;
    bool trouble;
} view_t;

static void view_close(view_t *self)
{
    roster_close(&self->roster);
    cert_list_close(&self->certs);
    json_decref(self->status);
    conf_free(hub_options_table, &self->conf);
}

static int view_read(view_t *self, cause_t *why)
{
    buf_t text = {0};
    const hub_options_t *conf = &self->conf;
    if (!(self->roster = roster_open(
              conf->roster, conf->ca, conf->crl, NULL, self->now_ms, why)) ||
        roster_files_read(&self->certs, conf, why) != 0)
        return -1;
    if (ask_alive(conf->control)) {
        int result = ask(conf->control, span_text("status"), HUB_WAIT_MS, &text, why);
        if (result == 0)
            self->status = json_loadb((const char *)text.data, text.size, 0, NULL);
        buf_destroy(&text);
        if (result != 0)
            return -1;
    }
    return 0;
}

static const json_t *status_of(const view_t *self, const char *node)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(self->status, "nodes"), i,
        one) if (strcmp(mail_text(one, "node"), node) == 0) return one;
    return NULL;
}

// When the first of what a member needs ends; false: one of them is missing.
static bool ends(const view_t *self, const member_t *member, int64_t *ends_ms)
{
    int64_t channel_ms;
    if (!roster_ends(self->roster, member->id, CERT_SEAL, self->now_ms, ends_ms))
        return false;
    if (strcmp(member->role, "hub") == 0)
        return true;
    if (!roster_ends(self->roster, member->id, CERT_CHANNEL, self->now_ms, &channel_ms))
        return false;
    if (channel_ms < *ends_ms)
        *ends_ms = channel_ms;
    return true;
}

static void print_days(view_t *self, bool good, int64_t ends_ms)
{
    long long days =
        good ? (long long)(moment_between(self->now_ms, ends_ms) / DAY_MS) : 0;
    bool bad = !good || days < DAYS_SOON;
    self->trouble |= bad;
    if (!good)
        screen_paint(stdout, PAINT_BAD, "%s", say("a certificate is missing"));
    else if (bad)
        screen_paint(stdout, PAINT_WARNING, say("certificates for %lld days"), days);
    else
        printf(say("certificates for %lld days"), days);
}

static void print_connection(view_t *self, const json_t *node)
{
    const char *heard = mail_text(node, "heard");
    long long delivered = json_integer_value(json_object_get(node, "delivered"));
    long long waiting =
        delivered - json_integer_value(json_object_get(node, "acknowledged"));
    if (json_is_true(json_object_get(node, "contradicts"))) {
        self->trouble = true;
        fputs(", ", stdout);
        screen_paint(stdout, PAINT_BAD, "%s",
            say("WRONG: it claims deliveries that the log did not make"));
    }
    fputs(", ", stdout);
    if (json_is_true(json_object_get(node, "connected")))
        screen_paint(stdout, PAINT_GOOD, "%s", say("connected"));
    else
        screen_paint(stdout, PAINT_WARNING, "%s", say("not connected"));
    printf(say(", %lld delivered"), delivered);
    if (waiting > 0)
        printf(say(", %lld not yet acknowledged"), waiting);
    fputs("\n    ", stdout);
    if (heard[0]) {
        printf("%s ", say("heard of last"));
        screen_time(stdout, heard);
    } else
        fputs(say("not heard of since the hub's start"), stdout);
}

static void print_member(view_t *self, const member_t *member)
{
    int64_t ends_ms = 0;
    bool good = ends(self, member, &ends_ms);
    const json_t *node = status_of(self, member->id);
    screen_column(stdout, member->id, 20);
    printf("%s, ", words_title(&words_roles, member->role));
    screen_text(stdout, member->organisation);
    fputs("\n    ", stdout);
    print_days(self, good, ends_ms);
    if (node)
        print_connection(self, node);
    else if (self->status && strcmp(member->role, "hub") != 0) {
        self->trouble = true;
        fputs(", ", stdout);
        screen_paint(stdout, PAINT_WARNING, "%s",
            say("not in force: `dabyl hub reload` takes the files anew"));
    }
    putchar('\n');
}

static void print_officer(view_t *self, const cert_t *cert)
{
    const char *refusal;
    bool good =
        roster_by_seal(self->roster, cert->key_id, self->now_ms, &refusal) != NULL;
    screen_column(stdout, cert->name, 20);
    printf(say("officer of %s"), cert->node);
    if (cert->office[0])
        printf(", %s", words_title(&words_offices, cert->office));
    fputs("\n    ", stdout);
    print_days(self, good, cert->not_after_ms);
    putchar('\n');
}

static void set_time(json_t *line, const char *name, int64_t ms)
{
    char text[TIME_TEXT];
    time_print(ms, text);
    (void)json_object_set_new(line, name, json_string(text));
}

static void print_member_json(const view_t *self, const member_t *member)
{
    int64_t ends_ms;
    const json_t *node = status_of(self, member->id);
    json_t *line = node ? json_deep_copy(node) : json_object();
    (void)json_object_set_new(line, "node", json_string(member->id));
    (void)json_object_set_new(line, "role", json_string(member->role));
    (void)json_object_set_new(line, "organisation", json_string(member->organisation));
    (void)json_object_set_new(line, "in_force", json_boolean(node != NULL));
    if (ends(self, member, &ends_ms))
        set_time(line, "ends", ends_ms);
    screen_json(stdout, line);
    json_decref(line);
}

static void print_officer_json(const cert_t *cert)
{
    json_t *line = json_pack("{s:s,s:s,s:s,s:s,s:s}", "officer", cert->name, "node",
        cert->node, "organisation", cert->organisation, "office", cert->office,
        "territory", cert->territory);
    set_time(line, "ends", cert->not_after_ms);
    screen_json(stdout, line);
    json_decref(line);
}

static void print(view_t *self)
{
    bool json = self->call->common.json;
    for (size_t i = 0; i < roster_count(self->roster); i++) {
        if (json)
            print_member_json(self, roster_at(self->roster, i));
        else
            print_member(self, roster_at(self->roster, i));
    }
    for (size_t i = 0; i < self->certs.n; i++) {
        const cert_t *cert = &self->certs.item[i].cert;
        if (strcmp(cert->role, "officer") != 0)
            continue;
        if (json)
            print_officer_json(cert);
        else
            print_officer(self, cert);
    }
    if (!self->status && !json)
        puts(say("the hub does not run: this is what its files say"));
}

static done_t run(const call_t *call)
{
    const wish_t *o = call->options;
    cause_t why;
    view_t view = {.call = call, .now_ms = clock_now().wall_ms};
    const char *hub = hub_folder(call->operands > 0 ? call->operand[0] : o->hub, &why);
    if (!hub)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (hub_conf_read(hub, &view.conf, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    done_t done = DONE_OK;
    if (view_read(&view, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    else
        print(&view);
    if (done == DONE_OK && view.trouble)
        done = DONE_NO;
    view_close(&view);
    return done;
}

const command_t hub_nodes = {
    .name = "nodes",
    .operands = "[DIR]",
    .summary = "nodes and officers that are let in, their certificates, and how they are",
    .options = options,
    .options_size = sizeof(wish_t),
    .run = run,
    .notes = "Exit code 1: something needs a person: a certificate that ends within 30 "
             "days, a node\nthat contradicts the log, files that are not in force.\n",
};
