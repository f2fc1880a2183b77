// succession - what a new log takes over from the one before, so that nothing before it
// can come twice: messages, what nodes acknowledged, duties, attachments.
//
// A copy of the predecessor's journal is read and held against the newest checkpoint that
// anybody has of it.  What is needed of it becomes entries of the new log, in the old
// order, and is read there from then on: the copy is needed once.  What a copy does not
// reach is lost, and an operator has to say so.

#ifndef HUB_SUCCESSION_H
#define HUB_SUCCESSION_H

#include "lib/config/hub_options.h"
#include "lib/message/document.h"
#include "lib/tlog/leaf.h"
#include "lib/tlog/origin.h"

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
    span_t document, seal, record;
} former_t;

// Where entries go.  What is borrowed lives until the next one.
typedef struct {
    int (*entry)(void *context, const former_t *former, cause_t *why);
    // All entries given so far are durable; then where a message is in the new log.
    int (*settle)(void *context, cause_t *why);
    bool (*find)(void *context, const reference_t *message, uint64_t *position);
    void *context;
} succession_port_t;

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
// Gives the same entries in the same order, however often.
int succession_each(succession_t *self, const succession_port_t *port, cause_t *why);

#endif
