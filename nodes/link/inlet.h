// inlet - frames that came from the hub and wait to be looked at, in their order.
//
// What waits has a bound.  A hub that sends more than that has lost all that waits, and
// nothing more is taken from it.

#ifndef NODES_LINK_INLET_H
#define NODES_LINK_INLET_H

#include <czmq.h>

typedef struct inlet inlet_t;

inlet_t *inlet_new(size_t most_bytes);
void inlet_destroy(inlet_t **self_p);
void inlet_put(inlet_t *self, zframe_t **frame_p); // takes it over
zframe_t *inlet_take(inlet_t *self);               // the caller's; NULL: none waits
bool inlet_waits(const inlet_t *self);
bool inlet_overflowed(const inlet_t *self);

#endif
