// group - a run of entries of the floor's log under one checkpoint: what travels in one
// DELIVER, and is written as it travels, and the receipts for it.
//
// Frames are Dabyl's (lib/message/frame.h), with the leaves and heads that it has.  The
// log has no records, so leaves have none either, nobody is told why, and one empty line
// stands where frames want one.

#ifndef TESTS_BENCH_FLOOR_GROUP_H
#define TESTS_BENCH_FLOOR_GROUP_H

#include "tests/bench/floor/check.h"

// What frames the floor has besides, behind FRAME_VERSION.
enum {
    FLOOR_SUBSCRIBE = 200, // u8 which subscriber; the hub says the same when it did
    FLOOR_STATUS = 201     // the hub: u64 entries; u64 of these all subscribers have
};

typedef struct {
    const keys_t *keys;
    merkle_t before; // the log without the group
    merkle_t after;
    int64_t time_ms;
    struct {
        size_t author, size;
        uint8_t bytes[LEAF_MAX];
    } leaf[FRAME_ITEMS_MAX];
    run_t run;
    deliver_t deliver; // borrows from what was added
    receipt_t receipt; // when it is put
    buf_t note;        // the checkpoint
    buf_t scratch, proof;
} group_t; // large: allocate it, zeroed

// Begin where the log stands.
void group_begin(group_t *self, const keys_t *keys, const merkle_t *log, int64_t ms);
bool group_has_room(const group_t *self, size_t n);
// Add what was published, is of one head, and was checked.  It is borrowed until the
// group's end.
void group_add(group_t *self, const publish_t *publish, const batch_t *batch);
// Sign and prove, and append the frame.
void group_end(group_t *self, buf_t *frame);
// What one author gets of it; nothing is appended when it has no part in it.
void group_put_receipt(group_t *self, size_t author, buf_t *frame);

#endif
