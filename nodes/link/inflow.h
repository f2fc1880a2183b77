// inflow - the numbers of a node's inbox: which deliveries are new, which are missing,
// and when an acknowledgement is due.
//
// Deliveries are taken strictly in order, so that "I have everything up to n" is always
// true.  One acknowledgement says it of all of them, however many frames they came in: on
// a link that was idle it leaves at once, and under a stream when there is much to say,
// or some moments after the one before.

#ifndef NODES_LINK_INFLOW_H
#define NODES_LINK_INFLOW_H

#include "lib/message/frame.h"

enum {
    INFLOW_ACK_MS = 100, // between two acknowledgements, unless there is much to say:
                         // half of the window, or so many bytes of frames, a quarter of
                         // what the hub leaves open (hub/send/delivery.h)
    INFLOW_ACK_BYTES = 1 << 20,
    INFLOW_AGAIN_MS = 1000, // a gap is asked for again after this long
    INFLOW_AGAIN_MAX = 5,   // then the session is not worth keeping
};

// Read freely; changed only by the functions.  Times are of the monotonic clock.
typedef struct {
    uint64_t stored; // numbers 1..stored are durable
    uint32_t window;
    bool paused;
    bool held;            // what the next number brings along is not there yet
    uint64_t seen;        // highest number shown
    uint64_t acked;       // highest number acknowledged
    size_t weight;        // bytes of the frames since then
    bool owing;           // an acknowledgement is wanted
    int64_t ack_from_ms;  // and leaves from this moment on; 0: at once
    bool gap;             // numbers between stored and seen are missing
    int64_t again_due_ms; // while there is a gap
    unsigned asked;       // for this gap
} inflow_t;

// A new session: everything after `stored` comes by itself.
void inflow_begin(inflow_t *self);
// How many items of the frame, of so many bytes, come next in order, beginning at *first.
size_t inflow_offer(
    inflow_t *self, const deliver_t *frame, size_t bytes, int64_t now_ms, size_t *first);
void inflow_stored(inflow_t *self, size_t n, int64_t now_ms); // they are durable
void inflow_pause(inflow_t *self); // take nothing until inflow_resume
void inflow_resume(inflow_t *self, int64_t now_ms);
void inflow_hold(inflow_t *self); // the same, until inflow_release
void inflow_release(inflow_t *self, int64_t now_ms);
// Whether to acknowledge `stored` now; then it counts as done.
bool inflow_ack_now(inflow_t *self, int64_t now_ms);
// Whether to ask for a range now.  -1: asked often enough in vain.
int inflow_again_now(inflow_t *self, int64_t now_ms, again_t *again);
int64_t inflow_due_ms(const inflow_t *self); // MOMENT_NEVER: not by itself

#endif
