// inboxes - what was routed to each node: positions in the log, numbered from 1 without
// gaps, and how far the node has acknowledged them.
//
// The lists are columns; memory holds a few numbers a node.  A node keeps its inbox while
// it is away, and when its certificates were renewed.

#ifndef HUB_STATE_INBOXES_H
#define HUB_STATE_INBOXES_H

#include "lib/base/cause.h"
#include "lib/message/frame.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct inboxes inboxes_t;

inboxes_t *inboxes_open(const char *state_folder, cause_t *why); // all empty
// As they were when inboxes_save wrote this, by names.
inboxes_t *inboxes_again(const char *state_folder, reader_t *from, cause_t *why);
void inboxes_save(const inboxes_t *self, buf_t *out);
void inboxes_close(inboxes_t **self_p);

// The inbox's index for the calls below; made when it is not there.  -1 on failure.
int inboxes_of(inboxes_t *self, const char *node, cause_t *why);
const char *inboxes_node(const inboxes_t *self, int inbox);
int inboxes_add(inboxes_t *self, int inbox, uint64_t position, cause_t *why);
uint64_t inboxes_last(const inboxes_t *self, int inbox);  // 0: nothing yet
uint64_t inboxes_acked(const inboxes_t *self, int inbox); // 1..acked are with the node
// The newest entry of the inbox is of this level, from LEVEL_URGENT on, and perhaps of an
// exercise.
void inboxes_mark(inboxes_t *self, int inbox, uint8_t level, bool played);
// Those behind what is acknowledged that are, by number; borrowed until the next change.
const ahead_item_t *inboxes_marks(const inboxes_t *self, int inbox, size_t *n);
// Of a log that goes on from another: as many messages of that one the node had
// acknowledged there; and whether the next one that is taken over is among them.
void inboxes_set_before(inboxes_t *self, int inbox, uint64_t number);
bool inboxes_had_before(inboxes_t *self, int inbox);
void inboxes_set_acked(inboxes_t *self, int inbox, uint64_t number);
int inboxes_get(
    const inboxes_t *self, int inbox, uint64_t number, uint64_t *position, cause_t *why);
// The positions of n numbers, from this one on.
int inboxes_run(const inboxes_t *self, int inbox, uint64_t number, size_t n,
    uint64_t *positions, cause_t *why);
// The number that the entry at a position has in the inbox, or 0 when it is not in it.
int inboxes_find(
    const inboxes_t *self, int inbox, uint64_t position, uint64_t *number, cause_t *why);
// Whether the node has signed for the entry at a position.  What was taken over from
// another log, up to `former_last`, and has no number here had been acknowledged there.
bool inboxes_stored(
    inboxes_t *self, const char *node, uint64_t position, uint64_t former_last);
// Whether all of them that was wanted could be read.
int inboxes_check(const inboxes_t *self, cause_t *why);

#endif
