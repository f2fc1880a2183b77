// node_reload - telling a daemon that its certificates are others, for `dabyl node
// reload` and `dabyl node renew`.

#ifndef NODES_ADMIN_NODE_RELOAD_H
#define NODES_ADMIN_NODE_RELOAD_H

#include "lib/base/cause.h"

#include <jansson.h>
#include <stdbool.h>

// What the daemon of this folder answered, for the caller to free; NULL: it does not
// answer, and why.
json_t *node_reload_ask(const char *node, cause_t *why);
// Whether it has them in force; its reason, or "".
bool node_reload_done(const json_t *answer, const char **reason);

#endif
