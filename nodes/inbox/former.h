// former - the logs that a node has left: former/1, former/2 and so on in its folder,
// each with inbox/, sent/, state/ and hub.vkey of that log, as they were.

#ifndef NODES_INBOX_FORMER_H
#define NODES_INBOX_FORMER_H

#include "lib/tlog/note.h"

#include <limits.h>

// A node goes over to the successor of its log.
typedef struct {
    const char *node;        // its folder
    const char *id;          // and name
    const char *vkey;        // path of its hub.vkey,
    const char *certificate; // of the hub's channel certificate
    const char *ca;          // and of the CA's
    const char *from;        // the folder that the successor's operator handed over
    bool beyond;             // the node has seen more of the log than the successor knows
    bool skip_command;       // what the command was not run for is left to people
} former_wish_t;

typedef struct {
    char former[PATH_MAX]; // where the old log's parts are now
    log_vkey_t vkey;       // of the successor
    uint64_t checkpoint;   // size of the embedded one
    uint64_t carried;      // below this position everything is in the successor's log
    bool proven;           // that the node's own checkpoint leads there
    uint64_t again;        // messages that are published again
} former_report_t;

// Only looks: whether this node can go over.
int former_check(const former_wish_t *wish, former_report_t *report, cause_t *why);
// Whatever the moment of a crash, calling it again goes on from there.
int former_go(const former_wish_t *wish, former_report_t *report, cause_t *why);
// Whether going over was begun and not finished.
bool former_unfinished(const char *node);
// The newest checkpoint that the node has verified, its signed note; the daemon must not
// run.  Nothing when it has seen none.
int former_checkpoint(
    const char *node, const char *id, const char *vkey, buf_t *note, cause_t *why);
// How many logs it has left, and the folder of the n-th, from 1 on.
int former_last(const char *node);
void former_nth(const char *node, int n, char out[PATH_MAX]);
// The folder of the log of this name that was left last.  -1: there is none.
int former_find(const char *node, const char *origin, char out[PATH_MAX], cause_t *why);

#endif
