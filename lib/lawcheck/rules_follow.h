// rules_follow - that what a rule derives from a message can be made and sent, whatever
// the message says: the kind's schema takes what is copied, and a rule of the hub lets it
// pass.
//
// A message from which something follows that is refused is not taken
// (hub/decide/drafting.h): what can be seen of that when rules are loaded must not wait
// for the night it happens in.

#ifndef LIB_LAWCHECK_RULES_FOLLOW_H
#define LIB_LAWCHECK_RULES_FOLLOW_H

#include "lib/json/schema.h"
#include "lib/rules/rules.h"

// -1 where that is not so of one of `rules`, with file, line, and what shows it.  Of more
// values than can be tried nothing is said, nor of what the schemas leave open.
int rules_follow(
    const rules_t *rules, const rule_t *rule, const schemas_t *schemas, cause_t *why);

#endif
