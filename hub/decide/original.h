// original - the message that another corrects or takes back.  Who receives a correction
// or withdrawal, and what must be true of it, depends on its original.

#ifndef HUB_DECIDE_ORIGINAL_H
#define HUB_DECIDE_ORIGINAL_H

#include "hub/decide/evaluation.h"

// What a rule required of the original is required of what withdraws it.  -1: refused.
int original_check(const evaluation_t *evaluation);
// A correction or withdrawal goes to those who had the original, or what was derived from
// it, and to nobody else.
void original_add_holders(evaluation_t *evaluation);

#endif
