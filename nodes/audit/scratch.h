// scratch - bytes that are put aside while something long is read, and wanted again here
// and there: the first of them in memory, the others in a file that has no name.
//
// So memory stays the same however much is read, and nothing is left behind.  The file
// is below TMPDIR, else /var/tmp, which is on a disk where /tmp may be memory.

#ifndef NODES_AUDIT_SCRATCH_H
#define NODES_AUDIT_SCRATCH_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

enum { SCRATCH_MEMORY = 256 << 10 }; // octets of each that never see a disk

// Shared by all that one reading puts aside: whether any of it was lost, and why.  What
// was read since then means nothing.  `{0}` is sound.
typedef struct {
    bool failed;
    cause_t why;
} scratch_health_t;

typedef struct scratch scratch_t;

scratch_t *scratch_new(scratch_health_t *health); // borrowed, outlives what is made here
void scratch_destroy(scratch_t **self_p);
// What was never written reads as zeros.
void scratch_read(scratch_t *self, uint64_t at, void *out, size_t size);
void scratch_write(scratch_t *self, uint64_t at, const void *data, size_t size);
// Behind all that was written: where that is now.
uint64_t scratch_add(scratch_t *self, const void *data, size_t size);
int scratch_check(const scratch_health_t *health, cause_t *why);

#endif
