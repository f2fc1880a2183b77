// spread - how long something takes, counted in fixed steps: a few additions each time.

#ifndef LIB_METRICS_SPREAD_H
#define LIB_METRICS_SPREAD_H

#include <stddef.h>
#include <stdint.h>

enum { SPREAD_BOUNDS = 16 };

extern const int64_t spread_bounds_us[SPREAD_BOUNDS]; // rising: 100 us to 10 s

// All zeros: nothing yet.
typedef struct {
    uint64_t within[SPREAD_BOUNDS]; // up to this bound, and above the one before it
    uint64_t count, sum_us;         // of all, also above the last bound
} spread_t;

void spread_add(spread_t *self, int64_t us); // below 0 (a clock's fault) counts as 0

#endif
