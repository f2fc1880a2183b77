// schema - JSON Schema 2020-12, a closed profile.
//
// A schema file that uses a keyword outside the profile is refused when it is loaded, so
// that nothing is ever accepted because a constraint was not understood.  `format` is
// asserted.

#ifndef LIB_SCHEMA_H
#define LIB_SCHEMA_H

#include "lib/bytes.h"
#include "lib/cause.h"
#include "lib/refusal.h"

#include <jansson.h>

typedef struct schemas schemas_t;

// Load every *.json of the folder; references between files go by their `$id`.
schemas_t *schemas_open(const char *folder, cause_t *why);
void schemas_close(schemas_t **self_p);

// Check a message against the schema for its `kind` (the file <kind>.json).  Unknown
// kinds and format versions are refused with codes of their own.  Safe to call from
// several threads.
int schemas_check(const schemas_t *self, const json_t *message, refusal_t *refusal);
// Whether a schema for this kind is loaded.
bool schemas_knows(const schemas_t *self, const char *kind);

// For the conformance tests: compile one schema, check one instance.
typedef struct schema schema_t;
schema_t *schema_compile(const json_t *schema, cause_t *why);
int schema_check(const schema_t *self, const json_t *instance, refusal_t *refusal);
void schema_free(schema_t **self_p);

#endif
