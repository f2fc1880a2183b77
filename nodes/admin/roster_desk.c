// roster_desk - the change is begun before anything is read, so that what is read is what
// it is applied to; nothing of it is written before roster_desk_go.

#include "nodes/admin/roster_desk.h"

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/times.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/upkeep/roster_files.h"

#include <string.h>

enum { CRL_MAX = 16 << 20 };

static void say_before(change_before_t before, const cause_t *why)
{
    if (before == CHANGE_FINISHED)
        puts(say("a change that was cut short before was finished first"));
    else if (before == CHANGE_TAKEN_BACK)
        printf(say("a change that was cut short before was refused and taken back: %s\n"),
            why->text);
}

// With the revocations that are to hold from now on.
static int desk_read(roster_desk_t *self, cause_t *why)
{
    change_before_t before;
    *why = (cause_t){""};
    self->change = hub_change_begin(self->hub, &self->conf, &before, why);
    if (!self->change)
        return -1;
    say_before(before, why);
    const char *crl = self->wish->crl ? self->wish->crl : self->conf.crl;
    self->ca = authority_open(self->conf.ca, crl, why);
    return self->ca ? roster_files_read(&self->roster, &self->conf, why) : -1;
}

done_t roster_desk_open(roster_desk_t *self, const call_t *call)
{
    cause_t why;
    *self = (roster_desk_t){
        .call = call, .wish = call->options, .now_ms = clock_now().wall_ms};
    if (call->operands < 1)
        return call_usage(call, "whom?  Name the node, or the officer");
    self->who = self->wish->all ? NULL : call->operand[0];
    if (!(self->hub = hub_folder(self->wish->hub, &why)))
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (hub_conf_read(self->hub, &self->conf, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (desk_read(self, &why) == 0)
        return DONE_OK;
    roster_desk_close(self);
    return call_fail(call, DONE_NO, "%s", why.text);
}

void roster_desk_close(roster_desk_t *self)
{
    hub_change_end(&self->change);
    authority_close(&self->ca);
    cert_list_close(&self->roster);
    cert_list_close(&self->given);
    conf_free(hub_options_table, &self->conf);
}

bool roster_desk_has(const roster_desk_t *self, const char *name)
{
    for (size_t i = 0; i < self->roster.n; i++)
        if (strcmp(self->roster.item[i].cert.name, name) == 0)
            return true;
    return false;
}

static int check_one(const roster_desk_t *self, const listed_t *item, cause_t *why)
{
    const cert_t *cert = &item->cert;
    if (strcmp(cert->name, self->who) != 0)
        return cause_set(
            why, say("%s is for %s, not for %s"), item->source, cert->name, self->who);
    if (strcmp(cert->role, "hub") == 0 && cert->use == CERT_CHANNEL)
        return cause_set(
            why, say("%s: a hub's channel has no place in a roster"), item->source);
    return cert_check(cert, self->ca, self->now_ms, why) == 0
               ? 0
               : cause_prefix(why, "%s", item->source);
}

int roster_desk_check_given(roster_desk_t *self, cause_t *why)
{
    for (int i = 1; i < self->call->operands; i++)
        if (roster_files_add(&self->given, self->call->operand[i], why) != 0)
            return -1;
    if (self->given.n == 0)
        return cause_set(why, say("which certificates?  Name files, a folder with "
                                  "seal.pem and channel.pem, "
                                  "or the CA's answer"));
    for (size_t i = 0; i < self->given.n; i++)
        if (check_one(self, &self->given.item[i], why) != 0)
            return -1;
    return 0;
}

int roster_desk_put_given(roster_desk_t *self, cause_t *why)
{
    char path[PATH_MAX];
    for (size_t i = 0; i < self->given.n; i++) {
        const cert_t *cert = &self->given.item[i].cert;
        if (roster_files_have(&self->roster, cert))
            continue;
        if (roster_files_path(&self->conf, cert, path, why) != 0)
            return -1;
        roster_desk_put(self, path, cert);
    }
    return roster_desk_take_crl(self, why);
}

void roster_desk_put(roster_desk_t *self, const char *path, const cert_t *cert)
{
    buf_t pem = {0};
    cert_print_pem(cert, &pem);
    hub_change_put(self->change, path, buf_span(&pem), 0644);
    buf_destroy(&pem);
}

int roster_desk_drop(roster_desk_t *self, roster_goes_t *goes, cause_t *why)
{
    const roster_aside_t aside = {self->hub, &self->roster, self->change, self->now_ms};
    return roster_aside(&aside, goes, self, why);
}

int roster_desk_take_crl(roster_desk_t *self, cause_t *why)
{
    buf_t bytes = {0};
    if (!self->wish->crl)
        return 0;
    int result = file_read(self->wish->crl, CRL_MAX, &bytes, why);
    if (result == 0)
        hub_change_put(self->change, self->conf.crl, buf_span(&bytes), 0644);
    buf_destroy(&bytes);
    return result;
}

done_t roster_desk_go(roster_desk_t *self, const char *act, const char *done_text)
{
    cause_t why;
    bool running = false;
    const hub_act_t order = {.line = "reload",
        .as = self->wish->as,
        .act = act,
        .to = self->who,
        .reason = self->wish->reason};
    if (hub_change_go(self->change, &order, &running, &why) != 0)
        return call_fail(
            self->call, DONE_NO, say("refused, all is as it was before: %s"), why.text);
    if (self->call->common.json) {
        json_t *line = json_pack("{s:b,s:s,s:s,s:b}", "ok", 1, "act", act, "to",
            self->who ? self->who : "", "in_force", (int)running);
        screen_json(stdout, line);
        json_decref(line);
        return DONE_OK;
    }
    if (self->who)
        printf("%s: %s\n", self->who, done_text);
    else
        puts(done_text);
    if (!running)
        puts(say("the hub does not run: it goes by this when it starts, and its log does "
                 "not say who did it"));
    return DONE_OK;
}
