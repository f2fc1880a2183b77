// backup_log - copies the segments of a journal, batch by batch, while a hub writes.
//
// Each batch is checked as it is read, and nothing else is written: a copy ends with the
// batch that ends at the checkpoint, which was read before any segment.  Finished
// segments that a backup has are left alone.

#ifndef NODES_BACKUP_BACKUP_LOG_H
#define NODES_BACKUP_BACKUP_LOG_H

#include "lib/tlog/erasure.h"
#include "nodes/backup/backup_manifest.h"
#include "nodes/cli/progress.h"

typedef struct {
    const char *journal;             // to be copied
    const char *folder;              // of the backup
    const backup_manifest_t *before; // what the folder has: no segment, at first
    progress_t *progress;            // begun; or NULL
    erasures_t *erasures;            // gets what the log says is erased, of what is read
} backup_log_t;

// Copies up to the checkpoint of `now`, whose segments are filled in anew, and holds all
// against it and against the checkpoint before.  `written` counts bytes.
int backup_log_copy(
    const backup_log_t *self, backup_manifest_t *now, uint64_t *written, cause_t *why);
// How many of the segments that the folder should have are there as they were left, and
// need not be copied: all before the last one, at most.
size_t backup_log_kept(const char *folder, const backup_manifest_t *before);

#endif
