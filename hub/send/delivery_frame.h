// delivery_frame - puts entries of an inbox into DELIVER frames: seal heads once, one
// proof for all.

#ifndef HUB_SEND_DELIVERY_FRAME_H
#define HUB_SEND_DELIVERY_FRAME_H

#include "hub/net/sessions.h"
#include "lib/base/cause.h"
#include "lib/pki/roster.h"

typedef struct delivery_frame delivery_frame_t;

delivery_frame_t *delivery_frame_new(void);
void delivery_frame_destroy(delivery_frame_t **self_p);

// Whom a frame is for: it brings the certificates that this session was not sent yet.
typedef struct {
    const roster_t *roster;
    sessions_t *sessions;
    const session_t *session;
} delivery_receiver_t;

// One entry of the inbox; borrowed until delivery_frame_finish.
typedef struct {
    uint64_t number, position;
    span_t leaf, document;
    seal_place_t seal;
    bool aside;     // neither document nor seal goes: the log sets it aside
    span_t why;     // the routing line that names the receiver
    span_t carried; // a seal inside the document, whose authors are to be known, or empty
} delivery_frame_item_t;

// The receiver is borrowed until delivery_frame_finish.
void delivery_frame_begin(delivery_frame_t *self, const delivery_receiver_t *receiver);
// False when the frame is full and the item has to go with the next: the first always
// fits.
bool delivery_frame_add(delivery_frame_t *self, const delivery_frame_item_t *item);
size_t delivery_frame_count(const delivery_frame_t *self);
// For the proof: the positions added, increasing.
const uint64_t *delivery_frame_positions(const delivery_frame_t *self);
// The frame's bytes, valid until the next delivery_frame_begin.  -1 when a path is none
// of its seal's tree.
int delivery_frame_finish(
    delivery_frame_t *self, span_t checkpoint, span_t proof, span_t *bytes, cause_t *why);

// The same as CARRIED: what this number of the inbox brings along.
int delivery_frame_carried(delivery_frame_t *self, uint64_t carrier, span_t checkpoint,
    span_t proof, span_t *bytes, cause_t *why);

#endif
