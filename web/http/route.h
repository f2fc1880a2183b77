// route - which function answers which request: a table, and nothing else is answered.

#ifndef WEB_HTTP_ROUTE_H
#define WEB_HTTP_ROUTE_H

#include "web/http/reply.h"
#include "web/http/request.h"

struct web;
typedef void web_answer_t(struct web *web, const request_t *request, reply_t *reply);

typedef enum {
    BODY_NONE,
    BODY_JSON, // held in memory, up to the document's limit
    BODY_FILE, // written to a file of the node's folder, hashed on its way
} web_body_t;

typedef struct {
    method_t method;
    const char *path; // "/api/messages/*/opened"; NULL ends a table
    web_body_t body;
    web_answer_t *answer; // on a worker's thread
} web_route_t;

#endif
