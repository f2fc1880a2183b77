// unsent - how much of what goes to each node is still in memory, on whatever connection.
//
// A node that asks and never reads is given no more at some point; to hang up and call
// again makes nothing go away.  Who lets the bytes go may be another thread.

#ifndef HUB_NET_UNSENT_H
#define HUB_NET_UNSENT_H

#include "lib/base/bytes.h"

typedef struct unsent unsent_t;
typedef struct unsent_frame unsent_frame_t;

unsent_t *unsent_new(void);
void unsent_destroy(unsent_t **self_p); // after the last frame
// Takes the bytes over, which count until they are let go; `bytes` is empty then.
unsent_frame_t *unsent_take(unsent_t *self, size_t whose, buf_t *bytes);
void *unsent_data(unsent_frame_t *self);
size_t unsent_size(const unsent_frame_t *self);
// The two arguments are those of a zmq_free_fn; the second is the frame.
void unsent_free(void *data, void *frame);
size_t unsent_bytes(const unsent_t *self, size_t whose);

#endif
