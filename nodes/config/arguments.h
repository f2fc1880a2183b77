// arguments - the command line of a daemon beside a node: its configuration, or a word
// about itself.

#ifndef NODES_CONFIG_ARGUMENTS_H
#define NODES_CONFIG_ARGUMENTS_H

#include "lib/config/conf.h"

typedef enum { ACTION_RUN, ACTION_CHECK, ACTION_DONE, ACTION_MISUSED } action_t;

typedef struct {
    const char *name;  // "dabyl-node"
    const char *usage; // MARK()ed
    const conf_option_t *options;
} program_t;

// -c FILE or the file alone into `config`, -n, --log-format (set at once), --options,
// --version, --help.  What only asks about the program was answered: ACTION_DONE; what is
// wrong use was said on standard error.  These and a check speak the person's language; a
// daemon that runs speaks English.
action_t arguments_read(
    const program_t *program, int argc, char **argv, const char **config);

#endif
