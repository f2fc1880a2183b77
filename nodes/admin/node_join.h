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

// The options of both commands that go into the node_join_t at this offset of their own.
#define NODE_JOIN_WHO(at)                                                                \
    {"id", OPTION_TEXT, (at) + offsetof(node_join_t, id), "ID", NULL, "the node's id"},  \
        {"role", OPTION_TEXT, (at) + offsetof(node_join_t, role), "ROLE", NULL,          \
            "isoc, nccis, owner ..."},                                                   \
    {                                                                                    \
        "org", OPTION_TEXT, (at) + offsetof(node_join_t, organisation), "CODE", NULL,    \
            "code of the organisation, as in the registry"                               \
    }
#define NODE_JOIN_HOW(at)                                                                \
    {"digits", OPTION_TEXT, (at) + offsetof(node_join_t, digits.given), "DIGITS", NULL,  \
        "as the hub's operator read them out"},                                          \
        {"yes", OPTION_FLAG, (at) + offsetof(node_join_t, digits.yes), NULL, NULL,       \
            "do not ask: the digits were compared"},                                     \
        {"wait", OPTION_NUMBER, (at) + offsetof(node_join_t, wait_s), "SECONDS",         \
            "86400", "for the hub's operator; 0: ask once"},                             \
    {                                                                                    \
        "share", OPTION_TEXT, (at) + offsetof(node_join_t, share), "DIR", NULL,          \
            "where schemas are (else beside the program)"                                \
    }

// Ask, wait, check and write; says what it does.  DONE_UNREACHABLE: not yet; said again
// it goes on.
done_t node_join_go(const call_t *call, const node_join_t *wish);

#endif
