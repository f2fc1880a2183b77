// guide - what somebody may send, and what there is to write in it, in the reader's
// language.

#ifndef NODES_WRITING_GUIDE_H
#define NODES_WRITING_GUIDE_H

#include "nodes/writing/form.h"

#include <jansson.h>
#include <stdio.h>

// On what terms a role sends a kind.
typedef struct {
    const rule_t *first;    // that lets it, and says where that stands; NULL: none does
    const require_t *seals; // of officers, whatever the message says; or NULL
} guide_terms_t;

// "" as a role: any but the hub's.
guide_terms_t guide_terms(const rules_t *rules, const char *kind, const char *role);
// Each kind that the role may send, in the rules' order.
typedef void guide_visit_t(void *context, const char *kind, const guide_terms_t *terms);
void guide_each(
    const rules_t *rules, const char *role, guide_visit_t *visit, void *context);

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
