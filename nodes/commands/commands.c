// commands - the table of `dabyl`.  To add a command: write cmd_<name>.c with its row,
// name the row in commands.h and here.

#include "nodes/commands/commands.h"

const command_t *const commands_all[] = {
    &cmd_send,
    &cmd_follow,
    &cmd_inbox,
    &cmd_ack,
    &cmd_cosign,
    &cmd_trace,
    &cmd_attachment,
    &cmd_custody,
    &cmd_duties,
    &cmd_incident,
    &cmd_contacts,
    &cmd_feeds,
    &cmd_plans,
    &cmd_nodes,
    &cmd_explain,
    &cmd_status,
    &cmd_web,
    &cmd_withdrawal,
    &cmd_verify,
    &cmd_rules,
    &cmd_node,
    &cmd_hub,
    &cmd_doctor,
    &cmd_ca,
    NULL,
};
