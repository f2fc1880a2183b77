// waiting - messages that a person has to answer, until the answer is in the log.
//
// Each is a small file in state/waiting, named like the message: "<number>-<id>", holding
// "<kind> <author> <cites>".  Nothing is lost with the process, and an administrator can
// look.

#ifndef NODES_DAEMON_WAITING_H
#define NODES_DAEMON_WAITING_H

#include "nodes/inbox/store.h"
#include "nodes/roles/profile.h"

typedef struct waiting waiting_t;

typedef struct {
    const char *name; // "<number>-<id>"
    const char *text; // "<kind> <author> <cites>"
    size_t reminded;  // how often before
} waiting_item_t;

waiting_t *waiting_open(const char *folder, cause_t *why); // the node's folder
void waiting_close(waiting_t **self_p);

// A delivery that its role has to answer.  Told once if it waits already.
int waiting_add(waiting_t *self, uint64_t number, const leaf_t *leaf,
    const profile_duty_t *duty, cause_t *why);
// A message of ours is in the log: what it answers (`re`) waits no longer.
void waiting_answered(waiting_t *self, span_t document);
// A delivery has come: what it withdraws waits no longer, and what it corrects waits as
// what it is now.
void waiting_withdrawn(waiting_t *self, span_t document);
size_t waiting_count(const waiting_t *self);
// Every one that waits, for a reminder.
void waiting_each(waiting_t *self,
    void (*visit)(void *context, const waiting_item_t *item), void *context);

#endif
