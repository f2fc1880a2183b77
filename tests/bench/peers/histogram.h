// histogram - latencies, each kept to within a hundredth, in a fixed amount of memory.
//
// Values below 128 have a place each; above, every doubling is divided into 128 places.

#ifndef TESTS_BENCH_PEERS_HISTOGRAM_H
#define TESTS_BENCH_PEERS_HISTOGRAM_H

#include <stdint.h>

enum { HISTOGRAM_PLACES = 128 * 40 };

typedef struct {
    uint64_t n;
    uint64_t place[HISTOGRAM_PLACES];
} histogram_t; // large: allocate it

void histogram_add(histogram_t *self, int64_t ns); // what is negative counts as 0
void histogram_merge(histogram_t *self, const histogram_t *other);
// The value that the share `quantile` (0 to 1) of all does not exceed, in microseconds;
// 0 of none.
double histogram_us(const histogram_t *self, double quantile);

#endif
