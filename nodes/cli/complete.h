// complete - what may stand where somebody presses the tabulator key, as the tables of
// commands and options have it.

#ifndef NODES_CLI_COMPLETE_H
#define NODES_CLI_COMPLETE_H

#include "nodes/cli/command.h"

// Lines that a shell's script takes for what it may offer in place of it.
#define COMPLETE_FILES ":files"
#define COMPLETE_FOLDERS ":dirs"

// One word a line, with what it means behind a tabulator, for the last of these words
// (which may be ""), and nothing where there is nothing to offer.  `words` stand behind
// the program's name.
void complete_print(
    const command_t *const *table, int n, const char *const *words, FILE *out);

#endif
