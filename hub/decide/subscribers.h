// subscribers - who has a message because they asked for it, and of which feeds it is.
//
// A subscription widens no right: a rule must offer this very message to the subscriber's
// role, and its marking must let it reach somebody whom nobody names.

#ifndef HUB_DECIDE_SUBSCRIBERS_H
#define HUB_DECIDE_SUBSCRIBERS_H

#include "hub/decide/evaluation.h"

// Behind the lines by which rules deliver it.
void subscribers_add(evaluation_t *evaluation);

#endif
