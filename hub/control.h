// control - a socket for the operator on this machine: one line in, one text out.
//
// ZeroMQ REP over ipc://.  Whoever may enter the socket's folder may speak here, so the
// folder is made for its owner alone.

#ifndef HUB_CONTROL_H
#define HUB_CONTROL_H

#include "lib/bytes.h"
#include "lib/cause.h"

#include <zmq.h>

typedef struct control control_t;

// An empty path: no control socket.
// Whether control_open could; changes nothing.
int control_check(const char *path, cause_t *why);
control_t *control_open(const char *path, cause_t *why);
void control_close(control_t **self_p);
zmq_pollitem_t control_poll_item(const control_t *self);
// The next request into `line`; 1, or 0 when there is none.  Each is to be answered.
int control_receive(control_t *self, char *line, size_t room);
void control_answer(control_t *self, span_t text);
// {"ok", "text"}: done when `why` has no text, else not done, and why.
void control_reply(control_t *self, const cause_t *why);

#endif
