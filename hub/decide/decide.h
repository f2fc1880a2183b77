// decide - who gets a message, by which rule and paragraph, or why it is refused.
//
// Looks at the law and at what was said before; changes nothing and asks no clock.  The
// same answer serves publishing and `explain`.

#ifndef HUB_DECIDE_DECIDE_H
#define HUB_DECIDE_DECIDE_H

#include "hub/decide/decision.h"
#include "hub/law/law.h"
#include "hub/state/history.h"
#include "lib/message/document.h"

// Under what is decided.  All is borrowed.
typedef struct {
    const hub_options_t *options; // what is tolerated of clocks
    const char *hub;              // author of what is derived
    const law_t *law;
    uint64_t rules_position; // of the rules in force, in the log or the draft
    int64_t now_ms;
    int64_t entry_ms; // of this turn's entries: never before that of the last one
    history_t *history;
} decide_t;

// 0: accepted, and `decision` says what follows; -1: refused.  `seal` is that of the
// message; empty: nobody has sealed it yet, or it is the hub's own.
int decide_message(const decide_t *self, const member_t *author,
    const document_t *document, span_t seal, decision_t *decision);

#endif
