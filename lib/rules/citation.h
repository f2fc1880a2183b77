// citation - which paragraphs of which instrument a rule cites.
//
// An instrument is an act of law; the pack that carries it out says how it is called and
// which paragraphs there are.

#ifndef LIB_RULES_CITATION_H
#define LIB_RULES_CITATION_H

#include "lib/rules/pack.h"

typedef struct {
    bool by_default;        // the word "default" alone: the law is silent
    const char *paragraphs; // within the text that was parsed: "8.3, 8.5, 10"
} citation_t;

// "488:8.3, 8.5, 10" or "8.3, 8.5, 10", of this pack's instrument and no other.  Only the
// canonical text is taken: paragraphs that exist, separated by a comma and a space.
int citation_parse(const char *text, const pack_t *pack, citation_t *out, cause_t *why);
// Whether cites, as rules, records and duties have them, name this paragraph or one below
// it: "488:8" or "8" is named by "488:8.3, 10"; "default" by "default" and "488:17,
// default".
bool citation_names(const char *cites, const char *wanted);
// Whether it says that it is, or may be, no more than a default of ours.
bool citation_by_default(const char *cites);

#endif
