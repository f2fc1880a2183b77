// delegating - a message by which somebody is to act in an office of its author's node,
// and who sealed another one in such an office.

#ifndef HUB_DECIDE_DELEGATING_H
#define HUB_DECIDE_DELEGATING_H

#include "hub/decide/evaluation.h"

// The rule's `delegates`, if it has one: a line of the record.  -1: refused, since whom
// it names is no officer of the node or holds the office, or since its times are none.
int delegating_apply(evaluation_t *evaluation, const rule_t *rule);
// Of the seals that a rule wants, and that are good for a message with this content: who
// counts because he acts for somebody is in the record, whichever rules ask for it.
void delegating_note(
    const evaluation_t *evaluation, const seals_t *seals, const value_t *root);

#endif
