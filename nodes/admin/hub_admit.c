// dabyl hub admit, renew, remove - who may take part: roster, revocations and reload in
// one step, whole or not at all.
//
// Certificates are held against the hub's own CA before anything is touched; what the hub
// refuses all the same is taken back (nodes/upkeep/hub_change.h).

#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/times.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/upkeep/hub_change.h"
#include "nodes/upkeep/roster_aside.h"
#include "nodes/upkeep/roster_files.h"

#include <string.h>

enum { CRL_MAX = 16 << 20 };

typedef struct {
    const char *hub, *as, *reason, *crl;
    bool all; // whoever is named in what is given
} wish_t;

#define COMMON_OPTIONS                                                                   \
    {"hub", OPTION_TEXT, offsetof(wish_t, hub), "DIR", NULL,                             \
        "the hub's folder (else DABYL_HUB, else here)"},                                 \
        HUB_AS_OPTION(offsetof(wish_t, as)),                                             \
        {"reason", OPTION_TEXT, offsetof(wish_t, reason), "TEXT", NULL,                  \
            "why, for the hub's log"},                                                   \
        {"crl", OPTION_TEXT, offsetof(wish_t, crl), "FILE", NULL,                        \
            "a newer revocation list of the CA, to take along"},

// clang-format off
static const option_t options[] = {
    COMMON_OPTIONS
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};
// clang-format on

// clang-format off
static const option_t renew_options[] = {
    {"all", OPTION_FLAG, offsetof(wish_t, all), NULL, NULL,
        "everybody whose certificates are given, as `dabyl ca renew --all` wrote them"},
    COMMON_OPTIONS
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};
// clang-format on

// What the three of them work with.
typedef struct {
    const call_t *call;
    const wish_t *wish;
    const char *hub, *who; // NULL: all
    size_t passed_over;    // of all, who could not be renewed
    hub_options_t conf;
    hub_change_t *change;
    authority_t *ca;
    cert_list_t roster, given;
    int64_t now_ms;
} desk_t;

static void desk_close(desk_t *self)
{
    hub_change_end(&self->change);
    authority_close(&self->ca);
    cert_list_close(&self->roster);
    cert_list_close(&self->given);
    conf_free(hub_options_table, &self->conf);
}

static void say_before(change_before_t before, const cause_t *why)
{
    if (before == CHANGE_FINISHED)
        puts(say("a change that was cut short before was finished first"));
    else if (before == CHANGE_TAKEN_BACK)
        printf(say("a change that was cut short before was refused and taken back: %s\n"),
            why->text);
}

// With the revocations that are to hold from now on.
static int desk_read(desk_t *self, cause_t *why)
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

static done_t desk_open(desk_t *self, const call_t *call)
{
    cause_t why;
    *self = (desk_t){.call = call, .wish = call->options, .now_ms = clock_now().wall_ms};
    if (call->operands < 1)
        return call_usage(call, "whom?  Name the node, or the officer");
    self->who = self->wish->all ? NULL : call->operand[0];
    if (!(self->hub = hub_folder(self->wish->hub, &why)))
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (hub_conf_read(self->hub, &self->conf, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (desk_read(self, &why) == 0)
        return DONE_OK;
    desk_close(self);
    return call_fail(call, DONE_NO, "%s", why.text);
}

static int take_crl(desk_t *self, cause_t *why)
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

static done_t go(desk_t *self, const char *act, const char *done_text)
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

// --------------------------------------------------------------------------------

static int check_one(const desk_t *self, const listed_t *item, cause_t *why)
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

static int check_given(desk_t *self, cause_t *why)
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

// A node needs both to take part.
static int check_whole(const desk_t *self, cause_t *why)
{
    const char *role = self->given.item[0].cert.role;
    if (strcmp(role, "officer") == 0 || strcmp(role, "hub") == 0)
        return 0;
    for (cert_use_t use = CERT_SEAL; use <= CERT_CHANNEL; use++)
        if (!roster_files_hold(&self->given, self->who, use, self->now_ms) &&
            !roster_files_hold(&self->roster, self->who, use, self->now_ms))
            return cause_set(why, say("the %s certificate of %s is missing"),
                cert_use_name(use), self->who);
    return 0;
}

static int put_given(desk_t *self, cause_t *why)
{
    char path[PATH_MAX];
    for (size_t i = 0; i < self->given.n; i++) {
        const cert_t *cert = &self->given.item[i].cert;
        buf_t pem = {0};
        if (roster_files_have(&self->roster, cert))
            continue;
        if (roster_files_path(&self->conf, cert, path, why) != 0)
            return -1;
        cert_print_pem(cert, &pem);
        hub_change_put(self->change, path, buf_span(&pem), 0644);
        buf_destroy(&pem);
    }
    return take_crl(self, why);
}

static bool has_member(const desk_t *self, const char *name)
{
    for (size_t i = 0; i < self->roster.n; i++)
        if (strcmp(self->roster.item[i].cert.name, name) == 0)
            return true;
    return false;
}

static bool is_member(const desk_t *self)
{
    return has_member(self, self->who);
}

static done_t run_admit(const call_t *call)
{
    desk_t desk;
    cause_t why;
    done_t done = desk_open(&desk, call);
    if (done != DONE_OK)
        return done;
    if (check_given(&desk, &why) != 0 || check_whole(&desk, &why) != 0 ||
        put_given(&desk, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    else
        done = go(&desk, "admit", say("admitted"));
    desk_close(&desk);
    return done;
}

// --------------------------------------------------------------------------------

static int drop_files(desk_t *self, roster_goes_t *goes, cause_t *why)
{
    const roster_aside_t aside = {self->hub, &self->roster, self->change, self->now_ms};
    return roster_aside(&aside, goes, self, why);
}

static bool is_meant(const desk_t *self, const char *name)
{
    if (self->who)
        return strcmp(name, self->who) == 0;
    for (size_t i = 0; i < self->given.n; i++)
        if (strcmp(self->given.item[i].cert.name, name) == 0)
            return true;
    return false;
}

static bool is_over(const void *context, const cert_t *cert)
{
    const desk_t *self = context;
    return cert->not_after_ms <= self->now_ms && is_meant(self, cert->name);
}

// --------------------------------------------------------------------------------
// All that the CA has renewed; who cannot be is named, and does not hold up the others.

static int check_renewed(const desk_t *self, const cert_t *cert, cause_t *why)
{
    if (!has_member(self, cert->name))
        return cause_set(why, "%s", say("it is not in the roster: `dabyl hub admit`"));
    return cert_check(cert, self->ca, self->now_ms, why);
}

// Whether it is a later one for the key of the certificate that lies there.
static bool follows(const cert_t *cert, const char *path)
{
    cert_t before;
    cause_t ignored;
    if (cert_read(&before, path, &ignored) != 0)
        return false;
    const bool later = memcmp(before.key, cert->key, sizeof before.key) == 0 &&
                       before.not_after_ms <= cert->not_after_ms &&
                       !span_equal(buf_span(&before.der), buf_span(&cert->der));
    cert_close(&before);
    return later;
}

static void put(desk_t *self, const char *path, const cert_t *cert)
{
    buf_t pem = {0};
    cert_print_pem(cert, &pem);
    hub_change_put(self->change, path, buf_span(&pem), 0644);
    buf_destroy(&pem);
}

// The hub's own take the place of those for the same keys; its channel is in no roster.
static void put_own(desk_t *self, const cert_t *cert)
{
    const hub_options_t *conf = &self->conf;
    if (cert->use == CERT_SEAL && follows(cert, conf->certificate))
        put(self, conf->certificate, cert);
    else if (cert->use == CERT_CHANNEL && follows(cert, conf->channel_certificate))
        put(self, conf->channel_certificate, cert);
    else if (cert->use == CERT_CHANNEL && follows(cert, conf->next_channel_certificate))
        put(self, conf->next_channel_certificate, cert);
}

static int put_renewed(desk_t *self, const cert_t *cert, cause_t *why)
{
    char path[PATH_MAX];
    const bool own = strcmp(cert->role, "hub") == 0;
    if (own)
        put_own(self, cert);
    if ((own && cert->use == CERT_CHANNEL) || roster_files_have(&self->roster, cert))
        return 0;
    if (roster_files_path(&self->conf, cert, path, why) != 0)
        return -1;
    put(self, path, cert);
    return 0;
}

static int put_all(desk_t *self, cause_t *why)
{
    for (int i = 0; i < self->call->operands; i++)
        if (roster_files_add(&self->given, self->call->operand[i], why) != 0)
            return -1;
    for (size_t i = 0; i < self->given.n; i++) {
        const cert_t *cert = &self->given.item[i].cert;
        if (check_renewed(self, cert, why) == 0) {
            if (put_renewed(self, cert, why) != 0)
                return -1;
            continue;
        }
        self->passed_over++;
        (void)fprintf(stderr, say("FAILED %s (%s): %s\n"), cert->name,
            cert_use_name(cert->use), why->text);
    }
    return drop_files(self, is_over, why) == 0 ? take_crl(self, why) : -1;
}

static done_t renew_all(desk_t *self)
{
    cause_t why;
    done_t done = DONE_OK;
    if (put_all(self, &why) != 0)
        return call_fail(self->call, DONE_NO, "%s", why.text);
    if (hub_change_files(self->change) == 0)
        puts(say("nothing is new: the roster has all of them"));
    else
        done = go(self, "renew", say("further certificates are in the roster"));
    return done == DONE_OK && self->passed_over ? DONE_NO : done;
}

static done_t run_renew(const call_t *call)
{
    desk_t desk;
    cause_t why;
    done_t done = desk_open(&desk, call);
    if (done != DONE_OK)
        return done;
    if (desk.wish->all)
        done = renew_all(&desk);
    else if (!is_member(&desk))
        done = call_fail(call, DONE_NO,
            say("%s is not in the roster: `dabyl hub admit` lets it in"), desk.who);
    else if (check_given(&desk, &why) != 0 || put_given(&desk, &why) != 0 ||
             drop_files(&desk, is_over, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    else
        done = go(&desk, "renew", say("it has further certificates"));
    desk_close(&desk);
    return done;
}

// A node, and with it those who are officers of it.
static bool is_his(const void *context, const cert_t *cert)
{
    const desk_t *self = context;
    return strcmp(cert->name, self->who) == 0 || strcmp(cert->node, self->who) == 0;
}

static int check_leaving(const desk_t *self, cause_t *why)
{
    for (size_t i = 0; i < self->roster.n; i++) {
        const cert_t *cert = &self->roster.item[i].cert;
        if (strcmp(cert->name, self->who) == 0 && strcmp(cert->role, "hub") == 0)
            return cause_set(
                why, say("%s is the hub itself, and stays in its roster"), self->who);
    }
    return is_member(self) ? 0
                           : cause_set(why, say("%s is not in the roster"), self->who);
}

static done_t run_remove(const call_t *call)
{
    desk_t desk;
    cause_t why;
    const wish_t *o = call->options;
    if (!o->reason || !o->reason[0])
        return call_usage(call, "why?  Say --reason");
    if (call->operands > 1)
        return call_usage(call, "one at a time");
    done_t done = desk_open(&desk, call);
    if (done != DONE_OK)
        return done;
    if (check_leaving(&desk, &why) != 0 || drop_files(&desk, is_his, &why) != 0 ||
        take_crl(&desk, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    else
        done = go(&desk, "remove",
            say("put out; its certificates are good elsewhere until the CA revokes "
                "them"));
    desk_close(&desk);
    return done;
}

const command_t hub_admit = {
    .name = "admit",
    .operands = "NODE CERTS...",
    .summary = "let a node or an officer in: certificates into the roster, and reload",
    .options = options,
    .options_size = sizeof(wish_t),
    .among = AMONG_NODES,
    .run = run_admit,
    .notes = "CERTS: files, a folder with seal.pem and channel.pem, or the CA's answer.\n"
             "Refused, all is as it was before.\n",
};

const command_t hub_renew = {
    .name = "renew",
    .operands = "NODE CERTS...|--all FILE",
    .summary = "give a node further certificates; those that ended are put aside",
    .options = renew_options,
    .options_size = sizeof(wish_t),
    .among = AMONG_NODES,
    .run = run_renew,
    .notes = "Older certificates hold until they end.  With --all, whoever cannot be "
             "renewed is\nnamed, and the others are.\n",
};

const command_t hub_remove = {
    .name = "remove",
    .operands = "NODE --reason TEXT",
    .summary = "put a node out, and its officers: certificates out of the roster, and "
               "reload",
    .options = options,
    .options_size = sizeof(wish_t),
    .among = AMONG_NODES,
    .run = run_remove,
    .notes = "The certificates are kept in removed/ in the hub's folder.\n",
};
