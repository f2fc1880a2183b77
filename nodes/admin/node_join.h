// node_join - enrolling a node with a hub, for `dabyl node join` and `dabyl node setup`.

#ifndef NODES_ADMIN_NODE_JOIN_H
#define NODES_ADMIN_NODE_JOIN_H

#include "nodes/cli/command.h"
#include "nodes/upkeep/digits.h"

typedef struct {
    const char *folder, *address;
    const char *id, *role, *organisation; // NULL, all of them: as it was asked before
    const char *share;                    // where schemas are; NULL: beside the program
    digits_word_t digits;
    int64_t wait_s;
} node_join_t;

// Ask, wait, check and write; says what it does.  DONE_UNREACHABLE: not yet; said again
// it goes on.
done_t node_join_go(const call_t *call, const node_join_t *wish);

#endif
