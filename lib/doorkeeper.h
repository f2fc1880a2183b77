// doorkeeper - keeps the connections of a ZeroMQ socket within a limit, on a thread of
// its own: a crowd at the door must not find it open because the hub is at its disk.
//
// At the limit the listening sockets turn deaf rather than unbinding, which would end
// every connection they have: a filter drops what arrives for them, and those who knock
// are heard when they repeat it.  What the kernel has completed by then (the backlog),
// and what is accepted while the thread wakes, comes in all the same.

#ifndef LIB_DOORKEEPER_H
#define LIB_DOORKEEPER_H

#include "lib/cause.h"

#include <stddef.h>

typedef struct doorkeeper doorkeeper_t;

// Before the socket is bound; `listeners` is how many endpoints it will have.  Both are
// borrowed.
doorkeeper_t *doorkeeper_open(
    void *context, void *socket, size_t listeners, int limit, cause_t *why);
void doorkeeper_close(doorkeeper_t **self_p); // before the socket is closed

#endif
