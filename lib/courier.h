// courier - puts entries of an inbox into DELIVER frames: seal heads once, one proof for
// all.

#ifndef LIB_COURIER_H
#define LIB_COURIER_H

#include "lib/bytes.h"
#include "lib/cause.h"

typedef struct courier courier_t;

courier_t *courier_new(void);
void courier_destroy(courier_t **self_p);

// One entry of the inbox; borrowed until courier_finish.
typedef struct {
    uint64_t position;
    span_t leaf, document, seal;
    span_t why;     // the routing line that names the receiver
    span_t carried; // a seal inside the document, whose authors are to be known, or empty
} courier_item_t;

// Where the courier gets what it carries.
typedef struct {
    int (*entry)(void *context, uint64_t number, courier_item_t *item, cause_t *why);
    // The certificate (DER) for a key, empty when the receiver was sent it before.
    span_t (*cert)(void *context, const char *key_id);
    void *context;
} courier_supply_t;

// Begin a frame with the entries numbered first..last, as many as fit: at least one.
// Returns how many, or -1 when one cannot be had.
int courier_fill(courier_t *self, const courier_supply_t *supply, uint64_t first,
    uint64_t last, cause_t *why);
// For the proof: the positions added, increasing.
const uint64_t *courier_positions(const courier_t *self);
// The frame's bytes, valid until the next courier_fill.
span_t courier_finish(courier_t *self, span_t checkpoint, span_t proof);

#endif
