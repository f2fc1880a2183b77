// rules_commands - the rows of `dabyl rules`, one file each.

#ifndef NODES_RULES_RULES_COMMANDS_H
#define NODES_RULES_RULES_COMMANDS_H

#include "lib/rules/rules.h"
#include "nodes/cli/command.h"

extern const command_t rules_at_command, rules_check_command, rules_cites_command,
    rules_diff_command, rules_explain_command, rules_packs_command, rules_seal_command;

// That the seal beside each pack is a good one by this certificate, an officer's; prints
// whose.  The origin may be NULL: then whichever the seal names.
int rules_check_seals(
    const rules_t *rules, const char *cert_path, const char *origin, cause_t *why);

#endif
