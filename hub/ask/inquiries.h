// inquiries - the questions of nodes, from the frame that asks to the frame that answers.
//
// They are answered after receipts and deliveries, step by step, when it is their node's
// turn (hub/ask/rota.h); one that costs much counts as several.

#ifndef HUB_ASK_INQUIRIES_H
#define HUB_ASK_INQUIRIES_H

#include "hub/ask/questions.h"
#include "hub/journal/work.h"
#include "hub/net/reception.h"

typedef struct inquiries inquiries_t;

// All is borrowed for as long as they live.
typedef struct {
    reception_t *reception;
    sessions_t *sessions;
    work_t *work;         // the account that looking things up adds to
    int64_t explain_rate; // questions of a node in a second
} inquiries_setup_t;

inquiries_t *inquiries_new(const inquiries_setup_t *setup);
void inquiries_destroy(inquiries_t **self_p);
// EXPLAIN or ASK: it waits from now on, or is refused.  -1 when it cannot be read.
int inquiries_hear(
    inquiries_t *self, session_t *session, int type, span_t frame, cause_t *why);
// Answer as much as this turn allows.
void inquiries_turn(inquiries_t *self, const questions_t *questions);
// And let go of the answers: not before it is known that all was read that they are made
// of.
void inquiries_send(inquiries_t *self);
size_t inquiries_waiting(const inquiries_t *self);

#endif
