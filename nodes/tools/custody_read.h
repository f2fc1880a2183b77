// custody_read - what a node's folders have of chains of custody, proven anew.

#ifndef NODES_TOOLS_CUSTODY_READ_H
#define NODES_TOOLS_CUSTODY_READ_H

#include "nodes/tools/custody.h"

// From inbox/ and sent/, with the keys in the node's folder; custody_close also after -1.
int custody_read(custody_t *self, const char *node, cause_t *why);

#endif
