// gate - where the network ends: a CURVE ROUTER, the ZAP handler that decides who may
// finish a handshake, and a bound on connections.
//
// The core sees whole frames from proven keys and nothing else.  The gate holds no state
// of the core and asks it one question (may this key connect?), so that it can become a
// process.

#ifndef HUB_NET_GATE_H
#define HUB_NET_GATE_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"
#include "lib/config/hub_options.h"

#include <zmq.h>

typedef struct gate gate_t;

typedef struct {
    const char *const *endpoints; // "tcp://127.0.0.1:7600", port "*" for any
    size_t endpoint_count;
    uint8_t secret_key[32], public_key[32]; // X25519
    int64_t frame_limit;                    // bytes of one frame
    int queue_limit;                        // frames queued to one slow peer
    size_t waiting_bytes, waiting_total;    // frames of a key, of all, not yet received
    int handshake_ms;
    int connections;        // accepted at the same time; others are left to knock again
    int address_handshakes; // of those, unfinished, of one address
    int node_connections;   // of one key
    int hello_ms;           // after its handshake a connection says something
} gate_options_t;

// Whether this key may connect now.  Called from gate_turn.
typedef bool (*gate_admit_fn)(void *context, const uint8_t key[32]);
// Whether this key may stay; see gate_expel.
typedef bool (*gate_stay_fn)(void *context, const uint8_t key[32]);

enum { ROUTE_MAX = 255 };

// A peer is a connection, as the ROUTER names it, together with its key: a name alone can
// be claimed by anybody.
typedef struct {
    uint8_t route_size;
    uint8_t route[ROUTE_MAX];
    uint8_t key[32];
    bool claimed; // the peer chose its routing id, which may have been another's before
    bool cut; // too much of this key waited: it is lost, and this connection ends here
    zmq_msg_t frame; // owned by the receiver: zmq_msg_close; empty when cut
} gate_message_t;

typedef enum {
    GATE_SENT,
    GATE_FULL, // the peer is slow: try again later
    GATE_GONE, // the peer is not connected any more
} gate_result_t;

// The part of a configuration that is the gate's; the key is the caller's to wipe.
gate_options_t gate_options_of(const hub_options_t *options, const uint8_t secret_key[32],
    const uint8_t public_key[32]);
gate_t *gate_open(
    const gate_options_t *options, gate_admit_fn admit, void *context, cause_t *why);
void gate_close(gate_t **self_p);
const char *gate_endpoint(const gate_t *self, size_t i); // as bound, with the real port

// For zmq_poll: the first is readable when gate_turn, the others when gate_receive has
// something to do.
enum { GATE_SOCKETS = 3 };
void gate_poll_items(gate_t *self, zmq_pollitem_t items[GATE_SOCKETS]);
// The wait is over: while its owner works, the gate reads what comes by itself.
void gate_work(gate_t *self);
// Answers handshakes.  -1: the handler is broken and the hub must
// stop.
int gate_turn(gate_t *self, cause_t *why);
// The next frame: 1, or 0 when there is none now.  Frames without a proven key are
// dropped.
int gate_receive(gate_t *self, gate_message_t *message);
// What is sent counts for `whose`, a number of the caller's, until it has left memory.
gate_result_t gate_send(gate_t *self, size_t whose, span_t route, span_t frame);
size_t gate_unsent(const gate_t *self, size_t whose); // bytes, over all connections

// This connection ends a second later, when what it is told last has left; unless it is
// to be kept before that.
void gate_end(gate_t *self, const uint8_t key[32], span_t route);
void gate_keep(gate_t *self, const uint8_t key[32], span_t route);
// The same for all connections of keys that may not stay, with a session or without.
void gate_expel(gate_t *self, gate_stay_fn stays, void *context);

// A connection that spoke, and is gone for a while: all it said has been received, when
// gate_load says that nothing waits.  False: there is none.
typedef struct {
    uint8_t key[32];
    uint8_t route_size;
    uint8_t route[ROUTE_MAX];
} gate_peer_t;
bool gate_left(gate_t *self, gate_peer_t *peer);

// How much there is now, and how often a limit was reached since the start.
typedef struct {
    size_t waiting_bytes; // frames that nobody has received yet
    uint64_t cut;         // connections, because too much of their key waited
    size_t connections, connections_max;
    uint64_t full;        // all connections were taken
    uint64_t turned_away; // an address had too many unfinished handshakes
    uint64_t refused;     // a key had no place
    uint64_t displaced;   // a key's oldest connection made place for its newest
    uint64_t mute;        // a connection said nothing in time
    uint8_t key[32];      // the last that was refused or displaced
    char address[64];     // the last that was turned away
} gate_load_t;

gate_load_t gate_load(gate_t *self);

#endif
