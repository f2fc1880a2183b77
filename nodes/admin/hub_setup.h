// hub_setup - what `dabyl hub setup` does once it knows all that it needs: step by step,
// each found done when it is done.

#ifndef NODES_ADMIN_HUB_SETUP_H
#define NODES_ADMIN_HUB_SETUP_H

#include "nodes/cli/command.h"

typedef struct {
    const char *folder; // the hub's
    const char *origin, *listen, *organisation, *id;
    const char *node, *officer; // the first of the Coordination Centre, who seals rules
    const char *join;           // where newcomers ask to be let in; or ""
    const char *absent;         // roles that nobody is meant to have yet, by spaces
    const char *share;          // where schemas and rules are; NULL: beside the program
    bool ca_here;               // a CA is made beside the hub
    const char *passphrase;     // a file with that of its key; NULL: it has none
    bool trusts;                // the CA's digits were compared
} hub_setup_t;

typedef enum {
    SETUP_DONE,
    SETUP_WAITS,   // for what the CA answers; what to do is printed
    SETUP_COMPARE, // what the CA answered is there: its digits are to be compared first
    SETUP_FAILED
} setup_result_t;

// `digits` of the CA are filled in for SETUP_COMPARE.
setup_result_t hub_setup_go(
    const call_t *call, const hub_setup_t *wish, char digits[64], cause_t *why);
// Whether the hub would start, as it says itself.
int hub_setup_check(const char *folder, cause_t *why);
// Become the hub.  Returns only when that fails.
int hub_setup_start(const char *folder, cause_t *why);

#endif
