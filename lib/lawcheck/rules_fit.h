// rules_fit - that rules and schemas speak of the same things: each kind has a schema,
// each field that a rule tests, copies or compares is one that such a message may have,
// some message passes its tests, and some answer gives what its duties wait for; and that
// what it derives can be made and sent (rules_follow.h).
//
// A field misspelt in a rule would otherwise be a test that no message ever meets.

#ifndef LIB_LAWCHECK_RULES_FIT_H
#define LIB_LAWCHECK_RULES_FIT_H

#include "lib/json/schema.h"
#include "lib/rules/rules.h"

// -1 at the first that does not fit, with file, line and rule.  Of what the schemas leave
// open nothing is said.
int rules_fit(const rules_t *rules, const schemas_t *schemas, cause_t *why);

#endif
