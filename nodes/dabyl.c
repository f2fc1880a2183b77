// dabyl - the one command for people and scripts: finds the subcommand and runs it.
//
// To add a command: write cmd_<name>.c with its row, name the row in commands.h and here.

#include "lib/base/standard.h"
#include "lib/base/version.h"
#include "nodes/commands/commands.h"

#include <sodium.h>
#include <string.h>

static const command_t *const commands[] = {
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
    &cmd_ca,
    NULL,
};

static done_t run(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("dabyl " DABYL_VERSION);
        return DONE_OK;
    }
    if (sodium_init() < 0)
        return DONE_NO;
    return command_dispatch(commands, "dabyl", (common_t){0}, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    standard_open();
    return standard_end("dabyl", (int)run(argc, argv), DONE_USAGE);
}
