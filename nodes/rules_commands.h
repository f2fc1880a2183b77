// rules_commands - the rows of `dabyl rules`, one file each.

#ifndef NODES_RULES_COMMANDS_H
#define NODES_RULES_COMMANDS_H

#include "nodes/command.h"

extern const command_t rules_at_command, rules_check_command, rules_cites_command,
    rules_diff_command, rules_explain_command, rules_seal_command;

#endif
