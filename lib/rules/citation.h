// citation - which paragraphs of the plan a rule cites.
//
// The plan is the National anti-crisis plan for responding to information security
// incidents (Government resolution No. 488 of 9 August 2018, as amended): 23 paragraphs,
// of which 3 has eight subparagraphs and 8 has eleven.

#ifndef LIB_RULES_CITATION_H
#define LIB_RULES_CITATION_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

typedef enum {
    CITATION_PLAN,    // paragraphs that exist: "8.3, 8.5, 10"
    CITATION_DEFAULT, // the word "default" alone: the plan is silent
} citation_t;

// Only the canonical text is taken: paragraphs separated by a comma and a space.
int citation_parse(const char *text, citation_t *out, cause_t *why);

#endif
