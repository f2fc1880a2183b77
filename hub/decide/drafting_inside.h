// drafting_inside - what the two sources of drafting share; nobody else includes it.

#ifndef HUB_DECIDE_DRAFTING_INSIDE_H
#define HUB_DECIDE_DRAFTING_INSIDE_H

#include "hub/decide/drafting.h"

enum { OWN_MAX = 1 + EMISSIONS_MAX };

// A message of the hub's own.
typedef struct {
    span_t text;         // lives as long as the draft
    document_t document; // as it was read again
    decision_t decision; // kept for its memory
    size_t place;        // in the draft
    decision_t *cause;   // on what it was derived from; NULL: it is said by itself
    const rule_t *by;    // that derived it
} own_t;

struct drafting {
    drafting_setup_t setup;
    drafting_turn_t turn;
    decision_t decision; // on the message that is taken
    size_t owns;
    own_t own[OWN_MAX]; // what follows from it, or is said; all of it is in the draft
    size_t absences, absences_room;
    absence_t **absence; // owned
    drafting_trouble_t trouble;
    int64_t logged_ms; // when that was logged
    buf_t text, record;
};

// What messages may be derived from: a sealed message, or one of the hub's own.
typedef struct {
    const document_t *document;
    span_t bytes;
    seal_place_t seal; // no head: it has none yet
    decision_t *decision;
} cause_message_t;

// 0, and what follows; -1, and why not.
int drafting_decide(drafting_t *self, const member_t *author, const document_t *document,
    span_t seal, decision_t *decision);
// One more item, without a record; and its record, from which on it is found by what is
// decided next.
draft_item_t *drafting_add(drafting_t *self, const document_t *document);
void drafting_note(drafting_t *self, draft_item_t *item, const routing_t *routing);

// drafting_absent.c: what is taken may have lacked somebody; and an end of that.
void drafting_note_absent(
    drafting_t *self, const document_t *document, const routing_t *routing);
void drafting_forget_absent(drafting_t *self);

// drafting_own.c: 0, and the hub's own message of this text is drafted; -1, and the
// operator is alarmed.
int drafting_own(drafting_t *self, span_t text);
// 0, and what follows from the message is drafted, and what follows from that; -1, and
// why not, with what was drafted left there.  Who only wants an explanation alarms
// nobody.
int drafting_follow(
    drafting_t *self, const cause_message_t *cause, bool alarm, refusal_t *refusal);
// The same of all that is drafted of the hub's own.
int drafting_follow_own(drafting_t *self, bool alarm, refusal_t *refusal);

#endif
