// delivery_frame - puts entries of an inbox into DELIVER frames: seal heads once, one
// proof for all.

#ifndef HUB_SEND_DELIVERY_FRAME_H
#define HUB_SEND_DELIVERY_FRAME_H

#include "hub/net/sessions.h"
#include "hub/send/stock.h"

typedef struct delivery_frame delivery_frame_t;

delivery_frame_t *delivery_frame_new(void);
void delivery_frame_destroy(delivery_frame_t **self_p);

// One entry of the inbox; borrowed until delivery_frame_finish.
typedef struct {
    uint64_t number;
    span_t why; // the lines that name the receiver
    const stock_item_t *entry;
} delivery_frame_item_t;

// A frame for this session, with the certificates that it was not sent yet; both are
// borrowed until delivery_frame_finish.
void delivery_frame_begin(
    delivery_frame_t *self, sessions_t *sessions, const session_t *session);
// False when the frame is full and the item has to go with the next: the first always
// fits.
bool delivery_frame_add(delivery_frame_t *self, const delivery_frame_item_t *item);
size_t delivery_frame_count(const delivery_frame_t *self);
// Whether all of it, and no more, was in the last frame that was finished: what is proven
// of it then is the same.
bool delivery_frame_repeats(const delivery_frame_t *self);
// For the proof: the positions added, increasing.
const uint64_t *delivery_frame_positions(const delivery_frame_t *self);
// The frame's bytes, appended to `out`.  -1 when a path is none of its seal's tree.
int delivery_frame_finish(
    delivery_frame_t *self, span_t checkpoint, span_t proof, buf_t *out, cause_t *why);

// The same as CARRIED: what this number of the inbox brings along.
int delivery_frame_carried(delivery_frame_t *self, uint64_t carrier, span_t checkpoint,
    span_t proof, buf_t *out, cause_t *why);

#endif
