// evaluation - one message on its way through a decision, and what follows from it: who
// gets it by which rule, what is derived from it, and what is owed.

#ifndef HUB_DECIDE_EVALUATION_H
#define HUB_DECIDE_EVALUATION_H

#include "hub/decide/audience.h"
#include "hub/decide/carry.h"
#include "hub/decide/decision.h"
#include "hub/law/law.h"
#include "hub/state/exercise.h"
#include "hub/state/recipients.h"

// All is borrowed.
typedef struct {
    const law_t *law;
    history_t *history;
    recipients_t recipients; // of the log
    int64_t entry_ms;        // of the message's entry
    int64_t latest_ms;       // a moment after this one is still to come
    int64_t earliest_ms;     // and one before this one cannot be meant
    const member_t *author;
    const document_t *document;
    size_t objects; // that the message names and the registry knows
    const object_t *object[OBJECTS_MAX];
    leaf_t original;      // that it supersedes or cancels
    const char *exercise; // that it is sent within, or NULL
    audience_t audience;  // of the target that is looked at
    carry_t carry;        // what may go along by the rule that is looked at
    bool looked;          // it was looked for, by that rule
    decision_t *decision;
} evaluation_t;

// A line of the record that the author is told.
void evaluation_remark(evaluation_t *evaluation, const char *code);
void evaluation_remark_once(evaluation_t *evaluation, const char *code);
// Whether exercise and marking let the member have it, whom a rule means by name or as
// one of many.
bool evaluation_lets(
    const evaluation_t *evaluation, const member_t *member, reach_t reach);
// Whether the marking of an older message, whose document this is, lets its author read
// along.
bool evaluation_lets_read(const evaluation_t *evaluation, const value_t *root);
// A test reaches its author and the hub, and nobody else.
void evaluation_test(evaluation_t *evaluation);
// By every rule that applies, in the order of the file; a correction or withdrawal goes
// to whoever had the original.  -1: refused.
int evaluation_apply(evaluation_t *evaluation);

#endif
