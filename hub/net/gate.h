// gate - where the network ends: a CURVE ROUTER, the ZAP handler that decides who may
// finish a handshake, and a bound on connections.
//
// The core sees whole frames from proven keys and nothing else.  The gate holds no state
// of the core and asks it nothing: it is asked who knocks, what came and who has left, so
// that it can become a process, or be replaced by something that has no network.

#ifndef HUB_NET_GATE_H
#define HUB_NET_GATE_H

#include "hub/net/connections.h"
#include "lib/base/cause.h"
#include "lib/config/hub_options.h"

#include <poll.h>

typedef struct gate gate_t;

typedef struct {
    const char *const *endpoints; // "tcp://127.0.0.1:7600", port "*" for any
    size_t endpoint_count;
    uint8_t secret_key[32], public_key[32]; // X25519
    int64_t frame_limit;                    // bytes of one frame
    int queue_limit;                        // frames queued to one slow peer
    size_t waiting_bytes, waiting_total;    // frames of a key, of all, not yet received
    int io_threads;                         // at least 1
    int handshake_ms;
    int connections;        // accepted at the same time; others are left to knock again
    int address_handshakes; // of those, unfinished, of one address
    int node_connections;   // of one key
    int hello_ms;           // after its handshake a connection says something
} gate_options_t;

typedef enum {
    GATE_SAID,    // a frame
    GATE_CLAIMED, // likewise, but the peer chose its name, which may have been another's
    GATE_CUT, // too much of this key waited: it is lost, and this connection ends here
} gate_event_t;

// What came from a peer, which is a connection, by the name that it has here, together
// with its key: a name alone can be claimed by anybody.  Borrowed until the next
// gate_receive.
typedef struct {
    gate_event_t event;
    span_t route;
    const uint8_t *key; // 32 bytes
    span_t frame;       // empty when cut
} gate_message_t;

typedef enum {
    GATE_SENT,
    GATE_FULL, // the peer is slow: try again later
    GATE_GONE, // the peer is not connected any more
} gate_result_t;

// The part of a configuration that is the gate's; the key is the caller's to wipe.
gate_options_t gate_options_of(const hub_options_t *options, const uint8_t secret_key[32],
    const uint8_t public_key[32]);
gate_t *gate_new(void); // nobody can be reached, and nobody comes in
// From now on they do, as soon as they are answered.
int gate_open(gate_t *self, const gate_options_t *options, cause_t *why);
void gate_close(gate_t **self_p);
const char *gate_endpoint(const gate_t *self, size_t i); // as bound, with the real port

// Wait until somebody knocks or says something, or until one of the descriptors is ready,
// but no longer than this.  Whether there is anything.  While its owner works afterwards,
// the gate reads what comes by itself.
enum { GATE_OTHERS = 8 }; // descriptors at most
bool gate_wait(gate_t *self, struct pollfd *others, size_t n, long most_ms);

// The next who wants in, having proven this key (borrowed until it is answered): 1, and
// it is to be answered before the one after it; 0 when nobody does.  -1: nobody can be
// let in any more, and the hub must stop.
int gate_knock(gate_t *self, const uint8_t **key, cause_t *why);
// It may be refused all the same, for want of a place.
int gate_answer(gate_t *self, bool admitted, cause_t *why);

// The next frame, or false when there is none now.  Frames without a proven key are
// dropped.
bool gate_receive(gate_t *self, gate_message_t *message);
// The frame's bytes are the gate's from now on, sent or not, and `frame` is empty.  What
// is sent counts for `whose`, a number of the caller's or -1, until it has left memory.
gate_result_t gate_send(gate_t *self, int whose, span_t route, buf_t *frame);
size_t gate_unsent(const gate_t *self, int whose); // bytes, over all connections

// This connection ends a second later, when what it is told last has left; unless it is
// to be kept before that.
void gate_end(gate_t *self, const uint8_t key[32], span_t route);
void gate_keep(gate_t *self, const uint8_t key[32], span_t route);
// For looking at all that have spoken and are not to end, with a session or without: the
// next one from `*cursor` on, which begins with 0.  False: there is none.
bool gate_next(gate_t *self, size_t *cursor, connection_name_t *name);

// A connection that spoke, and is gone for a while: all it said has been received, when
// gate_counts says that nothing waits.  False: there is none.
bool gate_left(gate_t *self, connection_name_t *name);

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
} gate_counts_t;

gate_counts_t gate_counts(gate_t *self);

#endif
