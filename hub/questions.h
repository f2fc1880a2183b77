// questions - what a node may ask the hub, and the answer that it may have.
//
// A question changes nothing.  Its answer shows what the asker wrote or had and, of who
// else had something, what the author's receipt told; what is not the asker's to know is
// answered in the words for what does not exist.

#ifndef HUB_QUESTIONS_H
#define HUB_QUESTIONS_H

#include "lib/document.h"
#include "lib/duty.h"
#include "lib/frame.h"
#include "lib/require.h"
#include "lib/roster.h"

enum { QUESTIONS_DUTIES = 2000 }; // of one answer: it must fit into a frame

// What answers are made of.  All is borrowed.
typedef struct {
    const char *hub, *origin;
    uint64_t entries; // of the newest durable checkpoint
    const roster_t *roster;
    int64_t now_ms;
    bool clock_held;          // nothing falls due until an operator accepts the clock
    document_limits_t limits; // of a question's arguments
    const precedents_t *log;
    // What the receipt for this document would say, as JSON; or, with `instead`, that it
    // was refused for that.
    void (*explain)(void *context, const char *asker, span_t document,
        const refusal_t *instead, buf_t *json);
    // Whether the node may know of what happens in this exercise; "": of what is real.
    bool (*takes_part)(void *context, const char *exercise, const char *node);
    // Whether the node has signed for the message at this position.
    bool (*stored)(void *context, const char *node, uint64_t position);
    // Whether the node has handed in this attachment, and which entry says so.
    bool (*handed_in)(
        void *context, const hash_t *digest, const char *node, uint64_t *position);
    // Every duty.
    void (*duties)(
        void *context, void (*visit)(void *list, const duty_t *duty), void *list);
    // The two below yield JSON that the caller owns; see timeline.h and contacts.h.
    json_t *(*timeline)(void *context, const char *asker, bool nccis,
        const reference_t *message, refusal_t *refusal);
    json_t *(*contacts)(
        void *context, bool (*may)(void *whom, const char *author), void *whom);
    void *context;
} questions_t;

typedef struct {
    frame_type_t type; // FRAME_EXPLAIN or FRAME_ASK
    uint32_t request;  // the asker's number
    span_t topic;      // of ASK
    span_t text;       // the document, or the arguments
} question_t;

// Take an EXPLAIN or ASK frame apart; the question borrows from it.
int question_take(question_t *question, int type, span_t frame, cause_t *why);
// The frame to send back, appended.  `in_time` false: the asker asks too often, and is
// told that instead.
void questions_answer(const questions_t *self, const char *asker,
    const question_t *question, bool in_time, buf_t *frame);

#endif
