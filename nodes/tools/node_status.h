// node_status - how a node's daemon says it is, in plain words.

#ifndef NODES_TOOLS_NODE_STATUS_H
#define NODES_TOOLS_NODE_STATUS_H

#include "lib/base/cause.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

// Ask the daemon of this folder.  NULL with the cause when it does not answer.
json_t *node_status_ask(const char *node, cause_t *why);
bool node_status_ready(const json_t *status); // it has its hub
// The hub delivers what contradicts itself.
bool node_status_contradicted(const json_t *status);
void node_status_print(const json_t *status, FILE *out);
void node_status_print_hub(const json_t *status, FILE *out); // that line alone

#endif
