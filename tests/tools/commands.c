// commands - runs several commands of `dabyl` in one process, for tests that need many
// before they begin: with sanitizers a process takes longer to start than most commands.
//
//     commands < LIST      each argument a line, an empty line after each command
//
// The first that fails ends it, with that one's exit code.

#include "nodes/commands/commands.h"
#include "lib/base/bytes.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { ARGUMENTS_MAX = 32, LINE_MAX_SIZE = 8192 };

static const command_t *const commands[] = {&cmd_ca, &cmd_hub, &cmd_rules, NULL};

// The arguments of the next command, each with its own end in `text`; 0 when no more
// come.
static int read_command(buf_t *text, char **argv)
{
    size_t at[ARGUMENTS_MAX];
    char line[LINE_MAX_SIZE];
    int argc = 0;
    buf_clear(text);
    while (argc < ARGUMENTS_MAX && fgets(line, sizeof line, stdin) && line[0] != '\n') {
        line[strcspn(line, "\n")] = 0;
        at[argc++] = text->size;
        buf_put(text, line, strlen(line) + 1);
    }
    for (int i = 0; i < argc; i++)
        argv[i] = (char *)text->data + at[i];
    return argc;
}

int main(void)
{
    buf_t text = {0};
    char *argv[ARGUMENTS_MAX];
    done_t done = sodium_init() < 0 ? DONE_NO : DONE_OK;
    for (int argc; done == DONE_OK && (argc = read_command(&text, argv)) > 0;)
        done = command_dispatch(commands, "dabyl", (common_t){0}, argc, argv);
    buf_destroy(&text);
    return (int)done;
}
