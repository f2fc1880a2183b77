// hub_joins - what the commands about one request share: `dabyl hub joins` and those
// below it, nobody else.

#ifndef NODES_ADMIN_HUB_JOINS_H
#define NODES_ADMIN_HUB_JOINS_H

#include "certs/signing.h"
#include "nodes/cli/command.h"
#include "nodes/upkeep/hub_ask.h"
#include "nodes/upkeep/joins_desk.h"

typedef struct {
    issuing_t issuing; // of the CA: as `dabyl ca sign` has it
    const char *hub, *as, *digits, *reason, *out, *listen;
    bool yes, new_keys;
    int64_t minutes;
} hub_joins_options_t;

#define HUB_JOINS_OPTION HUB_OPTION(offsetof(hub_joins_options_t, hub))

// What a command does with the one request; both are closed behind it.
typedef done_t hub_joins_act_t(const call_t *call, joins_desk_t *desk, join_t *join);

// Opens the hub's folder (the second operand, or --hub), finds the request that the first
// operand names, and does that with it.
done_t hub_joins_with(const call_t *call, hub_joins_act_t *act);

// What is done with a request that is to be admitted, in nodes/admin/hub_joins_accept.c.
extern const command_t hub_joins_accept, hub_joins_export, hub_joins_import;

#endif
