// roll - the segment that is being written, and the next one, made ready before it is
// needed.
//
// The next segment waits as ".next" in the same folder.  It gets its header, is flushed,
// and only then its name: a segment that has a name has a header.

#ifndef HUB_JOURNAL_ROLL_H
#define HUB_JOURNAL_ROLL_H

#include "hub/journal/reserve.h"
#include "lib/tlog/segment.h"

typedef struct roll roll_t;

// `folder` holds the segments.  `batch_most` is the most that one batch takes.
roll_t *roll_open(
    const char *folder, uint64_t segment_bytes, uint64_t batch_most, cause_t *why);
void roll_close(roll_t **self_p);
// Goes on in an existing segment whose batches end at `used`, and gets it the space that
// a segment has, if there is any.
int roll_resume(roll_t *self, uint64_t first, uint64_t used, cause_t *why);
// Ends the current segment, if there is one, and begins the next.
reserve_result_t roll_next(roll_t *self, const segment_header_t *header, cause_t *why);

bool roll_fits(const roll_t *self, uint64_t size); // into the current segment
// Whether the largest batch can be written without asking the disk for more.  Reserves
// the next segment once the current one is half full, and tries again while there is no
// room.
bool roll_ready(roll_t *self);
// One write at the end of the current segment, and the flush that makes it durable.
// After -1 of either nothing is known about what is on the disk, and nothing must be
// written any more.
int roll_write(roll_t *self, span_t batch, cause_t *why);
int roll_flush(roll_t *self, cause_t *why);

int roll_fd(const roll_t *self); // of the current segment
uint64_t roll_first(const roll_t *self);
uint64_t roll_used(const roll_t *self);

#endif
