// dabyl hub admit, remove - who may take part: roster, revocations and reload in one
// step, whole or not at all.

#include "nodes/admin/roster_desk.h"

#include "lib/base/catalogue.h"
#include "nodes/commands/commands.h"
#include "nodes/upkeep/roster_files.h"

#include <string.h>

// clang-format off
static const option_t options[] = {
    ROSTER_OPTIONS
    {NULL, OPTION_FLAG, 0, NULL, NULL, NULL},
};
// clang-format on

// A node needs both to take part.
static int check_whole(const roster_desk_t *self, cause_t *why)
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

static done_t run_admit(const call_t *call)
{
    roster_desk_t desk;
    cause_t why;
    done_t done = roster_desk_open(&desk, call);
    if (done != DONE_OK)
        return done;
    if (roster_desk_check_given(&desk, &why) != 0 || check_whole(&desk, &why) != 0 ||
        roster_desk_put_given(&desk, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    else
        done = roster_desk_go(&desk, "admit", say("admitted"));
    roster_desk_close(&desk);
    return done;
}

// A node, and with it those who are officers of it.
static bool is_his(const void *context, const cert_t *cert)
{
    const roster_desk_t *self = context;
    return strcmp(cert->name, self->who) == 0 || strcmp(cert->node, self->who) == 0;
}

static int check_leaving(const roster_desk_t *self, cause_t *why)
{
    for (size_t i = 0; i < self->roster.n; i++) {
        const cert_t *cert = &self->roster.item[i].cert;
        if (strcmp(cert->name, self->who) == 0 && strcmp(cert->role, "hub") == 0)
            return cause_set(
                why, say("%s is the hub itself, and stays in its roster"), self->who);
    }
    return roster_desk_has(self, self->who)
               ? 0
               : cause_set(why, say("%s is not in the roster"), self->who);
}

static done_t run_remove(const call_t *call)
{
    roster_desk_t desk;
    cause_t why;
    const roster_wish_t *o = call->options;
    if (!o->reason || !o->reason[0])
        return call_usage(call, "why?  Say --reason");
    if (call->operands > 1)
        return call_usage(call, "one at a time");
    done_t done = roster_desk_open(&desk, call);
    if (done != DONE_OK)
        return done;
    if (check_leaving(&desk, &why) != 0 || roster_desk_drop(&desk, is_his, &why) != 0 ||
        roster_desk_take_crl(&desk, &why) != 0)
        done = call_fail(call, DONE_NO, "%s", why.text);
    else
        done = roster_desk_go(&desk, "remove",
            say("put out; its certificates are good elsewhere until the CA revokes "
                "them"));
    roster_desk_close(&desk);
    return done;
}

const command_t hub_admit = {
    .name = "admit",
    .operands = "NODE CERTS...",
    .summary = "let a node or an officer in: certificates into the roster, and reload",
    .options = options,
    .options_size = sizeof(roster_wish_t),
    .among = AMONG_NODES,
    .run = run_admit,
    .notes = "CERTS: files, a folder with seal.pem and channel.pem, or the CA's answer.\n"
             "Refused, all is as it was before.\n",
};

const command_t hub_remove = {
    .name = "remove",
    .operands = "NODE --reason TEXT",
    .summary = "put a node out, and its officers: certificates out of the roster, and "
               "reload",
    .options = options,
    .options_size = sizeof(roster_wish_t),
    .among = AMONG_NODES,
    .run = run_remove,
    .notes = "The certificates are kept in removed/ in the hub's folder.\n",
};
