// rules - the law as data: libconfig rules, each with its citation.  What no rule allows
// is refused.
//
// A rule file is loaded whole or not at all, and only with a seal by an officer of an
// nccis node (the caller checks it: rules know nothing of certificates).

#ifndef LIB_RULES_RULES_H
#define LIB_RULES_RULES_H

#include "lib/rules/rule.h"

// Messages that follow from one, by its rules and those of what follows: rules that lead
// to more kinds are refused.
enum { EMISSIONS_MAX = 8 };

typedef struct rules rules_t;

// Load rules files (a folder's *.rules in name order, or one file).
rules_t *rules_open(const char *path, cause_t *why);
// The same of the bytes that rules_text gave, as the journal keeps them; complaints name
// them `name`.  Lines of a second file are counted from where it says `rules`.
rules_t *rules_parse(const char *name, span_t text, cause_t *why);
void rules_close(rules_t **self_p);
size_t rules_count(const rules_t *self);
const rule_t *rules_at(const rules_t *self, size_t i); // by kind, then in the order read
span_t rules_text(const rules_t *self); // the bytes loaded, for the seal and the journal

// Whether a node of this role may publish this kind at all.
bool rules_permit(const rules_t *self, const char *kind, const char *role);
// The next rule at or after *i that applies to the message; NULL at the end.  Start with
// 0.
const rule_t *rules_next(const rules_t *self, size_t *i, const char *kind,
    const char *role, const value_t *message);

#endif
