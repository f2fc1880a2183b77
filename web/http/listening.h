// listening - where the console listens, and by which names browsers may call it.

#ifndef WEB_HTTP_LISTENING_H
#define WEB_HTTP_LISTENING_H

#include "lib/base/cause.h"
#include "lib/config/conf.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>

typedef struct {
    struct sockaddr_storage socket;
    socklen_t size;
    bool loopback;
    unsigned port;
    char text[64]; // as browsers write it: "127.0.0.1:7680", "[::1]:7680"
} listening_t;

// "127.0.0.1:7680" or "[::1]:7680": numbers only.
int listening_parse(listening_t *self, const char *text, cause_t *why);
// Whether a Host header names this server: one of `names`, the address itself, or
// localhost where it is a loopback.  Anything else is somebody's own domain that leads
// here.
bool listening_is_host(const listening_t *self, const texts_t *names, const char *host);

#endif
