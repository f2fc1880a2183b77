// call - what somebody reports who calls: which kind of message it becomes, and in which
// order a person on the telephone is asked.

#ifndef WEB_DESK_CALL_H
#define WEB_DESK_CALL_H

#include "nodes/writing/compose.h"

#include <jansson.h>

// Of the kinds that the role may send the one whose form says how it was reported; NULL:
// there is none.  Borrowed from the rules.
const char *call_kind(const rules_t *rules, const schemas_t *schemas, const char *role);
// What is known before anybody has spoken: through what it came, and when.
void call_begin(compose_t *compose);
// The questions in their order, as far as the form has what they are about:
// [{"pointers": [...], "ask": {"context", "text"}}].
json_t *call_questions(const form_t *form);

#endif
