// rules - the law as data: libconfig rules, each with its citation.  What no rule allows
// is refused.
//
// Rules come in packs, each of one act (pack.h) and in a file of its own.  Those of a
// folder are loaded together or not at all, and each only with a seal by an officer of an
// nccis node (the caller checks them: rules know nothing of certificates).

#ifndef LIB_RULES_RULES_H
#define LIB_RULES_RULES_H

#include "lib/rules/rule.h"

// Messages that follow from one, by its rules and those of what follows: rules that lead
// to more kinds are refused.
enum { EMISSIONS_MAX = 8 };

typedef struct rules rules_t;

enum { RULES_MAX = 20 << 20 }; // bytes of all packs together

// Load the packs of a folder (its *.rules), one file, or the text that rules_text gave.
rules_t *rules_open(const char *path, cause_t *why);
// The same of several files or folders.
rules_t *rules_open_all(const char *const *path, size_t n, cause_t *why);
// One pack; complaints name it `name`.
rules_t *rules_parse(const char *name, span_t text, cause_t *why);
// What rules_text gave, as the journal keeps it.
rules_t *rules_recall(span_t text, cause_t *why);
void rules_close(rules_t **self_p);
size_t rules_count(const rules_t *self);
const rule_t *rules_at(const rules_t *self, size_t i); // by kind, pack and line
span_t rules_text(const rules_t *self); // all packs, for the journal: see packset.h

// The packs, the highest act first.
size_t rules_packs(const rules_t *self);
const pack_t *rules_pack(const rules_t *self, size_t i);
const char *rules_pack_path(const rules_t *self, size_t i);
span_t rules_pack_text(const rules_t *self, size_t i); // the bytes that are sealed

// Whether messages of this kind attest notice given otherwise (oblige.h).
bool rules_attest(const rules_t *self, const char *kind);
// Whether a node of this role may publish this kind at all.
bool rules_permit(const rules_t *self, const char *kind, const char *role);
// Whether some rule offers messages of this kind to subscribers of this role.
bool rules_offer(const rules_t *self, const char *kind, const char *role);
// A walk over the rules for messages of a kind from a role; all is borrowed.
typedef struct {
    const rule_t *at, *end;
    uint32_t role; // bit
    const value_t *message;
} rules_walk_t;

rules_walk_t rules_walk(
    const rules_t *self, const char *kind, const char *role, const value_t *message);
// The next rule that applies to the message; NULL at the end.
const rule_t *rules_next(rules_walk_t *walk);

#endif
