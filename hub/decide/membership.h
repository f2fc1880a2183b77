// membership - whom a message has join a set or leave it, as lines of its record; what
// they add up to is for lib/message/members.h.

#ifndef HUB_DECIDE_MEMBERSHIP_H
#define HUB_DECIDE_MEMBERSHIP_H

#include "hub/decide/evaluation.h"

// By a rule that applies.  -1: refused.
int membership_apply(evaluation_t *evaluation, const rule_t *rule);
// Whether the node joins what this message began, or a reference of it names, and did not
// belong to it until now.
bool membership_begins(
    const evaluation_t *evaluation, const reference_t *first, const char *node);

#endif
