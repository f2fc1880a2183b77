// schema - JSON Schema 2020-12, a closed profile.
//
// A schema file that uses a keyword outside the profile is refused when it is loaded, so
// that nothing is ever accepted because a constraint was not understood.  In the profile:
//
//     type enum const  minimum maximum exclusiveMinimum exclusiveMaximum multipleOf
//     minLength maxLength pattern format  required dependentRequired dependentSchemas
//     properties patternProperties additionalProperties unevaluatedProperties
//     minProperties maxProperties  items prefixItems contains minContains maxContains
//     minItems maxItems uniqueItems  allOf anyOf oneOf not if then else
//     $ref $defs $anchor, $id at the root of a file, $schema naming 2020-12
//     and without effect: $comment title description default examples, and x-words at
//     the root of a file: what people call fields and values, in three languages
//
// `format` is asserted, and must be one of format.h.  `pattern` is PCRE2 with UTF,
// without the long names of Unicode properties; one that takes too many steps refuses the
// message.  In a folder, uniqueItems stands beside maxItems, because it compares all
// pairs.  A $ref that leads back to itself on the same value is refused.

#ifndef LIB_JSON_SCHEMA_H
#define LIB_JSON_SCHEMA_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"
#include "lib/base/refusal.h"

#include "lib/json/value.h"

typedef struct schemas schemas_t;

// Load every *.json of the folder (not of folders in it); references between files go by
// their `$id`.  A file that fixes properties.kind is the schema of that kind and named
// after it; others are parts.
schemas_t *schemas_open(const char *folder, cause_t *why);
// All files as one text, and a set from such a text:
//
//     dabyl-schemas/v1
//     file <size> <name>
//     <so many bytes> LF, and the next file
span_t schemas_text(const schemas_t *self); // empty when compiled otherwise
schemas_t *schemas_parse(span_t text, cause_t *why);
void schemas_close(schemas_t **self_p);

// Check a message against the schema for its `kind` (the file <kind>.json).  Format
// versions and kinds that are not known are refused with codes of their own, before the
// schema.  The refusal gives the field's pointer, "<file> <keyword>" in `by`, and what
// was expected; it quotes the schema, never the message.  Safe to call from several
// threads.
int schemas_check(const schemas_t *self, const value_t *message, refusal_t *refusal);
// Whether a schema for this kind is loaded.
bool schemas_knows(const schemas_t *self, const char *kind);
// Whether some message of this kind may have the field at this JSON pointer, objects in
// objects.  True as well where the schemas leave that open: inside arrays, behind a '~'.
bool schemas_has(const schemas_t *self, const char *kind, const char *pointer);

// What the schemas say of one field of a kind, at a JSON pointer through objects and, by
// "-", into the items of an array; what only one branch of them says is left open.
typedef struct {
    bool open;                     // nothing is known: an escape, a branch
    bool optional;                 // a message of the kind may do without it
    bool text, number, truth;      // a string; true and false
    bool object, array, other;     // other: one of these, or null
    bool moment;                   // a string that is a moment
    bool date;                     // a string that is a day
    bool never;                    // no message may have it
    bool has_minimum, has_maximum; // of a number
    int64_t minimum, maximum;
    bool has_longest; // of a string
    int64_t longest;  // in characters
    // An array of the values it may have, and the only value it may have; NULL: any.
    const value_t *among, *constant;
} schema_field_t;

void schemas_field(
    const schemas_t *self, const char *kind, const char *pointer, schema_field_t *field);
// Whether the field may hold this scalar; true as well where that is left open.
bool schemas_accept(
    const schemas_t *self, const char *kind, const char *pointer, const value_t *value);
// Each field that the object at this pointer ("": the message) must have.
void schemas_required(const schemas_t *self, const char *kind, const char *pointer,
    void (*visit)(void *context, const char *name), void *context);

// Each field that the object at this pointer may have, by the schemas that name some; one
// may come twice.
void schemas_members(const schemas_t *self, const char *kind, const char *pointer,
    void (*visit)(void *context, const char *name), void *context);
// What people call a field in "kk", "ru" or "en": by x-words, those of the longest end of
// "<kind>/body/due" that there are, else English, else its description; NULL: nobody has
// said it.
const char *schemas_words(
    const schemas_t *self, const char *kind, const char *pointer, const char *language);
// The same in few words, as it is called beside what it says.
const char *schemas_label(
    const schemas_t *self, const char *kind, const char *pointer, const char *language);
// The same of a value that it may have, "sector=banking"; NULL: the value speaks for
// itself.
const char *schemas_value_words(const schemas_t *self, const char *kind,
    const char *pointer, const char *value, const char *language);
// The kind's title, in English; NULL without one.
const char *schemas_title(const schemas_t *self, const char *kind);

// For the conformance tests: compile one schema, check one instance.
typedef struct schema schema_t;
// The schema must stay where it is for as long.
schema_t *schema_compile(const value_t *schema, cause_t *why);
int schema_check(const schema_t *self, const value_t *instance, refusal_t *refusal);
void schema_free(schema_t **self_p);

#endif
