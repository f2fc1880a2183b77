// query - a question to the hub, through the node's daemon.

#ifndef NODES_TOOLS_QUERY_H
#define NODES_TOOLS_QUERY_H

#include "nodes/cli/command.h"

#include <jansson.h>

// Takes over `arguments` (a JSON object).  The answer, which the caller owns; NULL when
// there is none: then the reason was printed and *done is what the command ends with.
json_t *query_hub(const call_t *call, const char *topic, json_t *arguments,
    int64_t timeout_ms, done_t *done);

#endif
