// backup - a copy of a hub that runs, in a folder that may have earlier ones of the same
// log: `log` (whose it is), `lock`, `journal/`, `attachments/`, `files-<number>/`, and
// `manifest`, which is written last.

#ifndef NODES_BACKUP_BACKUP_H
#define NODES_BACKUP_BACKUP_H

#include "lib/config/hub_options.h"
#include "nodes/backup/backup_manifest.h"
#include "nodes/cli/progress.h"

typedef struct {
    const char *hub; // its folder
    const hub_options_t *conf;
    const char *to;
    bool attachments;
    int64_t now_ms;
    progress_t *progress; // begun; or NULL
} backup_wish_t;

typedef struct {
    uint64_t entries;        // that the backup has now
    uint64_t before;         // that it had
    uint64_t segments, kept; // of which so many were there, and stayed as they were
    uint64_t written;        // bytes of segments
    uint64_t attachments, attachments_copied;
    uint64_t erased; // documents that went from what was there
} backup_report_t;

// What fails leaves the backup that was there, and is gone on with when it is said again.
int backup_make(const backup_wish_t *wish, backup_report_t *report, cause_t *why);

typedef struct {
    log_vkey_t vkey;
    checkpoint_t checkpoint;
    int64_t made_ms;
    uint64_t segments, files, attachments;
    uint64_t erased; // documents that are gone, as the log says
    uint64_t beyond; // bytes that a backup which was interrupted left behind its own
} backup_check_t;

// Reads all of it: the digest of each file, each batch, and the tree up to the signed
// checkpoint.  Where `vkey` is not NULL the log has to be that one.
int backup_verify(const char *folder, const log_vkey_t *vkey, progress_t *progress,
    backup_check_t *check, cause_t *why);

#endif
