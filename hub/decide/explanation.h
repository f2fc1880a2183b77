// explanation - a decision as the answer to EXPLAIN (PROTOCOL.md): what the author's
// receipt would tell, and nothing else.

#ifndef LIB_VERDICT_H
#define LIB_VERDICT_H

#include "hub/decide/decision.h"

void explanation_print(const decision_t *decision, buf_t *json);

#endif
