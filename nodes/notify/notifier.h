// notifier - watches a node and tells people: what was delivered, what falls due, a hub
// that is lost, a disk that is full.
//
// It runs beside the node's daemon, as the console does, and reads what that leaves on
// disk and says of itself: it has no key, and what a mail server or a webhook does to it
// is nothing to the node.

#ifndef NODES_NOTIFY_NOTIFIER_H
#define NODES_NOTIFY_NOTIFIER_H

#include "lib/base/times.h"
#include "nodes/notify/notify_conf.h"

#include <poll.h>

typedef struct notifier notifier_t;

// `folder` is the node's, `node` its id; all is borrowed.  What was delivered before the
// first start is left alone; what an earlier notifier left undone goes on.  -1: another
// one runs, or the folder cannot be read.
notifier_t *notifier_open(
    const char *folder, const char *node, const notify_conf_t *conf, cause_t *why);
void notifier_close(notifier_t **self_p); // what is under way is ended, and tried again
// Look at what is new, tell who is to be told.  Never waits.
void notifier_turn(notifier_t *self, now_t now);
// What to wait for beside time: programs that print wait for somebody who reads it.
// Returns how many of them are in `fds`.
size_t notifier_fds(const notifier_t *self, struct pollfd fds[NOTIFY_RECIPIENTS]);

// What people may say of a notice: it is seen to, nobody else is told.  -1: there is
// none of that id.
int notifier_done(const char *folder, const char *id, cause_t *why);

#endif
