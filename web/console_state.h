// console_state - the inside of the console: console.c puts it together, console_ask.c
// answers people of this machine.

#ifndef WEB_CONSOLE_STATE_H
#define WEB_CONSOLE_STATE_H

#include "lib/net/control.h"
#include "lib/pki/cert.h"
#include "web/console.h"
#include "web/http/server.h"
#include "web/outside/monitor.h"
#include "web/web.h"

#include <limits.h>

struct console {
    const web_conf_t *conf;
    char node[PATH_MAX], uploads[PATH_MAX], pages[PATH_MAX];
    char name[NODE_ID_MAX];
    cert_t cert; // the node's
    listening_t listening;
    tls_t tls; // empty without TLS
    papers_t *papers;
    int lock, signals;
    web_t web;
    control_t *control; // where `dabyl web` asks
    server_t *server;
    monitor_t *monitor; // NULL: none is wanted
};

void console_ask_turn(console_t *self);

#endif
