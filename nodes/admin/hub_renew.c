// dabyl hub renew - further certificates for one who is in the roster, or for all that
// the CA has renewed; those that ended are put aside.

#include "nodes/admin/roster_desk.h"

#include "lib/base/catalogue.h"
#include "nodes/commands/commands.h"
#include "nodes/upkeep/roster_files.h"

#include <string.h>

// clang-format off
static const option_t options[] = {
    {"all", OPTION_FLAG, offsetof(roster_wish_t, all), NULL, NULL,
        "everybody whose certificates are given, as `dabyl ca renew --all` wrote them"},
    ROSTER_OPTIONS
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};
// clang-format on

static bool is_meant(const roster_desk_t *self, const char *name)
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
    const roster_desk_t *self = context;
    return cert->not_after_ms <= self->now_ms && is_meant(self, cert->name);
}

static int check_renewed(const roster_desk_t *self, const cert_t *cert, cause_t *why)
{
    if (!roster_desk_has(self, cert->name))
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

// The hub's own take the place of those for the same keys; its channel is in no roster.
static void put_own(roster_desk_t *self, const cert_t *cert)
{
    const hub_options_t *conf = &self->conf;
    if (cert->use == CERT_SEAL && follows(cert, conf->certificate))
        roster_desk_put(self, conf->certificate, cert);
    else if (cert->use == CERT_CHANNEL && follows(cert, conf->channel_certificate))
        roster_desk_put(self, conf->channel_certificate, cert);
    else if (cert->use == CERT_CHANNEL && follows(cert, conf->next_channel_certificate))
        roster_desk_put(self, conf->next_channel_certificate, cert);
}

static int put_renewed(roster_desk_t *self, const cert_t *cert, cause_t *why)
{
    char path[PATH_MAX];
    const bool own = strcmp(cert->role, "hub") == 0;
    if (own)
        put_own(self, cert);
    if ((own && cert->use == CERT_CHANNEL) || roster_files_have(&self->roster, cert))
        return 0;
    if (roster_files_path(&self->conf, cert, path, why) != 0)
        return -1;
    roster_desk_put(self, path, cert);
    return 0;
}

// Who cannot be renewed is named, and does not hold up the others.
static int put_all(roster_desk_t *self, cause_t *why)
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
    return roster_desk_drop(self, is_over, why) == 0 ? roster_desk_take_crl(self, why)
                                                     : -1;
}

static done_t renew_all(roster_desk_t *self)
{
    cause_t why;
    done_t done = DONE_OK;
    if (put_all(self, &why) != 0)
        return call_fail(self->call, DONE_NO, "%s", why.text);
    if (hub_change_files(self->change) == 0)
        puts(say("nothing is new: the roster has all of them"));
    else
        done =
            roster_desk_go(self, "renew", say("further certificates are in the roster"));
    return done == DONE_OK && self->passed_over ? DONE_NO : done;
}

static done_t run_renew(const call_t *call)
{
    roster_desk_t desk;
    cause_t why;
    done_t done = roster_desk_open(&desk, call);
    if (done != DONE_OK)
        return done;
    if (desk.wish->all)
        done = renew_all(&desk);
    else if (!roster_desk_has(&desk, desk.who))
        done = call_fail(call, DONE_NO,
            say("%s is not in the roster: `dabyl hub admit` lets it in"), desk.who);
    else if (roster_desk_check_given(&desk, &why) != 0 ||
             roster_desk_put_given(&desk, &why) != 0 ||
             roster_desk_drop(&desk, is_over, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    else
        done = roster_desk_go(&desk, "renew", say("it has further certificates"));
    roster_desk_close(&desk);
    return done;
}

const command_t hub_renew = {
    .name = "renew",
    .operands = "NODE CERTS...|--all FILE",
    .summary = "give a node further certificates; those that ended are put aside",
    .options = options,
    .options_size = sizeof(roster_wish_t),
    .among = AMONG_NODES,
    .run = run_renew,
    .notes = "Older certificates hold until they end.  With --all, whoever cannot be "
             "renewed is\nnamed, and the others are.\n",
};
