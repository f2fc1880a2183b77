// decide - who gets a message, by which rule and paragraph, or why it is refused.
//
// Looks at the law and, through a few questions, at what the log holds; changes nothing
// and asks no clock.  The same answer serves publishing and `explain`.

#ifndef HUB_DECIDE_DECIDE_H
#define HUB_DECIDE_DECIDE_H

#include "hub/decide/decision.h"
#include "hub/law/registry.h"
#include "hub/state/history.h"
#include "lib/message/document.h"
#include "lib/message/routing.h"
#include "lib/pki/roster.h"
#include "lib/rules/rules.h"

typedef struct {
    const roster_t *roster;
    const registry_t *registry;
    const rules_t *rules;
    uint64_t rules_position; // of the rules entry in force
    const char *hub;         // author of what is derived
    int64_t now_ms;
    int64_t entry_ms; // of this turn's entries: never before that of the last one
    int64_t future_tolerance_ms, late_after_ms;
    int64_t past_tolerance_ms; // of a moment that a duty counts from
    precedents_t log;
    const history_t *history; // the same, for what is exercised
} decide_t;

// 0: accepted, and `decision` says what follows; -1: refused.
int decide_message(const decide_t *self, const member_t *author,
    const document_t *document, decision_t *decision);

#endif
