// dispatch - a command hands one document to the node and waits for what becomes of it.

#ifndef NODES_TOOLS_DISPATCH_H
#define NODES_TOOLS_DISPATCH_H

#include "nodes/cli/command.h"
#include "nodes/tools/submit.h"

// How the outcome is told; NULL: by outcome_print.
typedef done_t (*dispatch_print_fn)(const call_t *call, const submit_t *submit);

typedef struct {
    int64_t timeout_s;
    bool no_wait; // then still waiting is success
    dispatch_print_fn print;
} dispatch_t;

// Prints outcome, refusal or failure; the exit code that goes with it.
done_t dispatch(
    const call_t *call, const char *node, span_t document, const dispatch_t *how);

#endif
