// check - what hub and clients of the floor verify of each other's frames.

#ifndef TESTS_BENCH_FLOOR_CHECK_H
#define TESTS_BENCH_FLOOR_CHECK_H

#include "lib/message/frame.h"
#include "tests/bench/floor/keys.h"

// Documents that were sealed together.
typedef struct {
    size_t n;
    uint64_t index[FRAME_ITEMS_MAX]; // the place of each under the head
    hash_t document[FRAME_ITEMS_MAX];
    hash_t leaf[FRAME_ITEMS_MAX]; // of the seal's tree
    size_t author;                // once checked, as is
    hash_t seal;                  // of the head's text
} batch_t;                        // large: allocate it

// The next document of it.
void batch_add(batch_t *self, const sealed_t *sealed);
// That the head is signed by a publisher, and all documents are where it has them.
int batch_check(
    batch_t *self, const keys_t *keys, const sealed_head_t *head, cause_t *why);

// Leaves of the log, and where they say that they are.
typedef struct {
    size_t n;
    uint64_t position[FRAME_ITEMS_MAX];
    hash_t leaf[FRAME_ITEMS_MAX];
} run_t;

// The next leaf of it.
void run_add(run_t *self, uint64_t position, span_t leaf);
// That all of them are in the log that the checkpoint is of, whose root is noted.
int run_check(const run_t *self, const keys_t *keys, span_t checkpoint, span_t proof,
    hash_t *root, cause_t *why);

#endif
