// backfill - what stands already of what a subscription asks for, and goes along with it.
//
// A first look back widens no more than the feed itself does: rules in force must offer
// each of these messages to the role that the reader has now, and its marking must let it
// reach somebody whom nobody names.  The limits are operational defaults, besides those
// of what goes along (carry.h).

#ifndef HUB_DECIDE_BACKFILL_H
#define HUB_DECIDE_BACKFILL_H

#include "hub/decide/evaluation.h"

enum {
    BACKFILL_ENTRIES = 16384, // the newest of the log are looked at
    BACKFILL_MESSAGES = 4096  // and of those as many of the feed's kinds
};

// The lines by which they come, right behind the one that delivers the subscription to
// its author; none where it does not ask for them.
void backfill_add(evaluation_t *evaluation);

#endif
