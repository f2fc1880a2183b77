// explanation - a decision as the answer to EXPLAIN (PROTOCOL.md): what the author's
// receipt would tell, and nothing else.

#ifndef HUB_DECIDE_EXPLANATION_H
#define HUB_DECIDE_EXPLANATION_H

#include "hub/decide/decision.h"

void explanation_print(const decision_t *decision, buf_t *json);

#endif
