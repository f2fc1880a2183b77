// request_state - the inside of a request, for those who make one.

#ifndef WEB_HTTP_REQUEST_STATE_H
#define WEB_HTTP_REQUEST_STATE_H

#include "web/http/handed.h"
#include "web/http/logins.h"
#include "web/http/request.h"
#include "web/http/route.h"
#include "web/http/target.h"

#include <microhttpd.h>

struct request {
    struct MHD_Connection *connection;
    method_t method;
    bool head; // of what GET would answer
    target_t target;
    const web_route_t *route;
    size_t opens; // steps that the route leaves open
    const char *open[REQUEST_STEPS];
    person_t person;
    char token[SECRET_TEXT];
    char cookie[SECRET_TEXT]; // the session's, or ""
    span_t certificate;       // that the browser showed, the connection's; or empty
    int64_t now_ms;
    buf_t body;
    handed_t upload;
    hash_t hash; // of the upload
};

#endif
