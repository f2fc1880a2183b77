// wording - what a message says, field by field: named as its schemas name things for
// people, with moments, words and references as people read them.
//
// Nothing about the fields is taken for granted.  Keys and values as they stand are in
// the file, and what --json prints.

#ifndef NODES_INBOX_WORDING_H
#define NODES_INBOX_WORDING_H

#include "lib/json/schema.h"

#include <jansson.h>
#include <stdio.h>

// Borrowed, all of it.
typedef struct {
    const schemas_t *schemas; // NULL: fields stand by their keys
    const char *kind, *language;
} wording_t;

// Each field on a line, those inside another below it and further in; of what a message
// carries, what that says.  Left out is what its head has (mail_print): who wrote it for
// whom, its kind and id; and what is for programs alone.
void wording_print(const wording_t *self, const json_t *message, FILE *out);
// What the field is called beside what it says ("/body/sector": "sector").
void wording_label(const wording_t *self, const char *pointer, FILE *out);
// One value on one line; `pointer` says of which field ("/body/sector").
void wording_value(
    const wording_t *self, const char *pointer, const json_t *value, FILE *out);

#endif
