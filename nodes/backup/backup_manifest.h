// backup_manifest - what a backup of a hub has: written last, so that whatever it names
// is there.
//
//     dabyl-backup/v1
//     log <verifier key>
//     number <how many backups this folder has had>
//     made <time>
//     size <entries>
//     root <base64>
//     segment <name> <sequence> <bytes> <SHA-256> <base64, or "-">
//     file <bytes> <SHA-256> <path>
//     attachment <bytes> <SHA-256>
//     checkpoint <base64 of the signed note>
//     end <SHA-256 of all lines before>
//
// Of a segment the last field has the hashes of the tree before it (grown.h), so that
// the next backup goes on there without reading what is older.  Only the last segment
// may have grown since: then these are its first bytes.

#ifndef NODES_BACKUP_BACKUP_MANIFEST_H
#define NODES_BACKUP_BACKUP_MANIFEST_H

#include "lib/tlog/grown.h"
#include "lib/tlog/note.h"

#include <limits.h>

typedef struct {
    uint64_t first, sequence; // of its first entry and batch
    uint64_t bytes;
    hash_t digest;
    merkle_t before; // the tree of all entries before it
} backup_segment_t;

typedef struct {
    uint64_t bytes;
    hash_t digest;
    char *path; // below the backup's folder; of an attachment NULL
} backup_file_t;

// `{0}` is valid and empty.
typedef struct {
    log_vkey_t vkey;
    uint64_t number;
    int64_t made_ms;
    checkpoint_t checkpoint;
    buf_t note; // the signed checkpoint
    size_t segments, files;
    backup_segment_t *segment;
    backup_file_t *file; // and attachments
} backup_manifest_t;

void backup_manifest_close(backup_manifest_t *self);
void backup_manifest_segment(backup_manifest_t *self, const backup_segment_t *segment);
// `path` is copied, and NULL for an attachment.
void backup_manifest_file(
    backup_manifest_t *self, const char *path, uint64_t bytes, const hash_t *digest);

void backup_manifest_print(const backup_manifest_t *self, buf_t *out);
// Parse and check all that it says of itself.  -1, and nothing to close, when it is none.
int backup_manifest_parse(backup_manifest_t *self, span_t text, cause_t *why);
// "<folder>/manifest".  1, or 0 when there is none, or -1.
int backup_manifest_read(backup_manifest_t *self, const char *folder, cause_t *why);
int backup_manifest_write(
    const backup_manifest_t *self, const char *folder, cause_t *why);

// "<folder>/journal/segments/<name>".
int backup_segment_path(
    char out[PATH_MAX], const char *folder, uint64_t first, cause_t *why);
int backup_attachment_path(
    char out[PATH_MAX], const char *folder, const hash_t *digest, cause_t *why);

#endif
