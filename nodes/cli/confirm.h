// confirm - a "yes" that a person types for what is not to happen by mistake.

#ifndef NODES_CLI_CONFIRM_H
#define NODES_CLI_CONFIRM_H

#include <stdbool.h>
#include <stdio.h>

// That the line, with or without its end, says yes, whole, in English or in the language
// spoken.  An empty line says nothing.
bool confirm_is_yes(const char *line);
// Ask on `out` and read a line of standard input; its end is no yes.
bool confirm(FILE *out, const char *question);

#endif
