// effects - what a set of rules comes to: who may publish what, what must come first,
// who receives it, what the hub makes of it.
//
// Rules are expanded to one effect for each role that may send and each target, and what
// another effect already covers is left out: two files that say the same in other words
// have the same effects.

#ifndef NODES_CLI_EFFECTS_H
#define NODES_CLI_EFFECTS_H

#include "lib/rules/rules.h"

typedef enum {
    EFFECT_SEND,
    EFFECT_RECEIVE,
    EFFECT_DERIVE,
    EFFECT_REQUIRE,
    EFFECT_OBLIGE
} effect_type_t;

typedef struct {
    effect_type_t type;
    const char *kind;         // borrowed from the rules, as all here
    const char *from;         // the sender's role
    const target_t *to;       // EFFECT_RECEIVE
    const emit_t *emit;       // EFFECT_DERIVE
    const require_t *require; // EFFECT_REQUIRE
    const oblige_t *oblige;   // EFFECT_OBLIGE
    const rule_t *rule;       // when, by which paragraph
} effect_t;

typedef struct {
    size_t n, room;
    effect_t *effect; // by kind, then in the order of the rules
} effects_t;

// Borrows from the rules.
void effects_of(effects_t *self, const rules_t *rules);
void effects_close(effects_t *self);
// That both are about the same: type, kind, sender, target or derived kind.
bool effect_same_matter(const effect_t *a, const effect_t *b);

// What changes for one sender between two effects on the same matter.
typedef enum {
    CHANGE_ADDED,   // no `before`
    CHANGE_REMOVED, // no `after`
    CHANGE_WHEN,    // other tests of fields
    CHANGE_CITES,   // other paragraphs
    CHANGE_TELL,    // whether the author learns of it
    CHANGE_PASSES,  // whether a marking stops it
    CHANGE_CARRIES, // other contents of what is derived
    CHANGE_TERMS,   // another time for a duty, or others who hear of it
} change_type_t;

typedef struct {
    change_type_t type;
    const effect_t *matter; // the newer of the two
    const effect_t *before, *after;
    uint32_t from; // role_bit of all senders for whom the same changes by the same rules
} change_t;

typedef struct {
    size_t n, room;
    change_t *change; // by kind
} changes_t;

// Borrows from both.
void changes_between(changes_t *self, const effects_t *before, const effects_t *after);
void changes_close(changes_t *self);

#endif
