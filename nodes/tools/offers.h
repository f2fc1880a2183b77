// offers - names that there are at a node or a hub, for whoever presses the tabulator
// key.
//
// By names of files alone, the newest first, some dozens: whoever waits for them is
// typing.  What is wrong there is said by the command itself.

#ifndef NODES_TOOLS_OFFERS_H
#define NODES_TOOLS_OFFERS_H

#include "nodes/cli/complete.h"

enum {
    OFFERS_MOST = 32,
    OFFERS_LOOKED = 100000, // names of a folder that are looked at
};

// Lines as complete_print has them.  Where no folder was typed it is that of DABYL_NODE
// or DABYL_HUB, or the current one.
void offers_print(const complete_more_t *wanted, FILE *out);

#endif
