// dabyl - the one command for people and scripts: finds the subcommand and runs it.

#include "lib/base/standard.h"
#include "lib/base/version.h"
#include "nodes/cli/page.h"
#include "nodes/commands/commands.h"

#include <sodium.h>
#include <string.h>

static done_t run(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts("dabyl " DABYL_VERSION);
        return DONE_OK;
    }
    if (sodium_init() < 0)
        return DONE_NO;
    if (command_speak(argc - 1, argv + 1))
        page_wrap();
    return command_dispatch(commands_all, "dabyl", (common_t){0}, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    standard_open();
    int code = standard_end("dabyl", (int)run(argc, argv), DONE_USAGE);
    page_end();
    return code;
}
