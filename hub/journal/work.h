// work - the account of what has been done, in units that no clock knows: the bytes of
// entries that were read, with something for each reading and each step of a walk.
// Reading is nearly all that deciding, delivering and answering cost, and what is read is
// mostly parsed.

#ifndef HUB_JOURNAL_WORK_H
#define HUB_JOURNAL_WORK_H

#include <stddef.h>
#include <stdint.h>

enum { WORK_READING = 512, WORK_STEP = 64 };

// Begins with all zeros; what is done only rises.
typedef struct {
    uint64_t done;
} work_t;

void work_read(work_t *self, size_t bytes);
void work_step(work_t *self, size_t steps);

#endif
