// rota - questions that wait for their answers, and whose turn it is.
//
// Each node has a queue of its own, and they are served in turn: a slice of work for each
// before anybody has a second one, and so much for all of them together in one turn of
// the hub.  Who has had more than its slice, because a step cannot be divided, waits the
// longer for the next.

#ifndef HUB_ASK_ROTA_H
#define HUB_ASK_ROTA_H

#include "hub/ask/questions.h"

enum {
    ROTA_TURN_WORK = 1 << 20,    // bytes read for all of them in one turn
    ROTA_SLICE_WORK = 128 << 10, // and for one node before the next
    ROTA_WAITING = 16,           // of one node
    ROTA_BYTES = 64 << 20,       // of all nodes
};

typedef struct rota rota_t;

// One question.
typedef struct {
    int inbox; // of who asks
    int type;  // of the frame
    buf_t route, frame;
    asking_t *asking; // its answer as far as it is made; NULL before the first step
    uint64_t work;    // that its steps have cost so far
} inquiry_t;

rota_t *rota_new(void);
void rota_destroy(rota_t **self_p);
// False: too many wait, of this node or altogether, and nothing was kept.
bool rota_add(rota_t *self, int inbox, span_t route, int type, span_t frame);
// A turn begins: so much work is allowed in it.
void rota_begin(rota_t *self);
// Whose question is to go a step further; NULL when all is answered, or the turn's work
// is done.
inquiry_t *rota_next(rota_t *self);
// That step has cost so much.  Without `more` it was the last: the question is answered,
// or nobody is left to answer, and goes.
void rota_stepped(rota_t *self, uint64_t work, bool more);
size_t rota_waiting(const rota_t *self);

#endif
