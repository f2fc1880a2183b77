// spill - bytes that are put aside while something long is read, and wanted again here
// and there: the first of them in memory, the others in a file that has no name.
//
// So memory stays the same however much is read, and nothing is left behind.  The file
// is below TMPDIR, else /var/tmp, which is on a disk where /tmp may be memory.

#ifndef NODES_AUDIT_SPILL_H
#define NODES_AUDIT_SPILL_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

enum { SPILL_MEMORY = 256 << 10 }; // octets of each that never see a disk

// Shared by all that one reading puts aside: whether any of it was lost, and why.  What
// was read since then means nothing.  `{0}` is sound.
typedef struct {
    bool failed;
    cause_t why;
} spill_health_t;

typedef struct spill spill_t;

spill_t *spill_new(spill_health_t *health); // borrowed, outlives what is made here
void spill_destroy(spill_t **self_p);
// What was never written reads as zeros.
void spill_read(spill_t *self, uint64_t at, void *out, size_t size);
void spill_write(spill_t *self, uint64_t at, const void *data, size_t size);
// Behind all that was written: where that is now.
uint64_t spill_add(spill_t *self, const void *data, size_t size);
int spill_check(const spill_health_t *health, cause_t *why);

#endif
