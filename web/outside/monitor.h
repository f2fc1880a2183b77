// monitor - /metrics and /healthz of the daemon that dabyl-web runs beside, for programs
// that watch machines.
//
// /healthz is 200 and "ok", or 503 and what is wrong, in one line: the daemon does not
// answer, or cannot do its work (a disk that is full, a log that was rolled back, a node
// without its hub).  What wants a person, and stops nothing, is in the metrics.

#ifndef WEB_OUTSIDE_MONITOR_H
#define WEB_OUTSIDE_MONITOR_H

#include "lib/config/conf.h"
#include "web/outside/outside.h"

typedef struct monitor monitor_t;

typedef enum { MONITOR_HUB, MONITOR_NODE } monitor_of_t;

typedef struct {
    monitor_of_t of;
    const char *control;  // the daemon's socket
    const char *listen;   // address and port
    const texts_t *names; // that it may be called by, besides the address; borrowed
} monitor_options_t;

// Whether the address is one; listens nowhere.
int monitor_check(const char *listen, cause_t *why);
monitor_t *monitor_open(const monitor_options_t *options, cause_t *why);
void monitor_close(monitor_t **self_p);
void monitor_turn(monitor_t *self); // as outside_turn; NULL: nothing

#endif
