// ask - a question to a daemon on this machine, whose side of it is lib/net/control.h.

#ifndef NODES_NET_ASK_H
#define NODES_NET_ASK_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

// Whether a daemon listens at this socket.
bool ask_alive(const char *path);
// Send the request, wait for the answer.  -1 with the cause when nobody answers in time.
int ask(
    const char *path, span_t request, int64_t timeout_ms, buf_t *answer, cause_t *why);

#endif
