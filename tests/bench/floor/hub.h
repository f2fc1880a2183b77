// hub - the least that a hub with Dabyl's guarantees can do.
//
// In a turn it reads all that has come, checks every seal, hashes every leaf, signs a
// checkpoint for each group, writes and flushes all groups at once, and only then lets
// receipts and deliveries leave.  It has no rules, no records of who was told, no indexes
// and no past: everybody gets everything from the moment he subscribes.

#ifndef TESTS_BENCH_FLOOR_HUB_H
#define TESTS_BENCH_FLOOR_HUB_H

#include "lib/base/cause.h"

#include <stddef.h>

typedef struct {
    const char *journal; // a new file
    int io_threads;
    size_t group; // a group has so many entries, or a few more
    long flip; // a test: the bit that is turned in each frame, modulo its size; -1: none
} floor_hub_t;

// Prints its port on 127.0.0.1 and runs until the process is ended.  Returns only -1.
int floor_hub_run(const floor_hub_t *options, cause_t *why);

#endif
