// web_conf - one table: key, type, range, default, help.  Every default of a number is an
// operational default: the plan gives none of them.

#include "web/web_conf.h"

#define FIELD(name) offsetof(web_conf_t, name)

const conf_option_t web_conf_table[] = {
    {"node", CONF_PATH, FIELD(node), 0, 0, ".",
        "the node's folder, or its configuration file"},
    {"listen", CONF_TEXT, FIELD(listen), 0, 0, "127.0.0.1:7680",
        "address and port; on any but a loopback one TLS is needed"},
    {"names", CONF_TEXTS, FIELD(names), 0, 0, "",
        "host names that browsers may call this console by"},
    {"tls.certificate", CONF_PATH, FIELD(certificate), 0, 0, "",
        "the server's certificate and what leads to its CA, in PEM; empty: no TLS"},
    {"tls.key", CONF_PATH, FIELD(key), 0, 0, "", "its private key, in PEM"},
    {"pages", CONF_PATH, FIELD(pages), 0, 0, "",
        "folder with the pages; empty: those that were installed with the program"},
    {"workers", CONF_NUMBER, FIELD(workers), 2, 64, "16",
        "requests that are answered at the same time"},
    {"connections", CONF_NUMBER, FIELD(connections), 16, 16384, "1024",
        "connections of browsers at a time"},
    {"streams", CONF_NUMBER, FIELD(streams), 1, 8192, "256",
        "consoles that are told of news at a time"},
    {"streams_each", CONF_NUMBER, FIELD(streams_each), 1, 256, "8",
        "of them for one officer"},
    {"silence_seconds", CONF_NUMBER, FIELD(silence_s), 1, 600, "30",
        "after which a connection ends on which nothing moves"},
    {"upload_megabytes", CONF_NUMBER, FIELD(upload_mb), 1, 4096, "100",
        "of one file that is handed in"},
    {"document_kilobytes", CONF_NUMBER, FIELD(document_kb), 16, 16384, "1536",
        "of one request that is no file"},
    {"link_seconds", CONF_NUMBER, FIELD(link_s), 5, 3600, "60",
        "for which a link of `dabyl web` can be used"},
    {"idle_minutes", CONF_NUMBER, FIELD(idle_min), 1, 10080, "60",
        "after which a session ends in which nothing was asked"},
    {"session_hours", CONF_NUMBER, FIELD(session_h), 1, 168, "13",
        "after which a session ends in any case"},
    {"seen_minutes", CONF_NUMBER, FIELD(seen_min), 1, 1440, "10",
        "after which a duty that somebody has only seen comes back"},
    {"log_level", CONF_TEXT, FIELD(log_level), 0, 0, "info",
        "error, warning, info or debug"},
    {0},
};
