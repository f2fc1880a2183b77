// dabyl ca - the certification authority; its subcommands live in certs/.

#include "certs/ca_command.h"
#include "nodes/commands/commands.h"

const command_t cmd_ca = {
    .name = "ca",
    .operands = "COMMAND ...",
    .summary = "make certificates: request, sign, renew, revoke",
    .commands = ca_commands,
};
