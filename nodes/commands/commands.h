// commands - the rows of the command table, one per file cmd_*.c.

#ifndef NODES_COMMANDS_COMMANDS_H
#define NODES_COMMANDS_COMMANDS_H

#include "nodes/cli/command.h"

extern const command_t cmd_ack, cmd_attachment, cmd_ca, cmd_completion, cmd_contacts,
    cmd_cosign, cmd_custody, cmd_doctor, cmd_duties, cmd_explain, cmd_feeds, cmd_follow,
    cmd_hub, cmd_inbox, cmd_plans, cmd_incident, cmd_node, cmd_nodes, cmd_reached,
    cmd_rules, cmd_send, cmd_sent, cmd_status, cmd_trace, cmd_verify, cmd_web,
    cmd_withdraw, cmd_correct, cmd_join;
extern const command_t cmd_notify;
extern const command_t cmd_erase;
extern const command_t cmd_registry;
extern const command_t hub_acts;
extern const command_t hub_erase;
extern const command_t hub_retention;
extern const command_t hub_admit;
extern const command_t hub_backup;
extern const command_t hub_channel;
extern const command_t hub_joins;
extern const command_t hub_metrics;
extern const command_t hub_nodes;
extern const command_t hub_remove;
extern const command_t hub_renew;
extern const command_t hub_restore;
extern const command_t hub_setup;
extern const command_t node_join;
extern const command_t node_held;
extern const command_t node_metrics;
extern const command_t node_reload;
extern const command_t node_renew;
extern const command_t node_officer;
extern const command_t node_setup;

// All of them, in the order of the help; NULL after the last.
extern const command_t *const commands_all[];

extern const command_t hub_backup;
extern const command_t hub_restore;
extern const command_t hub_follow;
extern const command_t hub_export;
extern const command_t hub_missing;
#endif
