// watch - looks at the node: its folders, and once a second how its daemon is.  Whatever
// changes goes to the streams.

#ifndef WEB_WATCH_H
#define WEB_WATCH_H

#include "web/http/asker.h"
#include "web/http/streams.h"

typedef struct watch watch_t;

typedef struct {
    const char *node; // folder
    asker_t *asker;
    streams_t *streams;
} watch_options_t;

// Borrows what the options name.
watch_t *watch_open(const watch_options_t *options, cause_t *why);
void watch_close(watch_t **self_p);
// What is known of the node now: the daemon's status with node_lost_since, hub_lost_since
// and now.  The answer is the caller's.
json_t *watch_status(watch_t *self);

#endif
