// inquiries - questions that wait for their answers, and whose turn it is.
//
// Each node has a queue of its own, and they are served in turn: a slice of work for each
// before anybody has a second one, and so much for all of them together in one turn of
// the hub.  Who has had more than its slice, because a step cannot be divided, waits the
// longer for the next.

#ifndef HUB_ASK_INQUIRIES_H
#define HUB_ASK_INQUIRIES_H

#include "hub/journal/work.h"
#include "lib/base/bytes.h"

enum {
    INQUIRIES_TURN_WORK = 1 << 20,    // bytes read for all of them in one turn
    INQUIRIES_SLICE_WORK = 128 << 10, // and for one node before the next
    INQUIRIES_WAITING = 16,           // of one node
    INQUIRIES_BYTES = 64 << 20,       // of all nodes
};

typedef struct inquiries inquiries_t;

// One question.
typedef struct {
    int inbox; // of who asks
    int type;  // of the frame
    buf_t route, frame;
    void *answering; // the operations' own; NULL before the first step
    uint64_t work;   // that its steps have cost so far
} inquiry_t;

typedef struct {
    // One step: true when there is more to do, false when it was answered, or when there
    // is nobody left to answer.
    bool (*step)(void *context, inquiry_t *inquiry);
    // It goes, answered or not: what `answering` holds is to be given back.
    void (*drop)(void *context, inquiry_t *inquiry);
    // A node's questions have cost so much.
    void (*charge)(void *context, int inbox, uint64_t work);
    work_t *work; // the account that steps add to
    void *context;
} inquiries_ops_t;

inquiries_t *inquiries_new(const inquiries_ops_t *ops);
void inquiries_destroy(inquiries_t **self_p);
// False: too many wait, of this node or altogether, and nothing was kept.
bool inquiries_add(inquiries_t *self, int inbox, span_t route, int type, span_t frame);
// Answer as much as this turn allows.
void inquiries_turn(inquiries_t *self);
size_t inquiries_waiting(const inquiries_t *self);

#endif
