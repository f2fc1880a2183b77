// desk - where people and scripts on this machine ask the daemon: one request, one JSON
// answer.
//
// ZeroMQ REP over ipc://, in a folder that only its owner may enter.  A request is a word
// and LF, then what it is about: "status", "explain" with a document, or "ask TOPIC" with
// the arguments (a JSON object) of a question that goes to the hub.

#ifndef NODES_DAEMON_DESK_H
#define NODES_DAEMON_DESK_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

#include <jansson.h>
#include <zmq.h>

typedef struct desk desk_t;

// Makes the folder of `path` with mode 0700 and listens there.
desk_t *desk_open(void *zmq, const char *path, cause_t *why);
void desk_close(desk_t **self_p);
zmq_pollitem_t desk_poll_item(const desk_t *self);

// The next request: its word, and the rest.  NULL when there is none, or when the last
// one was not answered yet.  Borrowed until the answer.
const char *desk_take(desk_t *self, span_t *rest);
void desk_answer(desk_t *self, span_t json);
void desk_answer_json(desk_t *self, json_t *json);      // takes it over
void desk_answer_error(desk_t *self, const char *text); // {"error": text}

#endif
