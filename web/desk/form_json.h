// form_json - what there is to fill in of a message, for whoever draws it on a screen.

#ifndef WEB_DESK_FORM_JSON_H
#define WEB_DESK_FORM_JSON_H

#include "nodes/writing/form.h"

#include <jansson.h>

// The kinds that the role may send by the rules: [{"kind", "title", "cites", "default",
// "seals", "call"}].  A title is {"context", "text"}, English under which a translation
// is found; "call": the kind that a caller's report becomes (call.h).
json_t *form_json_kinds(const rules_t *rules, const schemas_t *schemas, const char *role);
// {"kind", "title", "cites", "default", "seals", "may", "marking", "blanks", "parts"};
// "may": a rule lets the form's role send it.
json_t *form_json(const form_t *form);
// {"context", "text"} of a kind.
json_t *form_json_title(const schemas_t *schemas, const char *kind);

#endif
