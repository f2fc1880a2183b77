// flight - what this node published and the hub has not answered yet.
//
// Parcels leave in the order they came, as many documents at once as the hub's window
// allows. A new session sends everything unanswered again.

#ifndef NODES_LINK_FLIGHT_H
#define NODES_LINK_FLIGHT_H

#include "lib/message/frame.h"
#include "nodes/link/parcel.h"

typedef struct flight flight_t;

flight_t *flight_new(void);
void flight_destroy(flight_t **self_p);

void flight_add(flight_t *self, parcel_t **parcel_p); // takes it over
// A new session with this window: nothing counts as sent any more.
void flight_restart(flight_t *self, uint32_t window);
// Fill a frame with documents that may leave now, and count them as sent.  Its spans
// borrow from the parcels.  Returns how many; 0: none.
size_t flight_next(flight_t *self, publish_t *frame);
// Where the sent document with this hash is; NULL when there is none.  Borrowed until
// that document was answered.
const parcel_t *flight_find(const flight_t *self, const hash_t *document, size_t *i);
void flight_answered(flight_t *self, const hash_t *document); // it is done with
void flight_again(flight_t *self, const hash_t *document); // it has to be sent once more
bool flight_ready(const flight_t *self); // whether flight_next would yield something
size_t flight_unanswered(const flight_t *self);

#endif
