// window - how far deliveries to one session have come: what it was sent, what it has
// acknowledged, and when the rest goes out once more.
//
// Deliveries are numbered as in the node's inbox.  Others read the fields; they are
// written by the functions below alone.

#ifndef HUB_NET_WINDOW_H
#define HUB_NET_WINDOW_H

#include "lib/base/cause.h"
#include "lib/message/frame.h"

typedef struct {
    uint32_t size;           // deliveries it takes unacknowledged
    uint64_t sent;           // highest number queued to it, since the last step back
    uint64_t reached;        // highest one before `sent` was set back
    uint64_t acked;          // highest number it has acknowledged
    uint64_t weight;         // bytes of deliveries not acknowledged, about
    int64_t resend_at_ms;    // monotonic: when what is unacknowledged goes out again
    int64_t resend_first_ms; // the first wait before that
    int64_t resend_ms;       // the wait now, doubling
} window_t;

// The node has all up to the number `stored`.
void window_open(window_t *self, uint32_t size, uint64_t stored, int64_t resend_ms);
// It has everything up to this number: the window moves on.  -1 when it was never sent so
// much.
int window_ack(window_t *self, uint64_t number, int64_t monotonic_ms, cause_t *why);
// It asks for what it was sent, or had before, once more.
int window_again(window_t *self, const again_t *again, cause_t *why);
// n further deliveries were queued, in a frame of so many bytes.
void window_sent(window_t *self, uint64_t n, size_t bytes, int64_t monotonic_ms);
// What was not acknowledged in time is to go out again, each time after twice as long:
// true when `sent` was set back for that.
bool window_resend(window_t *self, int64_t monotonic_ms);

#endif
