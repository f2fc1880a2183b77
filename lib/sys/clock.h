// clock - what time it is: the one place that asks the system.
//
// A seam: whoever runs hub and nodes in a time of its own replaces this file.

#ifndef LIB_SYS_CLOCK_H
#define LIB_SYS_CLOCK_H

#include <stdint.h>

typedef enum {
    CLOCK_WALL,   // since 1970, UTC; people set it
    CLOCK_BOOT,   // goes on while the machine sleeps
    CLOCK_STEADY, // never goes back, and stands still while the machine sleeps
} clock_kind_t;

int64_t clock_us(clock_kind_t kind); // microseconds
int64_t clock_ms(clock_kind_t kind); // milliseconds

#endif
