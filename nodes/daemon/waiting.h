// waiting - messages that a person has to answer, by the duties that this node has: as
// the hub said them last.
//
// Each is a small file in state/waiting, named like the message: "<number>-<id>", holding
// "<kind of the answer> <author> <due> <cites>".  Nothing is lost with the process, and
// an administrator can look.

#ifndef NODES_DAEMON_WAITING_H
#define NODES_DAEMON_WAITING_H

#include "nodes/inbox/store.h"

typedef struct waiting waiting_t;

typedef struct {
    const char *name; // "<number>-<id>"; the number is 0 of what is not in the inbox
    const char *text;
    size_t reminded; // how often before
} waiting_item_t;

typedef void waiting_visit_t(void *context, const waiting_item_t *item);

waiting_t *waiting_open(const char *folder, cause_t *why); // the node's folder
void waiting_close(waiting_t **self_p);

// The hub's answer to "duties": what this node owes by an answer of its own waits, and
// nothing else does.  `begun` is told of each that did not wait before.  -1 with the
// cause: it is no such answer, or the disk took not all of it.
int waiting_take(
    waiting_t *self, span_t answer, waiting_visit_t *begun, void *context, cause_t *why);
size_t waiting_count(const waiting_t *self);
// Every one that waits, for a reminder.
void waiting_each(waiting_t *self, waiting_visit_t *visit, void *context);

#endif
