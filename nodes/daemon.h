// daemon - a node at work: its folders, its link to the hub, and what people are told.

#ifndef NODES_DAEMON_H
#define NODES_DAEMON_H

#include "nodes/node_conf.h"

typedef struct daemon daemon_t;

// Keys, certificates, schemas and the rest of the configuration are good now.
int daemon_check(const node_conf_t *conf, cause_t *why);

// `conf` is borrowed for its life.
daemon_t *daemon_open(const node_conf_t *conf, cause_t *why);
void daemon_close(daemon_t **self_p);
void daemon_run(daemon_t *self); // until SIGTERM or SIGINT

#endif
