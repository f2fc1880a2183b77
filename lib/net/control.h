// control - where people and scripts on this machine ask a daemon: one request, one
// answer.
//
// ZeroMQ ROUTER over ipc://, so that an answer that takes long keeps nobody else from
// being answered.  A request is a line and, behind LF, what it is about; the daemons say
// which lines there are.  Whoever may enter the socket's folder may speak here, so the
// folder is made for its owner alone.  The other side is nodes/net/ask.h.

#ifndef LIB_NET_CONTROL_H
#define LIB_NET_CONTROL_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

#include <stdbool.h>

typedef struct control control_t;

// An empty path: no control socket.
// Whether control_open could; changes nothing.
int control_check(const char *path, cause_t *why);
control_t *control_open(const char *path, cause_t *why);
void control_close(control_t **self_p);
// For poll; -1 without a socket.  It tells of changes only: whether a request waits
// already is to be asked before each wait.
int control_fd(const control_t *self);
bool control_waits(const control_t *self);
// The line of the next request into `line`, cut to `room`; 1, or 0 when there is none.
// Each is to be answered, now or later.
int control_receive(control_t *self, char *line, size_t room);
// What came behind the line; borrowed until the next request is received.
span_t control_rest(const control_t *self);
// To who made the request that was received last.
void control_answer(control_t *self, span_t text);
// {"ok", "text"}: done when `why` has no text, else not done, and why.
void control_reply(control_t *self, const cause_t *why);

// Who made a request: on which connection, and whose process the system says it is.
typedef struct {
    uint8_t size;
    uint8_t route[255];
    bool has_uid;
    uint32_t uid;
} control_asker_t;

// Who made the one that was received last, for answering it later.
control_asker_t control_asker(const control_t *self);
void control_answer_to(control_t *self, const control_asker_t *asker, span_t text);
void control_reply_to(control_t *self, const control_asker_t *asker, const cause_t *why);

#endif
