// guide - what somebody may send, and what there is to write in it, in the reader's
// language.

#ifndef NODES_WRITING_GUIDE_H
#define NODES_WRITING_GUIDE_H

#include "nodes/writing/form.h"

#include <jansson.h>
#include <stdio.h>

// The kinds that the role may send by the rules, each with its title and paragraphs; ""
// as a role: those that somebody may send.
void guide_list(const rules_t *rules, const schemas_t *schemas, const char *role,
    bool json, FILE *out);
// What there is to fill in of a kind: what is needed, what rules look at, the rest.
void guide_form(const form_t *form, const char *language, FILE *out);
// A document to fill in; the caller owns it.  What it says where somebody has to write is
// found again by placeholder_left.
json_t *guide_template(const form_t *form, const char *language);

#endif
