// marking - TLP 2.0: whether a marking lets a node have a message that a rule routes to
// it.
//
// A marking never widens a route.

#ifndef HUB_DECIDE_MARKING_H
#define HUB_DECIDE_MARKING_H

#include "lib/message/document.h"

typedef enum {
    NAMED, // the rule names the role or organisation, or the author names the node
    BROAD, // the rule says "all"
} reach_t;

typedef struct {
    const char *role;  // the receiver's
    bool addressed;    // the receiver is in `to`
    bool served_owner; // an owner that some isoc serves
    reach_t reach;
} receiver_t;

bool marking_allows(tlp_t marking, const receiver_t *receiver);

#endif
