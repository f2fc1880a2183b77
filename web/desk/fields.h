// fields - what a message says, field by field, with what people call it.

#ifndef WEB_DESK_FIELDS_H
#define WEB_DESK_FIELDS_H

#include "lib/json/schema.h"

#include <jansson.h>

enum { FIELDS_MOST = 4000 }; // shown one by one; the document has all of them

// In the order of the message: [{"pointer", "words": {"kk", "ru", "en"} or null, "value",
// "said": {"kk", "ru", "en"} of a value that has words, or null}].  `schemas` may be
// NULL: no law is known.  What the message carries is left out.
json_t *fields_json(const schemas_t *schemas, const json_t *root);

#endif
