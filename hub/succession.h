// succession - what a new log takes over from the one before, so that nothing before it
// can come twice: messages, what nodes acknowledged, duties, attachments.
//
// A copy of the predecessor's journal is read and held against the newest checkpoint that
// anybody has of it.  What is needed of it becomes entries of the new log, in the old
// order, and is read there from then on: the copy is needed once.  What a copy does not
// reach is lost, and an operator has to say so.

#ifndef HUB_SUCCESSION_H
#define HUB_SUCCESSION_H

#include "hub/state/duty_table.h"
#include "lib/config/hub_options.h"
#include "lib/message/document.h"
#include "lib/tlog/leaf.h"
#include "lib/tlog/origin.h"
#include "lib/tlog/sealing.h"

typedef struct {
    const hub_options_t *options;
    const log_vkey_t *vkey; // of the new log
    const char *hub;        // this hub's node id
    size_t settled;         // as many settled duties are remembered
    // The number of entries of the predecessor behind which all is given up, where the
    // copy does not reach its checkpoint.
    bool loses;
    uint64_t keeps;
} succession_setup_t;

// An entry to be: its leaf without position and hashes of what has a part here.
typedef struct {
    leaf_t leaf;
    span_t document, record;
    bool placed;       // it is a message, and `seal`
    seal_place_t seal; // its place; else what is there is a text
} former_t;

typedef struct succession succession_t;

// Reads and checks all of it.  -1 (NULL) when it is not the log it should be, or ends
// before its checkpoint and nobody gave the rest up.
succession_t *succession_open(const succession_setup_t *setup, cause_t *why);
void succession_close(succession_t **self_p);
// What the first entry says.  Borrows from `self`.
const origin_t *succession_origin(const succession_t *self);
// Entries that could not be read, which are not taken over.
uint64_t succession_unreadable(const succession_t *self);
// The hashes of the leaves taken, 32 bytes each: with them anybody can see that an older
// checkpoint of the predecessor leads to the one in the origin.
span_t succession_hashes(const succession_t *self);
// The next entry of the new log, the same ones in the same order at each start; what it
// borrows lives until the next.  1, 0 at the end, or -1.
int succession_next(succession_t *self, former_t *former, cause_t *why);
// Behind those: the next duty, as it stood at the end, or NULL.
const duty_t *succession_duty(succession_t *self);
// Its entry, when its message is at this position of the new log.
void succession_duty_entry(succession_t *self, uint64_t message, former_t *former);

#endif
