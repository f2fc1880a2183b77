// hub_retention - what a hub says of messages that are past the age of their kind.

#ifndef NODES_ADMIN_HUB_RETENTION_H
#define NODES_ADMIN_HUB_RETENTION_H

#include "nodes/cli/command.h"

// After a reload: how many go, and when, by the ages that are in force now; nothing where
// there are none.  It is only a word more: what cannot be asked is passed over.
void hub_retention_tell(const call_t *call, const char *named);

#endif
