// web_conf - what an administrator sets in web.conf, read once into a struct that never
// changes.

#ifndef WEB_WEB_CONF_H
#define WEB_WEB_CONF_H

#include "lib/config/conf.h"

typedef struct {
    char *node;
    char *hub;                  // "": beside a node
    char *monitor, *public_log; // addresses; "": none
    char *listen;
    texts_t names;
    char *certificate, *key;
    char *pages;
    int64_t workers, connections, streams, streams_each;
    int64_t silence_s;
    int64_t upload_mb, document_kb;
    int64_t link_s, idle_min, session_h;
    int64_t seen_min;
    char *log_level;
} web_conf_t;

extern const conf_option_t web_conf_table[];

#endif
