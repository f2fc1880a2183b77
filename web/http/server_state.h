// server_state - the inside of the server: server.c listens, visit.c has a request on its
// way from its first line to its answer, gate.c decides who may ask what.

#ifndef WEB_HTTP_SERVER_STATE_H
#define WEB_HTTP_SERVER_STATE_H

#include "web/http/crew.h"
#include "web/http/guests.h"
#include "web/http/reply_state.h"
#include "web/http/request_state.h"
#include "web/http/server.h"

struct server {
    server_options_t options;
    struct MHD_Daemon *daemon;
    crew_t *crew;
    guests_t *guests;
    char cookie[32];
    const char *scheme;
};

// Where a request is on its way.
typedef enum {
    VISIT_BEGINS,  // its headers are not looked at yet
    VISIT_BODY,    // it may ask this; its body comes
    VISIT_IN_VAIN, // it may not; its body comes all the same
    VISIT_DONE, // it is with the workers and its connection sleeps; awake, it is answered
    VISIT_SENT,
} visit_state_t;

typedef struct {
    server_t *server;
    visit_state_t state;
    request_t request;
    reply_t reply;
    char *raw;          // target as it came; NULL: too long
    uint64_t announced; // bytes of the body
} visit_t;

visit_t *visit_new(server_t *server, const char *raw);
void visit_free(visit_t **self_p);
// libmicrohttpd has headers, or a piece of the body, or all of it.
enum MHD_Result visit_turn(visit_t *self, struct MHD_Connection *connection,
    const char *method, const char *piece, size_t *size);
void visit_work(void *context, void *job); // on a worker's thread

// True: who asks is known and may ask this.  Else the reply says why not, or the answer
// needs no worker and is the reply.
bool gate_opens(server_t *server, request_t *request, const char *method, const char *raw,
    reply_t *reply, uint64_t *announced);

#endif
