// handover - what a command puts down in a node's folder for its daemon.
//
// The two need not be the same user: an administrator types as root, the daemon runs as
// somebody who may do less.  What is put down belongs to whoever runs the daemon, or is
// not put down at all.

#ifndef NODES_CLI_HANDOVER_H
#define NODES_CLI_HANDOVER_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

// `node` is the node's folder, `path` lies below it.  As file_replace and folder_make.
int handover_file(const char *node, const char *path, span_t data, cause_t *why);
int handover_new(
    const char *node, const char *path, span_t data, cause_t *why); // over nothing
int handover_folder(const char *node, const char *path, cause_t *why);
// A new file that is open, in a folder that is.
int handover_open(const char *node, int fd, int folder, cause_t *why);

#endif
