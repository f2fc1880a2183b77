// delegating - a message by which somebody is to act in an office of its author's node.

#ifndef HUB_DECIDE_DELEGATING_H
#define HUB_DECIDE_DELEGATING_H

#include "hub/decide/evaluation.h"

// The rule's `delegates`, if it has one: a line of the record.  -1: refused, since whom
// it names is no officer of the node or holds the office, or since its times are none.
int delegating_apply(evaluation_t *evaluation, const rule_t *rule);

#endif
