// rule_apply - that a rule's tests can be met at all: that some message of its kinds has
// what it asks for, and that some answer gives what its duties wait for.

#ifndef LIB_RULES_RULE_APPLY_H
#define LIB_RULES_RULE_APPLY_H

#include "lib/json/schema.h"
#include "lib/rules/rules.h"

// -1 at the first that cannot, with file and line.  Of what the schemas leave open
// nothing is said.
int rule_can_apply(const rule_t *rule, const schemas_t *schemas, cause_t *why);

#endif
