// clock - clock_gettime cannot fail for these clocks on Linux.

#include "lib/sys/clock.h"

#include <time.h>

int64_t clock_us(clock_kind_t kind)
{
    static const clockid_t id[] = {[CLOCK_WALL] = CLOCK_REALTIME,
        [CLOCK_BOOT] = CLOCK_BOOTTIME,
        [CLOCK_STEADY] = CLOCK_MONOTONIC};
    struct timespec at;
    (void)clock_gettime(id[kind], &at);
    return (int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000;
}

int64_t clock_ms(clock_kind_t kind)
{
    int64_t us = clock_us(kind);
    return us >= 0 ? us / 1000 : -((-us + 999) / 1000);
}
