// questions - what a node may ask the hub, and the answer that it may have.
//
// A question changes nothing.  Its answer shows what the asker wrote or had and, of who
// else had something, what the author's receipt told; what is not the asker's to know is
// answered in the words for what does not exist.

#ifndef HUB_ASK_QUESTIONS_H
#define HUB_ASK_QUESTIONS_H

#include "hub/ask/trust.h"
#include "hub/decide/drafting.h"
#include "hub/intake/intake.h"
#include "hub/journal/column.h"
#include "hub/law/law.h"
#include "hub/net/sessions.h"
#include "hub/state/attachments.h"
#include "hub/state/contacts.h"
#include "hub/state/duties.h"
#include "hub/state/history.h"
#include "hub/state/inboxes.h"
#include "hub/state/tree.h"
#include "lib/message/frame.h"

enum { QUESTIONS_DUTIES = 2000 }; // of one answer: it must fit into a frame

// What answers are made of.  All is borrowed.
typedef struct {
    const char *hub, *origin;
    uint64_t size; // of the newest durable checkpoint
    span_t note;   // its text
    const tree_t *tree;
    entries_t *entries;
    const enacted_t *enacted;
    uint64_t former_last; // as inboxes_stored has it
    int64_t now_ms, monotonic_ms;
    document_limits_t limits; // of a question's arguments
    const law_t *law;         // in force
    const trust_t *trust;
    precedents_t log;
    history_t *history;
    inboxes_t *inboxes;
    sessions_t *sessions;
    const attachments_t *attachments;
    const column_t *erasures; // positions of the entries that erase
    const contacts_t *contacts;
    const contacts_t *plans; // the same of plan.submission
    const duties_t *duties;
    const intake_t *intake; // of EXPLAIN
    drafting_t *drafting;
} questions_t;

typedef struct {
    frame_type_t type; // FRAME_EXPLAIN or FRAME_ASK
    uint32_t request;  // the asker's number
    span_t topic;      // of ASK
    span_t text;       // the document, or the arguments
} question_t;

// Take an EXPLAIN or ASK frame apart; the question borrows from it.
int question_take(question_t *question, int type, span_t frame, cause_t *why);
// An answer that is being made: turns may pass between its steps, and what questions_t
// holds may be other things each time.
typedef struct asking asking_t;

asking_t *asking_new(const question_t *question); // borrows what the question does
void asking_destroy(asking_t **asking_p);
// True when there is more to do; then, or when there is not, as much was read as one
// entry or a few small things need.  `work`: what the steps before have cost, in bytes.
bool questions_step(
    const questions_t *self, const char *asker, uint64_t work, asking_t *asking);
// When there is nothing more to do: the frame to send back, appended.
void questions_put(const asking_t *asking, buf_t *frame);

typedef enum { BUSY_RATE, BUSY_QUEUE } busy_t;
// The frame for who asks too often, or has too many questions waiting.
void questions_refuse(const question_t *question, busy_t busy, buf_t *frame);

#endif
