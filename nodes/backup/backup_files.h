// backup_files - what a hub has beside its journal and a backup takes along: what people
// wrote and what the CA signed, and never a private key.
//
// Each backup has a folder of its own for these, so that the one before stays whole until
// the manifest names the new one.  Attachments are named by their digests: one that is
// there is there.

#ifndef NODES_BACKUP_BACKUP_FILES_H
#define NODES_BACKUP_BACKUP_FILES_H

#include "lib/config/hub_options.h"
#include "nodes/backup/backup_manifest.h"

#include <sys/types.h>

// Where one thing of a hub's lies, and where within a backup's folder of files.
typedef struct {
    const char *name; // "roster", "registry.conf"
    const char *path;
    bool folder;
    bool must; // its absence is a fault
} backup_place_t;

enum { BACKUP_PLACES = 10 };
// `hub` is its folder.  The paths that are not the configuration's are put into `room`.
typedef struct {
    char conf[PATH_MAX], certs[PATH_MAX], succession[PATH_MAX];
} backup_room_t;
size_t backup_places(const char *hub, const hub_options_t *conf, backup_room_t *room,
    backup_place_t out[BACKUP_PLACES], cause_t *why);

// "files-<number>".
void backup_files_folder(uint64_t number, char out[32]);
// Copies all of them to the folder of now->number, and adds their rows.
int backup_files_copy(const char *hub, const hub_options_t *conf, const char *folder,
    backup_manifest_t *now, cause_t *why);
// Copies attachments that are not there yet, and adds a row for each; each is held
// against its digest.
int backup_attachments_copy(const hub_options_t *conf, const char *folder,
    backup_manifest_t *now, uint64_t *copied, cause_t *why);
// Removes the folders of files of all backups but this.
void backup_files_tidy(const char *folder, uint64_t number);

// The digest of a file's first bytes.
int backup_digest(const char *path, uint64_t bytes, hash_t *digest, cause_t *why);
// One file's first bytes, `most` at most, to a path of ours; not flushed.
int backup_copy(const char *from, const char *to, mode_t mode, uint64_t most,
    hash_t *digest, uint64_t *bytes, cause_t *why);

#endif
