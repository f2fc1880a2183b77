// plan - what a run is to have: its seed, its size, and which faults.

#ifndef TESTS_SIM_PLAN_H
#define TESTS_SIM_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum {
    FAULT_KILL_NODE,
    FAULT_KILL_HUB,
    FAULT_CUT_NODE, // its power
    FAULT_CUT_HUB,
    FAULT_WIRE,  // a connection ends, for one side perhaps much later
    FAULT_STILL, // nothing moves one way, or both
    FAULT_SLOW,
    FAULT_FULL_NODE, // disk
    FAULT_FULL_HUB,
    FAULT_FLUSH_NODE, // one fails
    FAULT_FLUSH_HUB,
    FAULT_CLOCK, // of a node is set
    FAULT_RELOAD,
    FAULT_STOP, // asked to end, as for an upgrade
    FAULTS
} fault_t;

extern const char *const fault_names[FAULTS];

typedef struct {
    uint64_t seed;
    size_t nodes;
    int64_t seconds; // in which people write and faults happen
    uint32_t faults; // bit n: fault n may happen
} plan_t;

#define PLAN_ALL ((1U << FAULTS) - 1)

void faults_begin(const plan_t *plan); // until its seconds are over; then all is mended
extern uint64_t faults_done[FAULTS];

#endif
