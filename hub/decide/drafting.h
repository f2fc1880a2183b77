// drafting - puts decisions into the turn's draft: a message becomes a refusal, the
// receipt it had before, or entries with everything that follows from it.
//
// All or nothing: a message is not taken without the messages that the law derives from
// it, and from these in turn.  Each of them is decided on before anything is kept; when
// one is refused, or cannot be made, so is the message, and the operator is alarmed.

#ifndef HUB_DECIDE_DRAFTING_H
#define HUB_DECIDE_DRAFTING_H

#include "hub/decide/decision.h"
#include "hub/law/law.h"
#include "hub/state/duties.h"
#include "hub/state/history.h"
#include "hub/state/readback.h"
#include "lib/message/document.h"

// All is borrowed for as long as the drafting lives.
typedef struct {
    const hub_options_t *options;
    const member_t *hub; // author of what is derived
    history_t *history;
    duties_t *duties;
    readback_t *readback;
    draft_t *draft;
} drafting_setup_t;

// What a turn's messages are decided under, and when they are made.
typedef struct {
    const law_t *law;
    uint64_t rules_position; // of the rules in force, in the log or the draft
    int64_t now_ms;
    int64_t entry_ms; // of the turn's entries
} drafting_turn_t;

// A message as its author sealed it.  Bytes and seal are borrowed until the draft is
// cleared.
typedef struct {
    const member_t *author; // NULL: no longer a member
    const document_t *document;
    span_t bytes;
    const hash_t *hash;
    seal_place_t seal; // no head: it has none yet
    const hash_t *head_hash;
} sealed_message_t;

// What the law has the hub say and does not let it say, since it is in force.
typedef struct {
    uint64_t count;      // of messages refused, or not said, for that
    char rule[96];       // the newest: the rule that derives it; "": the hub's own
    char kind[KIND_MAX]; // of what was to be said
    refusal_t refusal;   // and why it cannot be
} drafting_trouble_t;

// A message that should have reached roles that nobody has.
typedef struct {
    reference_t message; // as it began
    char kind[KIND_MAX];
    char exercise[NODE_ID_MAX]; // "": it is real
    bool known;                 // nccis has it, or wrote it
    char roles[400];            // "prosecutor (para 488:15), media (para 488:23)"
} absence_t;

typedef struct drafting drafting_t;

drafting_t *drafting_new(const drafting_setup_t *setup);
void drafting_destroy(drafting_t **self_p);
// A new turn, or something else in force within it.  What it names is borrowed until the
// next one.
void drafting_begin(drafting_t *self, const drafting_turn_t *turn);
// 0, and the position that the receipt is for; -1 and a refusal, and then nothing was
// drafted.
int drafting_take(drafting_t *self, const sealed_message_t *message, uint64_t *position,
    refusal_t *refusal);
// What taking the message would come to, with its refusal; nothing is drafted, no alarm
// raised.  Borrowed until the next call.
const decision_t *drafting_explain(
    drafting_t *self, const member_t *author, const document_t *document);
// Decide on and draft a message of the hub's own.  One that does not fit its schema or
// the rules is left out and logged: that is the operator's to mend.
void drafting_say(drafting_t *self, span_t message);
// One that this turn has taken, until each was asked for; the caller frees it.
absence_t *drafting_absence(drafting_t *self);
const drafting_trouble_t *drafting_trouble(const drafting_t *self);
void drafting_forget_trouble(drafting_t *self); // another law is in force

#endif
