// daemon - a node at work: its folders, its link to the hub, and what people are told.

#ifndef NODES_DAEMON_DAEMON_H
#define NODES_DAEMON_DAEMON_H

#include "lib/sys/supervisor.h"
#include "nodes/config/node_conf.h"

typedef struct daemon daemon_t;

// What could not be tried: "", or why in words for people.
typedef struct {
    char untried[256];
} daemon_check_t;

// Whether the daemon would start now: keys, certificates, schemas, addresses, folders and
// what it keeps.  -1: it would not, and why.
int daemon_check(daemon_check_t *found, const node_conf_t *conf, cause_t *why);

// `conf` is borrowed for its life.
daemon_t *daemon_open(const node_conf_t *conf, cause_t *why);
void daemon_close(daemon_t **self_p);
// Until SIGTERM or SIGINT.  Whoever supervises hears of it as long as turns end.
void daemon_run(daemon_t *self, supervisor_t *supervisor);

#endif
