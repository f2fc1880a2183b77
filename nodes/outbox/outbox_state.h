// outbox_state - the inside of the outbox, shared by outbox.c (its turn) and
// outbox_gather.c (what becomes of one file), nobody else.

#ifndef NODES_OUTBOX_OUTBOX_STATE_H
#define NODES_OUTBOX_OUTBOX_STATE_H

#include "nodes/cli/folder_watch.h"
#include "nodes/outbox/outbox.h"
#include "nodes/outbox/sorting.h"

struct outbox {
    outbox_options_t options;
    outbox_events_t events;
    sorting_t *sorting;
    folder_watch_t watch;
    int64_t retry_ms;   // the disk took nothing: not before; 0: it did
    int64_t release_ms; // when to try again those that could not be sent; 0: none
    cause_t trouble;    // why they could not
    now_t now;
};

// What is gathered for one parcel.
typedef struct {
    parcel_t *parcel;
    size_t n, bytes;
    char source[OUTBOX_TOGETHER][TAKEN_MAX];
    char id[OUTBOX_TOGETHER][MESSAGE_ID_MAX];
    char kind[OUTBOX_TOGETHER][KIND_MAX];
    uint64_t serial;
    bool alone; // one that officers have signed: its parcel is sealed already
} gathering_t;

typedef enum {
    GATHERED,      // part of the parcel, refused, or nothing to be done
    GATHER_LATER,  // it goes into the next parcel
    GATHER_FAILED, // the cause says why; it is tried again
} gathered_t;

// Add one taken file to the parcel, turn it away, or leave it for later.
gathered_t outbox_gather(
    outbox_t *self, gathering_t *all, const char *take, cause_t *why);

#endif
