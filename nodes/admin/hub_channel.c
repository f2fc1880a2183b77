// dabyl hub channel - the hub's next channel key: made and certified ahead, so that nodes
// know it before it is in use, and then put in the place of the one before.
//
// `renew` leaves the next key beside the one in use and has the hub tell its nodes;
// `switch` changes over, file by file, each whole or not at all: said again it goes on.

#include "certs/signing.h"
#include "lib/base/catalogue.h"
#include "lib/base/file.h"
#include "lib/base/times.h"
#include "lib/pki/authority.h"
#include "lib/pki/keyfile.h"
#include "nodes/cli/screen.h"
#include "nodes/commands/commands.h"
#include "nodes/net/ask.h"
#include "nodes/upkeep/admission.h"
#include "nodes/upkeep/hub_ask.h"
#include "nodes/upkeep/roster_files.h"

#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 65536 };

typedef struct {
    issuing_t issuing;
    const char *hub, *as, *answer;
} options_t;

// Where the parts of the change lie.
typedef struct {
    const char *hub;
    hub_options_t conf;
    char next_key[PATH_MAX], old_key[PATH_MAX], request[PATH_MAX];
} change_t;

static int find_paths(change_t *self, cause_t *why)
{
    if (snprintf(self->next_key, PATH_MAX, "%s.next", self->conf.channel_key) >=
            PATH_MAX ||
        snprintf(self->old_key, PATH_MAX, "%s.old", self->conf.channel_key) >= PATH_MAX)
        return cause_set(why, "%s: name too long", self->conf.channel_key);
    return path_join(self->request, PATH_MAX, self->hub, "request-next.pem", why);
}

static done_t change_open(change_t *self, const call_t *call)
{
    cause_t why;
    const options_t *o = call->options;
    *self = (change_t){0};
    self->hub = hub_folder(call->operands ? call->operand[0] : o->hub, &why);
    if (!self->hub)
        return call_fail(call, DONE_USAGE, "%s", why.text);
    if (hub_conf_read(self->hub, &self->conf, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    if (find_paths(self, &why) == 0)
        return DONE_OK;
    conf_free(hub_options_table, &self->conf);
    return call_fail(call, DONE_NO, "%s", why.text);
}

// The request for the next key, by the hub's seal key; the same when it is made again.
static int make_request(const change_t *self, enrol_t *request, cause_t *why)
{
    cert_t own = {0};
    enrol_t wish = {0};
    enrol_made_t made;
    buf_t pem = {0};
    if (cert_read(&own, self->conf.certificate, why) != 0)
        return -1;
    holder_of_cert(&wish.holder, &own);
    cert_close(&own);
    int result = enrol_new(&wish, self->conf.seal_key, self->next_key, &pem, &made, why);
    if (result == 0)
        result = file_replace(self->request, buf_span(&pem), 0644, why);
    if (result == 0)
        result = enrol_take(request, buf_span(&pem), why);
    buf_destroy(&pem);
    return result;
}

// Whether the certificate for the next key is there, and in force or still to come.
static bool has_next(const change_t *self, const uint8_t key[32])
{
    cause_t ignored;
    cert_t next = {0};
    bool has = cert_read(&next, self->conf.next_channel_certificate, &ignored) == 0 &&
               memcmp(next.key, key, 32) == 0 && next.not_after_ms > clock_now().wall_ms;
    cert_close(&next);
    return has;
}

static int put(const char *path, const cert_t *cert, cause_t *why)
{
    buf_t pem = {0};
    cert_print_pem(cert, &pem);
    int result = file_replace(path, buf_span(&pem), 0644, why);
    buf_destroy(&pem);
    return result;
}

// The channel's is the next; that for the seal is for the same key, and holds longer.
static int take_answer(
    const change_t *self, const enrol_t *request, answer_t *answer, cause_t *why)
{
    char roster[PATH_MAX];
    if (admission_complete(&self->conf, request, answer, why) != 0 ||
        roster_files_path(&self->conf, &answer->seal, roster, why) != 0 ||
        put(roster, &answer->seal, why) != 0 ||
        put(self->conf.certificate, &answer->seal, why) != 0)
        return -1;
    return put(self->conf.next_channel_certificate, &answer->channel, why);
}

static done_t tell_nodes(const call_t *call, const change_t *self)
{
    const options_t *o = call->options;
    const hub_act_t act = {.line = "reload", .as = o->as, .act = "channel-renew"};
    if (!ask_alive(self->conf.control)) {
        puts(say("certified; nodes are told as soon as the hub runs"));
        return DONE_OK;
    }
    return hub_act(call, self->hub, &act, HUB_RELOAD_MS,
        say("certified, but not told to nodes"),
        say("certified, and nodes are told; when all were here once: dabyl hub channel "
            "switch"));
}

static done_t say_next(const call_t *call, const change_t *self, const enrol_t *request)
{
    (void)call;
    printf(say("made the next key and a request; the CA has to sign\n"
               "next    dabyl ca renew %s %s --answer hub-next.answer     (at the CA)\n"
               "        dabyl hub channel renew %s --answer hub-next.answer\n"),
        request->holder.name, self->request, self->hub);
    return DONE_OK;
}

// A certificate for the next key was issued for this and nothing else, at whatever time:
// who was cut short behind the CA gets it again.
static int certify(
    const change_t *self, const options_t *o, const enrol_t *request, cause_t *why)
{
    answer_t answer;
    if (o->answer ? answer_read(&answer, o->answer, why) != 0
                  : signing_answer(&o->issuing, request, &(signing_t){SIGNING_AGAIN, 0},
                        &answer, why) != 0)
        return -1;
    int result = take_answer(self, request, &answer, why);
    answer_close(&answer);
    return result;
}

static done_t renew_with(const call_t *call, const change_t *self)
{
    cause_t why;
    enrol_t request;
    const options_t *o = call->options;
    if (make_request(self, &request, &why) != 0)
        return call_fail(call, DONE_NO, "%s", why.text);
    done_t done = DONE_OK;
    if (!o->answer && !o->issuing.ca && !has_next(self, request.channel_key))
        done = say_next(call, self, &request);
    else if (!has_next(self, request.channel_key) &&
             certify(self, o, &request, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    else
        done = tell_nodes(call, self);
    enrol_close(&request);
    return done;
}

static done_t renew(const call_t *call)
{
    change_t change;
    if (call->operands > 1)
        return call_usage(call, say("needs at most the hub's folder"));
    done_t done = change_open(&change, call);
    if (done != DONE_OK)
        return done;
    done = renew_with(call, &change);
    conf_free(hub_options_table, &change.conf);
    return done;
}

// --------------------------------------------------------------------------------

static int read_public(const char *path, uint8_t key[32], cause_t *why)
{
    uint8_t secret[32];
    int result = keyfile_read_x25519(path, secret, key, why);
    sodium_memzero(secret, sizeof secret);
    return result;
}

static int copy_key(const char *from, const char *to, cause_t *why)
{
    buf_t text = {0};
    int result = file_read_private(from, FILE_MAX, &text, why);
    if (result == 0)
        result = file_replace(to, buf_span(&text), 0600, why);
    if (text.data)
        sodium_memzero(text.data, text.room);
    buf_destroy(&text);
    return result;
}

static int check_next(const change_t *self, cert_t *next, cause_t *why)
{
    uint8_t key[32];
    const hub_options_t *conf = &self->conf;
    // Cut short at its end, the key is in its place and has no other name any more.
    const char *named =
        access(self->next_key, F_OK) == 0 ? self->next_key : conf->channel_key;
    if (access(conf->next_channel_certificate, F_OK) != 0)
        return cause_set(why, "%s",
            say("there is no next key: make one with `dabyl hub channel renew`"));
    if (cert_read(next, conf->next_channel_certificate, why) != 0 ||
        read_public(named, key, why) != 0)
        return -1;
    if (memcmp(next->key, key, sizeof key) != 0)
        return cause_set(why, "%s is not the certificate of %s",
            conf->next_channel_certificate, named);
    authority_t *ca = authority_open(conf->ca, conf->crl, why);
    int result = ca ? cert_check(next, ca, clock_now().wall_ms, why) : -1;
    authority_close(&ca);
    return result;
}

// The key first: nodes that know the next believe either.
static int change_over(const change_t *self, const cert_t *next, cause_t *why)
{
    uint8_t now[32];
    const hub_options_t *conf = &self->conf;
    if (read_public(conf->channel_key, now, why) != 0)
        return -1;
    if (memcmp(now, next->key, sizeof now) != 0 &&
        (copy_key(conf->channel_key, self->old_key, why) != 0 ||
            copy_key(self->next_key, conf->channel_key, why) != 0))
        return -1;
    if (put(conf->channel_certificate, next, why) != 0)
        return -1;
    // The key first: one that is left over would be certified as the next for ever.
    if ((unlink(self->next_key) != 0 && errno != ENOENT) ||
        unlink(conf->next_channel_certificate) != 0)
        return cause_errno(why, "%s", self->next_key);
    return 0;
}

static done_t switch_over(const call_t *call)
{
    cause_t why;
    change_t change;
    cert_t next = {0};
    if (call->operands > 1)
        return call_usage(call, say("needs at most the hub's folder"));
    done_t done = change_open(&change, call);
    if (done != DONE_OK)
        return done;
    if (check_next(&change, &next, &why) != 0 || change_over(&change, &next, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    else
        printf(say("changed over; the key before is in %s\n"
                   "next    start dabyl-hub again: nodes that know the next key go on by "
                   "themselves\n"),
            change.old_key);
    cert_close(&next);
    conf_free(hub_options_table, &change.conf);
    return done;
}

static const option_t renew_options[] = {
    HUB_OPTION(offsetof(options_t, hub)),
    HUB_AS_OPTION(offsetof(options_t, as)),
    {"ca", OPTION_TEXT, offsetof(options_t, issuing.ca), "DIR", NULL,
        "the CA's folder, where it is on this machine: sign at once"},
    {"answer", OPTION_TEXT, offsetof(options_t, answer), "FILE", NULL,
        "what the CA has answered to the request"},
    {"days", OPTION_NUMBER, offsetof(options_t, issuing.days), "N", CERTIFICATE_DAYS,
        "lifetime of the certificates (operational default)"},
    {"passphrase-file", OPTION_TEXT, offsetof(options_t, issuing.passphrase_file), "FILE",
        NULL, PASSPHRASE_HELP},
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static const option_t switch_options[] = {
    HUB_OPTION(offsetof(options_t, hub)),
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};

static const command_t channel_renew = {
    .name = "renew",
    .operands = "[DIR]",
    .summary = "make and certify the next channel key, and tell nodes",
    .options = renew_options,
    .options_size = sizeof(options_t),
    .run = renew,
};

static const command_t channel_switch = {
    .name = "switch",
    .operands = "[DIR]",
    .summary = "put the next channel key in the place of the one in use",
    .options = switch_options,
    .options_size = sizeof(options_t),
    .run = switch_over,
};

static const command_t *const commands[] = {&channel_renew, &channel_switch, NULL};

const command_t hub_channel = {
    .name = "channel",
    .operands = "renew|switch ...",
    .summary = "change the hub's channel key, with nodes told ahead",
    .commands = commands,
};
