// spread - what takes little is what is counted most, so it is looked for from below.

#include "lib/metrics/spread.h"

const int64_t spread_bounds_us[SPREAD_BOUNDS] = {100, 200, 500, 1000, 2000, 5000, 10000,
    20000, 50000, 100000, 200000, 500000, 1000000, 2000000, 5000000, 10000000};

void spread_add(spread_t *self, int64_t us)
{
    size_t i = 0;
    if (us < 0)
        us = 0;
    while (i < SPREAD_BOUNDS && us > spread_bounds_us[i])
        i++;
    if (i < SPREAD_BOUNDS)
        self->within[i]++;
    self->count++;
    self->sum_us += (uint64_t)us;
}
