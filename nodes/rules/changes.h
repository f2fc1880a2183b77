// changes - what differs between the effects of two sets of rules, and for whom.

#ifndef NODES_RULES_CHANGES_H
#define NODES_RULES_CHANGES_H

#include "nodes/rules/effects.h"

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
