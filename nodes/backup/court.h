// court - entries of a log for somebody who trusts nobody: each with its document, seal
// and record, and a proof that leads to one signed checkpoint; and the certificates that
// the log's own rosters had.
//
// The hashes of all leaves are kept in memory for the proofs: 64 octets an entry.

#ifndef NODES_BACKUP_COURT_H
#define NODES_BACKUP_COURT_H

#include "lib/base/cause.h"
#include "lib/tlog/note.h"
#include "nodes/cli/progress.h"

typedef struct {
    const char *journal; // with segments and checkpoint; its hub may run
    const log_vkey_t *vkey;
    uint64_t first, last; // positions, both of them too
    const char *to;       // a folder that is not there yet
    progress_t *progress; // begun; or NULL
} court_wish_t;

typedef struct {
    uint64_t entries, messages, certificates;
    checkpoint_t checkpoint;
} court_report_t;

int court_export(const court_wish_t *wish, court_report_t *report, cause_t *why);

#endif
