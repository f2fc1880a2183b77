// meter - the processor time of a process by threads, and what its connections carried.

#ifndef TESTS_BENCH_LOAD_METER_H
#define TESTS_BENCH_LOAD_METER_H

#include <stddef.h>
#include <stdint.h>

enum { METER_THREADS = 32 };

// Threads of one name count together.
typedef struct {
    size_t n;
    struct {
        char name[16];
        int64_t ns;
    } thread[METER_THREADS];
} meter_t;

void meter_read(meter_t *self, int pid); // 0: this process
// What was used since `before`; threads that have ended are not in it.
void meter_since(meter_t *self, const meter_t *before);
int64_t meter_sum(const meter_t *self);

// Octets of all TCP connections of this process.
typedef struct {
    uint64_t sent, received;
} wire_t;

wire_t wire_read(void);

#endif
