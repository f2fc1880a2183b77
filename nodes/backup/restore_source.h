// restore_source - what a hub is restored from: a backup, or what a standby has; read
// whole and held against every checkpoint that anybody brings.

#ifndef NODES_BACKUP_RESTORE_SOURCE_H
#define NODES_BACKUP_RESTORE_SOURCE_H

#include "nodes/backup/backup_manifest.h"
#include "nodes/cli/progress.h"

typedef struct {
    uint64_t first, bytes;
} restore_segment_t;

// A checkpoint that a node has verified, and whether these entries lead to it.
typedef struct {
    const char *path;
    checkpoint_t checkpoint;
    buf_t note;
    bool contained;
} restore_claim_t;

typedef struct {
    const char *folder;
    log_vkey_t vkey;
    checkpoint_t checkpoint; // that its entries have the root of
    buf_t note;
    size_t segments;
    restore_segment_t *segment; // bytes up to the checkpoint
    size_t claims;
    restore_claim_t *claim;
    const restore_claim_t *newest; // the claim that goes furthest, or NULL
    backup_manifest_t files;       // whose rows of files count
    const char *files_folder;      // where those lie; NULL: nowhere
} restore_source_t;

// `with`, or NULL, is a backup that configuration and attachments are taken from instead.
// -1 when anything is damaged, or a claim is of another history; then there is nothing to
// close.
int restore_source_open(restore_source_t *self, const char *folder, const char *with,
    const char *const *claims, size_t n, progress_t *progress, cause_t *why);
void restore_source_close(restore_source_t *self);
// Whether every claim is within what is here, and there is one.
bool restore_source_is_newest(const restore_source_t *self);

#endif
