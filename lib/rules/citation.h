// citation - which paragraphs of which instrument a rule cites.
//
// An instrument is an act of law, named by its number.  The one there is so far is the
// National anti-crisis plan for responding to information security incidents (Government
// resolution No. 488 of 9 August 2018, as amended): 23 paragraphs, of which 3 has eight
// subparagraphs and 8 has eleven.

#ifndef LIB_RULES_CITATION_H
#define LIB_RULES_CITATION_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

enum { INSTRUMENT_MAX = 24 };

typedef struct {
    bool by_default;                 // the word "default" alone: the law is silent
    char instrument[INSTRUMENT_MAX]; // "488"; "" when by default
    const char *paragraphs;          // within the text that was parsed: "8.3, 8.5, 10"
} citation_t;

// "488:8.3, 8.5, 10"; without an instrument it is the one of `home`.  Only the canonical
// text is taken: paragraphs that exist, separated by a comma and a space.
int citation_parse(const char *text, const char *home, citation_t *out, cause_t *why);
// Whether cites, as rules, records and duties have them, name this paragraph or one below
// it: "488:8" or "8" is named by "488:8.3, 10"; "default" by "default" and "488:17,
// default".
bool citation_names(const char *cites, const char *wanted);
// Whether it says that it is, or may be, no more than a default of ours.
bool citation_by_default(const char *cites);

#endif
