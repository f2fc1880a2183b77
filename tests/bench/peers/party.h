// party - one of a case's publishers or subscribers, on a thread of its own.
//
// It writes only what is its own; who reads it has joined its thread before.

#ifndef TESTS_BENCH_PEERS_PARTY_H
#define TESTS_BENCH_PEERS_PARTY_H

#include "lib/sys/task.h"
#include "tests/bench/peers/histogram.h"
#include "tests/bench/peers/load.h"
#include "tests/bench/peers/tally.h"

#include <stdatomic.h>

// What all of a case share.
typedef struct {
    const peer_t *peer;
    const load_options_t *options;
    void *world;
    pthread_barrier_t ready, go;
    int64_t start_ns;          // set between the two
    atomic_size_t publishing;  // publishers that are not done
    atomic_uint_fast64_t sent; // by those that are done
} load_t;

struct party {
    load_t *load;
    uint32_t index;
    bool publishes;
    task_t task;
    char failure[600]; // empty: none
    histogram_t latency;
    int64_t last_ns; // when the last acknowledgement or message came
    // a publisher
    uint8_t *filling;
    int64_t *stamp_ns; // of the message with this number, modulo the window
    uint32_t sent, acknowledged;
    uint64_t strange; // acknowledged out of order
    // a subscriber
    tally_t tally[LOAD_PARTIES];
    uint64_t received, broken;
};

// Starts it: it connects, waits at `ready` and at `go`, and does its work.
party_t *party_new(load_t *load, bool publishes, uint32_t index);
// Its work is done, and the connection is closed.
void party_join(party_t *self);
void party_destroy(party_t **self_p);

#endif
