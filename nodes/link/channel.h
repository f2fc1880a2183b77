// channel - one CURVE connection to a hub, from connecting to its end; never used twice.
//
// A new connection is a new channel, so that nothing queued for a broken one can arrive
// in a later one out of its order.  libzmq's own reconnecting is off.

#ifndef NODES_LINK_CHANNEL_H
#define NODES_LINK_CHANNEL_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

#include <czmq.h>
#include <poll.h>

enum {
    CHANNEL_POLL_ITEMS = 3,
    CHANNEL_FRAME_MAX = 32 << 20,   // bytes of a frame taken
    CHANNEL_WAITING_MAX = 64 << 20, // bytes that wait to be received
};

typedef struct {
    uint8_t hub_key[32];
    uint8_t secret_key[32], public_key[32];
} channel_keys_t;

typedef enum {
    CHANNEL_QUIET,   // nothing happened
    CHANNEL_UP,      // the handshake succeeded
    CHANNEL_REFUSED, // the hub knows this protocol, and does not let this key in
    CHANNEL_DOWN,    // not reachable, or ended
} channel_event_t;

// Which address of a name is tried; a number in the endpoint says it itself.
typedef enum { CHANNEL_IPV4, CHANNEL_IPV6 } channel_family_t;

typedef struct channel channel_t;

// Whether an endpoint is one at all: -1 names it.
int channel_check(const char *endpoint, cause_t *why);
channel_t *channel_open(const char *endpoint, channel_family_t family,
    const channel_keys_t *keys, cause_t *why);
void channel_close(channel_t **self_p);

// What happened since the last call, in order; after REFUSED or DOWN only closing is
// left. `why` then says in plain words what is known.
channel_event_t channel_event(channel_t *self, cause_t *why);
// -1 when it cannot leave: the connection is as good as lost.
int channel_send(channel_t *self, span_t frame);
// The next frame, which is the caller's; NULL: there is none now.  What comes in several
// parts is no frame of ours and is dropped.
zframe_t *channel_receive(channel_t *self);
// For poll: ready when one of the above would have something.  The monitor's descriptor
// tells of changes only: take events until there is none before the wait.
void channel_poll_items(channel_t *self, struct pollfd item[CHANNEL_POLL_ITEMS]);
// The wait is over: while its owner works, the channel reads what comes by itself.  A hub
// of which more waits than it ever has reason to send is parted with.
void channel_work(channel_t *self);

#endif
