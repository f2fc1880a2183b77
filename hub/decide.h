// decide - who gets a message, by which rule and paragraph, or why it is refused.
//
// Looks at the law and, through a few questions, at what the log holds; changes nothing
// and asks no clock.  The same answer serves publishing and `explain`.

#ifndef HUB_DECIDE_H
#define HUB_DECIDE_H

#include "lib/document.h"
#include "lib/duty.h"
#include "lib/registry.h"
#include "lib/roster.h"
#include "lib/routing.h"
#include "lib/rules.h"

typedef struct {
    const roster_t *roster;
    const registry_t *registry;
    const rules_t *rules;
    uint64_t rules_position; // of the rules entry in force
    const char *hub;         // author of what is derived
    int64_t now_ms;
    int64_t entry_ms; // of this turn's entries: never before that of the last one
    int64_t future_tolerance_ms, late_after_ms;
    precedents_t log;
    // Whether anybody opened or closed the exercise, or this node joined it.
    bool (*exercise)(
        void *context, exercise_act_t act, const char *name, const char *node);
} decide_t;

enum { EMISSIONS_MAX = 8, NONCES_DRAWN = 64 };

// A message to be derived from the one decided on.
typedef struct {
    const rule_t *rule;
    const emit_t *emit;
    char id[MESSAGE_ID_MAX];
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
    size_t duties, duties_room;
    planned_t *planned; // reused too
    refusal_t refusal;  // code NULL: accepted
    size_t nonces;      // drawn for decisions to come
    uint8_t nonce[NONCES_DRAWN][ROUTING_NONCE];
} decision_t;

void decision_close(decision_t *self);
// 0: accepted, and `decision` says what follows; -1: refused.
int decide_message(const decide_t *self, const member_t *author,
    const document_t *document, decision_t *decision);
// The decision as the answer to `explain`: what the author's receipt would tell.
void decide_explain(const decision_t *decision, buf_t *json);

#endif
