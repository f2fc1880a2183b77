// complete - what may stand where somebody presses the tabulator key, as the tables of
// commands and options have it.

#ifndef NODES_CLI_COMPLETE_H
#define NODES_CLI_COMPLETE_H

#include "nodes/cli/command.h"

// Lines that a shell's script takes for what it may offer in place of it.
#define COMPLETE_FILES ":files"
#define COMPLETE_FOLDERS ":dirs"

// What else may stand there, which no table has: one of these, of the node or the hub
// that was typed before (NULL: none was).
typedef struct {
    among_t among;
    const char *node, *hub, *begun;
} complete_more_t;

// One word a line, with what it means behind a tabulator, for the last of these words
// (which may be ""), and nothing where there is nothing to offer.  `words` stand behind
// the program's name, and what is returned borrows them.
complete_more_t complete_print(
    const command_t *const *table, int n, const char *const *words, FILE *out);
// One such line, where the word begins so.
void complete_offer(FILE *out, const char *begun, const char *word, const char *meaning);

#endif
