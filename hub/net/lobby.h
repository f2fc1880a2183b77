// lobby - frames that wait for the one who reads them, by whose they are.
//
// Whoever waits is served in turn.  Each has a share of the bytes, all together have a
// bound; who exceeds the one, or has the most when the other is reached, loses what waits
// of it, and nothing more is taken from those connections until they are forgotten.

#ifndef HUB_NET_LOBBY_H
#define HUB_NET_LOBBY_H

#include "lib/base/bytes.h"

#include <zmq.h>

typedef struct lobby lobby_t;

// One that waited; the taker closes the frame and frees it by lobby_free.
typedef struct lobby_frame {
    struct lobby_frame *next; // private
    size_t cost;              // private
    bool cut; // what this connection had waiting is lost, and it is cut off: no frame
    zmq_msg_t frame;
    uint8_t key[32];
    size_t route_size;
    uint8_t route[];
} lobby_frame_t;

typedef enum { LOBBY_WAITS, LOBBY_DROPPED } lobby_result_t;

lobby_t *lobby_new(size_t share_bytes, size_t total_bytes);
void lobby_destroy(lobby_t **self_p);
// Takes over the content of `frame`, which is then to be closed as an empty one.
lobby_result_t lobby_put(
    lobby_t *self, const uint8_t key[32], span_t route, zmq_msg_t *frame);
lobby_frame_t *lobby_take(lobby_t *self); // NULL: nobody waits
void lobby_free(lobby_frame_t **frame_p);
// This connection has ended: it is cut off no more, should the name come again.
void lobby_forget(lobby_t *self, const uint8_t key[32], span_t route);

bool lobby_waits(const lobby_t *self); // somebody
size_t lobby_bytes(const lobby_t *self);
uint64_t lobby_cuts(const lobby_t *self); // connections, ever

#endif
