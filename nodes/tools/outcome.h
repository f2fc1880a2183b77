// outcome - what became of a message that was sent, in plain words or as JSON.

#ifndef NODES_TOOLS_OUTCOME_H
#define NODES_TOOLS_OUTCOME_H

#include "nodes/cli/command.h"
#include "nodes/tools/submit.h"

// `name` is what the user called the document.  DONE_OK sent, DONE_NO refused,
// DONE_UNREACHABLE still waiting; DONE_NO also when the node says that it cannot take it.
done_t outcome_print(const char *name, const submit_t *submit, bool json, FILE *out);
// A refusal on this machine, before anything was put into the outbox.
void outcome_print_refusal(
    const char *name, const refusal_t *refusal, bool json, FILE *out);

#endif
