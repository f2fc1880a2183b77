// pending - parcels that were sealed and are not answered completely.
//
// A parcel enters when it is on stable storage and stays there until the answer to every
// document of it is, too.  Whatever happens in between, it is published again.

#ifndef NODES_OUTBOX_PENDING_H
#define NODES_OUTBOX_PENDING_H

#include "lib/tlog/note.h"
#include "nodes/outbox/spool.h"
#include "nodes/outbox/tray.h"

// Publish this parcel; the receiver takes it over.
typedef void (*pending_ready_fn)(void *context, parcel_t **parcel_p);

typedef struct pending pending_t;

typedef struct {
    const char *folder;     // the node's
    const log_vkey_t *vkey; // of the log whose receipts count
    tray_t *tray;           // borrowed for its life
} pending_options_t;

// Gives what an earlier process left unanswered to `ready`, and removes from the tray
// what became part of a parcel.
pending_t *pending_open(const pending_options_t *options, pending_ready_fn ready,
    void *context, cause_t *why);
void pending_close(pending_t **self_p);

uint64_t pending_next(pending_t *self); // the serial for the next parcel's tags
// Write a sealed parcel down, remove the taken files it was made of, and publish it.
// Returns 0 when it is written down; then *parcel_p is taken.
int pending_add(pending_t *self, uint64_t serial, parcel_t **parcel_p,
    const char *const *source, cause_t *why);
// Files of a parcel that could not be removed yet: try again.  While this is -1, no
// parcel is forgotten, since the next start would take its files for new ones.
int pending_settle(pending_t *self, cause_t *why);

// The answer to a document is on stable storage.
int pending_answered(pending_t *self, uint64_t tag, cause_t *why);
// It was not possible to store it: its parcel is published again by pending_repeat, as
// soon as all its other documents were answered.
void pending_unstored(pending_t *self, uint64_t tag);
int pending_repeat(pending_t *self, cause_t *why);

size_t pending_count(const pending_t *self);     // parcels
size_t pending_documents(const pending_t *self); // without an answer
// The taken files whose messages have no answer, in no order.
void pending_each(
    const pending_t *self, void (*visit)(void *context, const char *take), void *context);
// Append the unanswered document with this id.  False: there is none.
bool pending_find(const pending_t *self, const char *id, buf_t *document);

#endif
