// changeover - a node goes over to the successor of its log.
//
// What it keeps about the old log moves to a folder of its own (nodes/inbox/former.h);
// what has no receipt that the successor knows is published again.

#ifndef NODES_TOOLS_CHANGEOVER_H
#define NODES_TOOLS_CHANGEOVER_H

#include "lib/tlog/note.h"

#include <limits.h>

typedef struct {
    const char *node;        // its folder
    const char *id;          // and name
    const char *vkey;        // path of its hub.vkey,
    const char *certificate; // of the hub's channel certificate
    const char *ca;          // and of the CA's
    const char *from;        // the folder that the successor's operator handed over
    bool beyond;             // the node has seen more of the log than the successor knows
    bool skip_command;       // what the command was not run for is left to people
} changeover_wish_t;

typedef struct {
    char former[PATH_MAX]; // where the old log's parts are now
    log_vkey_t vkey;       // of the successor
    uint64_t checkpoint;   // size of the embedded one
    uint64_t carried;      // below this position everything is in the successor's log
    bool proven;           // that the node's own checkpoint leads there
    uint64_t again;        // messages that are published again
} changeover_report_t;

// Only looks: whether this node can go over.
int changeover_check(
    const changeover_wish_t *wish, changeover_report_t *report, cause_t *why);
// Whatever the moment of a crash, calling it again goes on from there.
int changeover_go(
    const changeover_wish_t *wish, changeover_report_t *report, cause_t *why);
// The newest checkpoint that the node has verified, its signed note; the daemon must not
// run.  Nothing when it has seen none.
int changeover_checkpoint(
    const char *node, const char *id, const char *vkey, buf_t *note, cause_t *why);

#endif
