// node_conf - what an administrator sets in node.conf, read once into a struct that never
// changes.

#ifndef NODES_CONFIG_NODE_CONF_H
#define NODES_CONFIG_NODE_CONF_H

#include "lib/config/conf.h"

#include <stdbool.h>

typedef struct {
    char *node;
    char *folder;
    texts_t endpoints;
    char *hub_certificate, *vkey;
    char *ca, *crl;
    char *seal_key, *channel_key;
    char *seal_certificate, *channel_certificate;
    char *schemas;
    char *command;
    int64_t command_timeout_s, command_tries;
    int64_t window;
    int64_t remind_minutes;
    int64_t late_s;
    bool follow_erasures;
    char *control;
    char *log_level;
} node_conf_t;

extern const conf_option_t node_conf_table[];

#endif
