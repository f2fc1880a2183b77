// effects - what a set of rules comes to: who may publish what, what must come first,
// who receives it, who may read it along, what the hub makes of it.
//
// Rules are expanded to one effect for each role that may send and each target, and an
// effect that another one covers is left out.  So two files that say the same in
// different ways have the same effects.

#ifndef NODES_RULES_EFFECTS_H
#define NODES_RULES_EFFECTS_H

#include "lib/rules/rules.h"

typedef enum {
    EFFECT_SEND,
    EFFECT_RECEIVE,
    EFFECT_DERIVE,
    EFFECT_REQUIRE,
    EFFECT_OBLIGE,
    EFFECT_ENROL,
    EFFECT_DELEGATE,
    EFFECT_OFFER,
    EFFECT_REMARK
} effect_type_t;

typedef struct {
    effect_type_t type;
    const char *kind;             // borrowed from the rules, as all here
    const char *from;             // the sender's role
    const target_t *to;           // EFFECT_RECEIVE
    const emit_t *emit;           // EFFECT_DERIVE
    const require_t *require;     // EFFECT_REQUIRE
    const oblige_t *oblige;       // EFFECT_OBLIGE
    const enrolment_t *enrolment; // EFFECT_ENROL
    const delegates_t *delegates; // EFFECT_DELEGATE
    const char *reader;           // EFFECT_OFFER: the role that may subscribe
    const remark_t *remark;       // EFFECT_REMARK
    const rule_t *rule;           // when, by which paragraph
} effect_t;

typedef struct {
    size_t n, room;
    effect_t *effect; // by kind, then in the order of the rules
} effects_t;

// Borrows from the rules.
void effects_of(effects_t *self, const rules_t *rules);
void effects_close(effects_t *self);
// Whether both are about the same: type, kind, sender, target or derived kind.
bool effect_same_matter(const effect_t *a, const effect_t *b);
// Of two effects on the same matter: whether the same messages bring them about; whether
// what is derived has the same contents, or a duty the same time and the same who hear of
// it.
bool effect_same_when(const effect_t *a, const effect_t *b);
bool effect_same_terms(const effect_t *a, const effect_t *b);

#endif
