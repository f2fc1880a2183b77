// operations - what operators did and the log does not say yet: each goes into the next
// batch, and who did it is told when that is durable.
//
// An act that is an entry of another type as well (the clock) brings that along: both are
// in one batch, or neither is.

#ifndef HUB_ASK_OPERATIONS_H
#define HUB_ASK_OPERATIONS_H

#include "hub/state/readback.h"
#include "lib/net/control.h"
#include "lib/tlog/operation.h"

enum { OPERATIONS_WAITING = 64 }; // for a batch

typedef struct operations operations_t;

// What an act does by an entry; both are copied.
typedef struct {
    const char *type, *text;
} operations_beside_t;

operations_t *operations_new(void);
// Who waits still is told that the hub stops.
void operations_destroy(operations_t **self_p);
// Where they are told; borrowed.
void operations_tell_at(operations_t *self, control_t *control);
// -1: it says nothing that could be read again, or too many wait; `asker` may be NULL.
int operations_add(operations_t *self, const operation_t *operation,
    const operations_beside_t *beside, const control_asker_t *asker, cause_t *why);
// Into the batch, all that wait; what could not be read again is not there, and given up.
void operations_draft(operations_t *self, readback_t *readback, draft_t *draft);
size_t operations_waiting(const operations_t *self);
// What was drafted is, and what follows from it is done; or, in the log, why it is not
// done yet.
void operations_durable(operations_t *self);
void operations_end(operations_t *self, const char *why_not);
void operations_undrafted(operations_t *self); // it is not: it waits on

#endif
