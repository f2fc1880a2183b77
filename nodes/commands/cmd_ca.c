// dabyl ca - the certification authority; its subcommands live in certs/.

#include "certs/ca_command.h"
#include "nodes/commands/commands.h"

static done_t run(int argc, char **argv)
{
    return (done_t)ca_main(argc, argv);
}

const command_t cmd_ca = {
    .name = "ca",
    .operands = "COMMAND ...",
    .summary = "make certificates: request, sign, renew, revoke",
    .run_raw = run,
};
