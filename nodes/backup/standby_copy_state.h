// standby_copy_state - the inside of the copy, shared by standby_copy_open.c (what there
// is at a start) and standby_copy.c (what comes), nobody else.

#ifndef NODES_BACKUP_STANDBY_COPY_STATE_H
#define NODES_BACKUP_STANDBY_COPY_STATE_H

#include "lib/tlog/erasure.h"
#include "nodes/backup/standby_copy.h"

#include <limits.h>

struct standby_copy {
    char folder[PATH_MAX], journal[PATH_MAX], segments[PATH_MAX];
    log_vkey_t vkey;
    int lock, fd;         // fd: of the segment, or -1 before its first batch
    standby_place_t kept; // on the disk
    uint64_t sequence;    // of the next batch
    merkle_t tree;
    buf_t coming;            // behind what is kept
    batch_t batch;           // scratch
    checkpoint_t checkpoint; // that was found good
    buf_t note;
    erasures_t erasures; // what the log says is gone
    bool doubts;         // the batch that came last has another checksum than it should,
    standby_place_t doubted; // as had one at this place
    bool unsigned_yet;       // it is not in its file yet
    int64_t signed_ms;
};

#endif
