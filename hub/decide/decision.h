// decision - what is decided on one message: refused, or who gets it by which rule, what
// is derived from it and which duties it brings.

#ifndef HUB_DECIDE_DECISION_H
#define HUB_DECIDE_DECISION_H

#include "hub/state/derived.h"
#include "lib/base/refusal.h"
#include "lib/message/routing.h"
#include "lib/rules/duty.h"
#include "lib/rules/rules.h"

enum { NONCES_DRAWN = 64 };

// A message to be derived from the one decided on.
typedef struct {
    const rule_t *rule;
    const emit_t *emit;
    char id[MESSAGE_ID_MAX];
    derived_name_t name;
    size_t earlier; // messages of this name before it
} emission_t;

// A duty that the message brings, without id and position.
typedef struct {
    duty_t duty;
    tell_t tell;
} planned_t;

typedef struct {
    routing_t routing; // reused from decision to decision; decision_close at the end
    size_t emissions;
    emission_t emission[EMISSIONS_MAX];
    bool changed; // since it was drafted: one of them was taken back, or told of a role
                  // that nobody has
    size_t duties, duties_room;
    planned_t *planned; // reused too
    refusal_t refusal;  // code NULL: accepted
    size_t nonces;      // drawn for decisions to come
    uint8_t nonce[NONCES_DRAWN][ROUTING_NONCE];
} decision_t;

// Nothing is decided yet, by the rules at this position; the memory is kept.
void decision_begin(decision_t *self, uint64_t rules_position);
// Take back what was to be derived, and its line of the record.
void decision_drop(decision_t *self, size_t i);
// What was derived by the rule needs somebody of roles that nobody has: this is said in
// the record of what it was derived from, too.
void decision_lacks(decision_t *self, const rule_t *by, const routing_t *derived);
void decision_close(decision_t *self);

// The answer to EXPLAIN (PROTOCOL.md), appended to `json`: what the author's receipt
// would tell, and nothing else.
void decision_explain(const decision_t *self, buf_t *json);

#endif
