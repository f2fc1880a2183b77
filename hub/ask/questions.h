// questions - what a node may ask the hub, and the answer that it may have.
//
// A question changes nothing.  Its answer shows what the asker wrote or had and, of who
// else had something, what the author's receipt told; what is not the asker's to know is
// answered in the words for what does not exist.

#ifndef HUB_ASK_QUESTIONS_H
#define HUB_ASK_QUESTIONS_H

#include "hub/state/duty_table.h"
#include "lib/message/document.h"
#include "lib/message/frame.h"
#include "lib/pki/roster.h"
#include "lib/rules/require.h"
#include "lib/rules/rules.h"

enum { QUESTIONS_DUTIES = 2000 }; // of one answer: it must fit into a frame

// Who looks something up, and what that has cost so far, in bytes read.
typedef struct {
    const char *asker;
    bool nccis; // the asker is
    uint64_t work;
} lookup_t;

// What answers are made of.  All is borrowed.
typedef struct {
    const char *hub, *origin;
    uint64_t entries; // of the newest durable checkpoint
    const roster_t *roster;
    const rules_t *rules; // in force
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
    // Duties as duty_table.h has it: all of them, and those of a message and its
    // corrections.
    const duty_t *(*duty)(void *context, duty_walk_t *walk);
    const duty_t *(*duty_of)(
        void *context, const reference_t *message, duty_cursor_t *cursor);
    // Look-ups that take several steps; see timeline.h and contacts.h.
    struct {
        void *(*begin)(const reference_t *message);
        bool (*step)(void *context, const lookup_t *whose, void *lookup);
        json_t *(*end)(
            void *context, const lookup_t *whose, void **lookup_p, refusal_t *refusal);
        void (*drop)(void **lookup_p);
    } timeline;
    struct {
        void *(*begin)(void *context);
        bool (*step)(void *context, bool (*may)(void *whom, const char *author),
            void *whom, void *lookup, uint64_t work);
        json_t *(*end)(void **lookup_p);
        void (*drop)(void **lookup_p);
    } contacts;
    uint64_t work; // that the question has cost so far, in bytes read
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
// An answer that is being made: turns may pass between its steps, and what questions_t
// holds may be other things each time.
typedef struct asking asking_t;

asking_t *asking_new(const question_t *question); // borrows what the question does
void asking_destroy(const questions_t *self, asking_t **asking_p);
// True when there is more to do; then, or when there is not, as much was read as one
// entry or a few small things need.
bool questions_step(const questions_t *self, const char *asker, asking_t *asking);
// When there is nothing more to do: the frame to send back, appended.
void questions_put(asking_t *asking, buf_t *frame);

typedef enum { BUSY_RATE, BUSY_QUEUE } busy_t;
// The frame for who asks too often, or has too many questions waiting.
void questions_refuse(const questions_t *self, const char *asker,
    const question_t *question, busy_t busy, buf_t *frame);

#endif
