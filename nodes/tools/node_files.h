// node_files - which files wait in a node's folders, as its daemon says, in plain words.

#ifndef NODES_TOOLS_NODE_FILES_H
#define NODES_TOOLS_NODE_FILES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

// Whether a person should see to some of them; `status` is the daemon's answer.
bool node_files_wait(const json_t *status);
// Why a file of the outbox does not go before a person has done something; NULL: it goes
// by itself.  Borrowed from `status`.
const char *node_files_reason(const json_t *status, const char *file);
void node_files_print(const json_t *status, FILE *out); // nothing when none waits

#endif
