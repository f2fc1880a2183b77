// rules_fit - that rules and schemas speak of the same things: each kind has a schema,
// and each field that a rule tests, copies or compares is one that such a message may
// have.
//
// A field misspelt in a rule would otherwise be a test that no message ever meets.

#ifndef LIB_RULES_RULES_FIT_H
#define LIB_RULES_RULES_FIT_H

#include "lib/json/schema.h"
#include "lib/rules/rules.h"

// -1 at the first that does not fit, with file, line and rule.
int rules_fit(const rules_t *rules, const schemas_t *schemas, cause_t *why);

#endif
