// reloads - who waits for the law to be read anew, and whether it is to be read again.
//
// Whoever asks while files are being read may have changed them since: those are read
// once more, for all who asked meanwhile.

#ifndef HUB_ASK_RELOADS_H
#define HUB_ASK_RELOADS_H

#include "lib/net/control.h"
#include "lib/tlog/operation.h"

enum { RELOADS_WAITING = 16 }; // operators who are told of the end of one reload

typedef struct reloads reloads_t;

// `control` is borrowed: there they are told.
reloads_t *reloads_new(control_t *control);
// Who waits still is told that the hub stops.
void reloads_destroy(reloads_t **self_p);
// Somebody asks, in an operator's name, who will be told how it ended; or NULL, a signal,
// of which the first counts.  -1: too many wait.
int reloads_want(reloads_t *self, const control_asker_t *asker,
    const operation_t *operation, cause_t *why);
// Whether the law is to be read now: one is wanted, and none is under way.
bool reloads_due(const reloads_t *self);
void reloads_begun(reloads_t *self);

typedef struct {
    bool asks; // on the socket, and is to be told
    control_asker_t asker;
    operation_t operation;
} reloads_wish_t;

// It ended well, and whoever calls tells who wanted it: the next of them; false: no more.
bool reloads_take(reloads_t *self, reloads_wish_t *wish);
// It ended, or could not begin: `why` has no text when the law is in force.
void reloads_ended(reloads_t *self, const cause_t *why);

#endif
