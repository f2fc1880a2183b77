// server - listens, lets in who may come in, and has requests answered by the routes.

#ifndef WEB_HTTP_SERVER_H
#define WEB_HTTP_SERVER_H

#include "web/http/listening.h"
#include "web/http/logins.h"
#include "web/http/papers.h"
#include "web/http/route.h"
#include "web/http/streams.h"
#include "web/http/tls.h"

typedef struct {
    listening_t listening;
    const texts_t *names;  // that browsers may call it by, besides the address
    const char *pages;     // folder of the pages
    const char *uploads;   // folder for bodies on their way
    uint64_t upload_bytes; // of one body at most
    size_t document_bytes; // of a JSON body at most
    unsigned connections;  // at a time
    unsigned silence_s;    // after which a connection in the middle of something ends
    size_t workers;
    const web_route_t *const *routes;
    struct web *web; // for the routes
    logins_t *logins;
    const tls_t *tls; // NULL: no TLS
    papers_t *papers; // with it, whose certificates are good
    streams_t *streams;
} server_options_t;

typedef struct server server_t;

// Listens when it returns; the options' pointers are borrowed.
server_t *server_open(const server_options_t *options, cause_t *why);
// Requests that are being answered are answered first; streams end.
void server_close(server_t **self_p);
void server_turn(server_t *self); // now and then: ends connections that are too slow
uint64_t server_ended(const server_t *self); // connections that had to go, so far
size_t server_busy(const server_t *self);
unsigned server_connections(const server_t *self);

#endif
