// courier - puts entries of an inbox into DELIVER frames: seal heads once, one proof for
// all.

#ifndef HUB_COURIER_H
#define HUB_COURIER_H

#include "lib/bytes.h"
#include "lib/cause.h"

typedef struct courier courier_t;

courier_t *courier_new(void);
void courier_destroy(courier_t **self_p);
void courier_begin(courier_t *self);
// A certificate (DER) the receiver was not sent yet; the frame has room for 64.
bool courier_add_cert(courier_t *self, span_t der);
// One entry; leaf, document and seal are borrowed until courier_finish, `why` is copied.
// Returns 1, 0 when the frame is full (finish it and begin another), or -1 when the seal
// cannot be read (the entry is damaged).
int courier_add(courier_t *self, uint64_t number, uint64_t position, span_t leaf,
    span_t why_line, span_t document, span_t seal, cause_t *why);
size_t courier_count(const courier_t *self);
// For the proof: the positions added, increasing.
const uint64_t *courier_positions(const courier_t *self);
// The frame's bytes, valid until the next courier_begin.
span_t courier_finish(courier_t *self, span_t checkpoint, span_t proof);

#endif
