// sockets - CZMQ's sockets, made only where nothing of CZMQ ends the process.
//
// zsock_new and zactor_new end it without descriptors, wait for ever without a thread,
// and take signals, standard output and orders from the environment for theirs.  Whoever
// needs a socket asks here.

#ifndef NODES_NET_SOCKETS_H
#define NODES_NET_SOCKETS_H

#include "lib/base/cause.h"

#include <czmq.h>

// NULL: not now, and why.  The caller gives it to zsock_destroy.
zsock_t *sockets_new(int type, cause_t *why);
// Start a zmonitor of `socket`, which tells of `event` (its names end with NULL).  The
// caller gives it to zactor_destroy, before the socket.
zactor_t *sockets_monitor(zsock_t *socket, const char *const *event, cause_t *why);
// Whether a message waits, so that receiving one returns at once.
bool sockets_waits(void *socket);

#endif
