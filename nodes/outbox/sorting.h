// sorting - takes out of the outbox what its writers are done with, and puts it in order.
//
// A file is taken once nobody has it open for writing.  Where that cannot be told
// (another user's file, a file system without leases) it is taken when nothing about it
// has changed for a second; one that is no whole JSON stays longer, as somebody may be
// adding to it.

#ifndef NODES_OUTBOX_SORTING_H
#define NODES_OUTBOX_SORTING_H

#include "lib/base/times.h"
#include "lib/message/document.h"
#include "nodes/outbox/leftovers.h"
#include "nodes/outbox/precedence.h"
#include "nodes/outbox/tray.h"

enum {
    SORTING_SLICE = 256,     // files looked at in one turn
    SORTING_MOST = 65536,    // taken and not sent; more stay in the outbox
    SORTING_SCAN_MS = 10000, // between looks when somebody says that something came
    SORTING_BLIND_MS = 1000, // and when nobody does
    SORTING_BUSY_MS = 1000,  // until somebody may be done with writing
    SORTING_STILL_MS = 1000, // unchanged, where nobody can tell whether somebody writes
    SORTING_HALF_MS = 2000,  // unchanged and no whole JSON
    SORTING_HALF_STILL_MS = 10000, // both
};

typedef struct {
    void *context;
    // A file stays in the outbox, and why; told once while it does.
    void (*left)(void *context, const char *file, const char *reason);
} sorting_events_t;

typedef struct sorting sorting_t;

// `tray` is borrowed; what an earlier process took comes first.
// `scan_ms` lies between looks when nobody says that something came.
sorting_t *sorting_open(
    tray_t *tray, int64_t scan_ms, const sorting_events_t *events, cause_t *why);
void sorting_close(sorting_t **self_p);

void sorting_look(sorting_t *self); // something came
// Look at some files.  -1: what was taken may not stay so, or nothing can be taken; take
// nothing from the queue.
int sorting_turn(
    sorting_t *self, now_t now, const document_limits_t *limits, cause_t *why);
bool sorting_busy(const sorting_t *self); // not all that was there has been looked at
int64_t sorting_due_ms(const sorting_t *self);
precedence_t *sorting_queue(const sorting_t *self);    // names are takes; borrowed
void sorting_again(sorting_t *self, const char *take); // it could not be sent, after all

void sorting_each_left(const sorting_t *self,
    void (*visit)(void *context, const leftover_t *item), void *context);

#endif
