// copied - what somebody who copies a log, or verifies a copy, has to know of each batch:
// that its entries are what their leaves say, and which documents and attachments are
// gone, or have to go.

#ifndef NODES_BACKUP_COPIED_H
#define NODES_BACKUP_COPIED_H

#include "lib/tlog/erasure.h"
#include "lib/tlog/segments.h"

// One batch after the other.  -1, with file and offset, when a part of an entry is
// another than its leaf says, or orders an erasure that this program cannot read.
int copied_take(erasures_t *erasures, const batch_t *batch, cause_t *why);
// Has what the log says is gone, and is there, go from the segments below `journal`.  -1:
// it is begun, and erasing_finish ends it.
int copied_erase(erasures_t *erasures, const char *journal, cause_t *why);

#endif
