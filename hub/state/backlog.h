// backlog - what is urgent of that which a node has not got yet: messages from
// LEVEL_URGENT on, and those by which it owes something that is open.

#ifndef HUB_STATE_BACKLOG_H
#define HUB_STATE_BACKLOG_H

#include "hub/state/duties.h"
#include "hub/state/inboxes.h"

// Of the node's inbox, behind number `after` and behind what is acknowledged; false:
// nothing is.  It looks at the node's open duties and urgent numbers, and no entry is
// read.
bool backlog_urgent(const inboxes_t *inboxes, const duties_t *duties, const char *node,
    int inbox, uint64_t after, ahead_t *ahead);

#endif
