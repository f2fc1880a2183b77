// connections - who is at the door and who has come in: by descriptor, by address, by
// key.
//
// A connection is accepted, finishes its handshake (its key is admitted), and speaks.
// Only what it says tells which of an address's connections is which key's: until then
// the key has a place, and the connection has a time.
//
// Places: an address has so many unfinished handshakes, a key so many connections.

#ifndef HUB_NET_CONNECTIONS_H
#define HUB_NET_CONNECTIONS_H

#include "hub/net/address.h"
#include "lib/base/bytes.h"

typedef struct connections connections_t;

typedef struct {
    size_t handshakes; // unfinished, of one address
    size_t places;     // of one key
    int64_t mute_ms;   // a connection that has said nothing after this is ended
    int64_t grace_ms;  // until one that is to end does: what it is told last has left
} connections_limits_t;

enum { CONNECTION_ROUTE_MAX = 255 };

// What a connection's socket is to us: `id` tells it from a later one with the same
// descriptor.
typedef struct {
    int fd;
    uint64_t id;
} connection_socket_t;

// A connection that spoke.
typedef struct {
    uint8_t key[32];
    size_t route_size;
    uint8_t route[CONNECTION_ROUTE_MAX];
} connection_name_t;

typedef struct {
    size_t open;
    uint64_t turned_away; // since the beginning: an address had too many handshakes
    uint64_t refused;     // a key had no place
    uint64_t displaced;   // a key's oldest made place for its newest
    uint64_t mute;        // said nothing in time
    uint8_t key[32];      // the last that was refused or displaced
    address_t address;    // the last that was turned away
} connections_count_t;

connections_t *connections_new(const connections_limits_t *limits);
void connections_destroy(connections_t **self_p);

// One was accepted.  `id` is what tells its socket from a later one with the same
// descriptor.  False: its address has too many, and it is ended at the next look.
bool connections_accepted(
    connections_t *self, int fd, uint64_t id, const address_t *from, int64_t now_ms);
// One has ended, after its handshake or before.
void connections_gone(connections_t *self, int fd, bool finished, int64_t now_ms);
// Whether a handshake of this key may succeed now; then it has a place.  A key without
// one gets that of its oldest connection that has spoken.
bool connections_admit(
    connections_t *self, const uint8_t key[32], const address_t *from, int64_t now_ms);
// The handshake of some key was refused.
void connections_refused(connections_t *self, const address_t *from);
bool connections_know(connections_t *self, const uint8_t key[32], span_t route);
// A frame came from here, of one that is not known.
void connections_spoke(connections_t *self, const uint8_t key[32], span_t route, int fd,
    const address_t *from, int64_t now_ms);

// To be ended, after the grace.
void connections_end(
    connections_t *self, const uint8_t key[32], span_t route, int64_t now_ms);
// Not to be ended after all, if that is not too late.
void connections_keep(connections_t *self, const uint8_t key[32], span_t route);
// For looking at all that have spoken and are not to end: the next one from `*cursor` on,
// which begins with 0.  False: there is none.
bool connections_next(const connections_t *self, size_t *cursor, connection_name_t *name);
// The next one whose time is over, from `*cursor` on as above: it is to be ended now.
// Each comes once, unless it could not be ended.
bool connections_due(
    connections_t *self, size_t *cursor, int64_t now_ms, connection_socket_t *socket);
void connections_not_ended(connections_t *self, const connection_socket_t *socket);
// The next one that spoke and has been gone for the grace: all it said was read by then.
bool connections_left(connections_t *self, int64_t now_ms, connection_name_t *name);

connections_count_t connections_count(const connections_t *self);

#endif
