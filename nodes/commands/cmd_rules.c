// dabyl rules - the rules that route messages, for those who own them.

#include "nodes/commands/commands.h"
#include "nodes/rules/rules_commands.h"

static const command_t *const commands[] = {&rules_check_command, &rules_explain_command,
    &rules_packs_command, &rules_cites_command, &rules_diff_command, &rules_at_command,
    &rules_seal_command, NULL};

const command_t cmd_rules = {
    .name = "rules",
    .operands = "check|explain|packs|cites|diff|at|seal ...",
    .summary = "check, explain, compare or seal the rules that route messages",
    .commands = commands,
};
