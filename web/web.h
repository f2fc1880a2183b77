// web - the console beside a node: what all that answers shares.

#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "web/http/asker.h"
#include "web/http/logins.h"
#include "web/http/route.h"
#include "web/http/streams.h"
#include "web/watch.h"

// Everything is set before the first request and does not change, but for what has a
// lock of its own.
typedef struct web {
    const char *node; // the node's folder
    const char *name; // its id
    const char *role; // by its certificate
    const char *organisation;
    asker_t *asker; // questions to the node's daemon
    streams_t *streams;
    watch_t *watch;
    logins_t *logins;
    struct web_law *law;                 // web/law.h
    struct web_keys *keys;               // web/keys.h
    struct last *last;                   // web/last.h
    struct shared *queue;                // web/shared.h
    struct turnstile *explaining;        // web/desk/turnstile.h
    struct index_keeper *index;          // nodes/index/index_keeper.h
    int64_t seen_ms;                     // how long "seen" holds
    uint64_t file_bytes, document_bytes; // of one request at most
} web_t;

// Tell every open stream that something has changed; `what` as in DESIGN.md.
void web_changed(web_t *self, const char *what);

#endif
