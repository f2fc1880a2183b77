// doorkeeper - keeps the connections of a ZeroMQ socket within their limits, on a thread
// of its own: a crowd at the door must not find it open because the hub is at its disk.
//
// At the limit of all connections the listening sockets turn deaf rather than unbinding,
// which would end every connection they have: a filter drops what arrives for them, and
// those who knock are heard when they repeat it.  What the kernel has completed by then
// (the backlog), and what is accepted while the thread wakes, comes in all the same.
//
// Within that limit each address and each key has its share (hub/net/connections.h).  A
// connection is ended by shutting down its descriptor, which is libzmq's: it then finds
// that the peer has left.

#ifndef HUB_NET_DOORKEEPER_H
#define HUB_NET_DOORKEEPER_H

#include "hub/net/connections.h"
#include "lib/base/cause.h"

typedef struct doorkeeper doorkeeper_t;

typedef struct {
    size_t listeners; // how many endpoints the socket will have
    int connections;
    connections_limits_t shares;
} doorkeeper_options_t;

// Before the socket is bound.  All is borrowed.
doorkeeper_t *doorkeeper_open(
    void *context, void *socket, const doorkeeper_options_t *options, cause_t *why);
void doorkeeper_close(doorkeeper_t **self_p); // before the socket is closed

// As those of hub/net/connections.h, at any time from any thread.  An address that nobody
// can read is one address.
bool doorkeeper_admit(doorkeeper_t *self, const uint8_t key[32], const char *address);
void doorkeeper_refused(doorkeeper_t *self, const char *address);
bool doorkeeper_knows(doorkeeper_t *self, const uint8_t key[32], span_t route);
void doorkeeper_spoke(
    doorkeeper_t *self, const uint8_t key[32], span_t route, int fd, const char *address);
void doorkeeper_end(doorkeeper_t *self, const uint8_t key[32], span_t route);
void doorkeeper_keep(doorkeeper_t *self, const uint8_t key[32], span_t route);
bool doorkeeper_next(doorkeeper_t *self, size_t *cursor, connection_name_t *name);
bool doorkeeper_left(doorkeeper_t *self, connection_name_t *name);

typedef struct {
    connections_count_t shares;
    int limit;     // of all
    uint64_t full; // how often it was reached
} doorkeeper_count_t;

doorkeeper_count_t doorkeeper_count(doorkeeper_t *self);

#endif
