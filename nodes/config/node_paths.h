// node_paths - where the files of a node are, as its configuration says.
//
// Commands are given the node's folder and nothing else; what node.conf puts elsewhere is
// found through it.

#ifndef NODES_CONFIG_NODE_PATHS_H
#define NODES_CONFIG_NODE_PATHS_H

#include "lib/base/cause.h"

#include <limits.h>
#include <stdbool.h>

typedef enum {
    NODE_CONTROL, // the daemon's socket
    NODE_VKEY,
    NODE_CA,
    NODE_CRL, // certs/crl.pem when none is configured
    NODE_SEAL_CERTIFICATE,
} node_path_t;

// The path into `out`, from the node's configuration; the usual place below `folder` when
// there is no configuration or it cannot be read.
void node_path(const char *folder, node_path_t which, char out[PATH_MAX]);
// The node's folder, from that of its node.conf, from that file itself, or as it is: into
// `out`.  -1 with the cause when there is a node.conf with an error; `out` is then as
// given.
int node_folder(const char *given, char out[PATH_MAX], cause_t *why);
// Whether that is a hub's folder with no node in it, or a hub's configuration; its folder
// into `hub`.
bool node_is_hub(const char *given, char hub[PATH_MAX]);
// The configuration of the node in this folder: its node.conf, or the one that the daemon
// was started with.
int node_conf_path(const char *folder, char out[PATH_MAX], cause_t *why);
// So that commands find the configuration of a daemon whose folder has no node.conf:
// leaves a link to it in state/.
int node_paths_record(const char *folder, const char *config, cause_t *why);

#endif
