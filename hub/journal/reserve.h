// reserve - a file of zeros of a given size, made ready before it is needed.

#ifndef HUB_JOURNAL_RESERVE_H
#define HUB_JOURNAL_RESERVE_H

#include "lib/base/cause.h"

#include <stdint.h>

typedef enum {
    RESERVE_OK,
    RESERVE_FULL,   // the disk or the quota has no room
    RESERVE_FAILED, // anything else
} reserve_result_t;

// Makes sure that `fd` has `size` bytes with blocks of their own, those it did not have
// being zero.  A shorter file stays as long as it was when there is no room.
reserve_result_t reserve_room(int fd, uint64_t size, cause_t *why);

#endif
