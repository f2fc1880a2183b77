// delivery_frame - puts entries of an inbox into DELIVER frames: seal heads once, one
// proof for all.

#ifndef HUB_SEND_DELIVERY_FRAME_H
#define HUB_SEND_DELIVERY_FRAME_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

typedef struct delivery_frame delivery_frame_t;

delivery_frame_t *delivery_frame_new(void);
void delivery_frame_destroy(delivery_frame_t **self_p);

// One entry of the inbox; borrowed until delivery_frame_finish.
typedef struct {
    uint64_t position;
    span_t leaf, document, seal;
    span_t why;     // the routing line that names the receiver
    span_t carried; // a seal inside the document, whose authors are to be known, or empty
} delivery_frame_item_t;

// Where the packer gets what it carries.
typedef struct {
    int (*entry)(
        void *context, uint64_t number, delivery_frame_item_t *item, cause_t *why);
    // The certificate (DER) for a key, empty when the receiver was sent it before.
    span_t (*cert)(void *context, const char *key_id);
    void *context;
} delivery_frame_supply_t;

// Begin a frame with the entries numbered first..last, as many as fit: at least one.
// Returns how many, or -1 when one cannot be had.
int delivery_frame_fill(delivery_frame_t *self, const delivery_frame_supply_t *supply,
    uint64_t first, uint64_t last, cause_t *why);
// For the proof: the positions added, increasing.
const uint64_t *delivery_frame_positions(const delivery_frame_t *self);
// The frame's bytes, valid until the next delivery_frame_fill.
span_t delivery_frame_finish(delivery_frame_t *self, span_t checkpoint, span_t proof);

#endif
