// drain - a ZeroMQ socket and one thread's turn at it, with another thread that reads it
// whenever the first is busy for long.
//
// The input of a socket must never stop.  libzmq stops reading a connection whose pipe is
// full, and what a peer does then (it resets the connection, and has sent a PING before)
// ends the process by an assertion.  So pipes have no limit (ZMQ_RCVHWM 0), and what they
// hold is read, counted and bounded here: by the owner before it waits, and by the thread
// from a few milliseconds after the owner went to work.
//
// The socket is used under the lock only, by whomever.

#ifndef LIB_NET_DRAIN_H
#define LIB_NET_DRAIN_H

#include "lib/base/cause.h"

#include <poll.h>
#include <stdbool.h>

typedef struct drain drain_t;

// Takes what there is, under the lock, without waiting.  Returns whether there is
// something for the owner now.  On either thread: the hub's gate and the nodes' channel.
typedef bool (*drain_read_fn)(void *context);

// `socket` is libzmq's (of a zsock_t: zsock_resolve).  It stays the caller's, who closes
// it after the drain.
drain_t *drain_open(
    void *socket, const char *name, drain_read_fn read, void *context, cause_t *why);
void drain_close(drain_t **self_p);

void drain_lock(drain_t *self);
void drain_unlock(drain_t *self);

// For poll: ready when there is something.  Reads first, so that nothing is missed.
enum { DRAIN_ITEMS = 2 };
void drain_wait(drain_t *self, struct pollfd item[DRAIN_ITEMS]);
// The owner goes to work: from now on the thread reads.
void drain_work(drain_t *self);

#endif
