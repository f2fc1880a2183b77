// load - one run: P publishers with at most W unanswered messages each, and S subscribers
// who must have every message once and in order.
//
// Publishers are one process and subscribers another, so that the processor time of each
// is known; the floor's echo is a third. All of them share the memory of the run: when
// each message was published and how long it took, what went wrong first, and what each
// side has used. Party i of P publishes the messages i * each up to (i + 1) * each.

#ifndef TESTS_BENCH_LOAD_LOAD_H
#define TESTS_BENCH_LOAD_LOAD_H

#include "tests/bench/load/meter.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DOCUMENT = 700, ENDPOINT_ROOM = 256, FAULT_ROOM = 256 };

typedef enum { PUBLISHERS, SUBSCRIBERS, SIDES } side_name_t;

// What one side's process did between the start and its last party's end.
typedef struct {
    size_t parties;
    atomic_size_t ready, over; // how many of its parties are
    int64_t over_ns;           // when the last one was
    meter_t used;
    wire_t wire;
    atomic_bool measured; // the two above are there
    atomic_size_t lost;   // connections, after the start
} side_t;

typedef struct {
    // What is to be done.
    const char *world;   // a folder with ca/, hub/ and those of the nodes
    const char *word;    // that the names of subscribers begin with
    const char *kind;    // of the messages
    size_t window, each; // each: messages of a publisher
    size_t all;          // messages that a subscriber must have
    size_t together;     // messages under one seal, at most
    size_t first;        // number of the first subscriber: sub-1 is 0
    double rate;         // messages/s of all publishers; 0: as fast as they are answered
    bool floor, stay;    // stay: until the standard input ends
    bool remember;       // subscribers go on where an earlier run has ended
    int64_t limit_ns;    // for all of it
    int64_t since_ms;    // what was made before is of another run
    size_t parties[SIDES];

    // What the processes tell each other.
    char endpoint[ENDPOINT_ROOM];
    uint8_t echo_public[32], echo_secret[32];
    atomic_bool listening; // the echo
    atomic_bool go, close, failed;
    atomic_flag speaking; // whoever has it says the fault
    char fault[FAULT_ROOM];
    int64_t start_ns;

    // What was found.
    side_t side[SIDES];
    int64_t
        *published_ns;   // of each message: when it was handed over, or should have been
    int64_t *receipt_ns; // how long its receipt took; 0: none yet
    int64_t *deliver_ns; // the same for each subscriber, one after the other
    int64_t first_ns;    // of a replay: until its first message
} load_t;

int64_t now_ns(void); // CLOCK_MONOTONIC, which all processes share
void nap(void);       // a millisecond: for those who wait for others to be ready

// The run has failed; what was said first is kept.
void fault(load_t *load, const char *what, const char *why);

// One answer or delivery that came at this moment; a second one of the same message is a
// fault.
void note_receipt(load_t *load, uint64_t message, int64_t at_ns);
void note_delivery(load_t *load, size_t subscriber, uint64_t message, int64_t at_ns);

// One side's process; returns when the run is over.
void side_run(load_t *load, side_name_t name);
void floor_side_run(load_t *load, side_name_t name);
void echo_run(load_t *load, const char *folder); // never returns

// For the side's own thread, while its parties work: waits for the start, and measures.
void side_watch(load_t *load, side_name_t name);

// Prints the one line of JSON.
void result_print(load_t *load, const meter_t *hub);

#endif
