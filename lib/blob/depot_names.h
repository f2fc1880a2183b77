// depot_names - where the files of a depot lie, and who sent them (see depot.h).

#ifndef LIB_BLOB_DEPOT_NAMES_H
#define LIB_BLOB_DEPOT_NAMES_H

#include "lib/blob/depot.h"

#include <limits.h>
#include <sys/stat.h>

typedef struct {
    char whole[PATH_MAX], coming[PATH_MAX], senders[PATH_MAX];
} depot_names_t;

// Makes the three folders below `folder`.
int depot_names_make(depot_names_t *self, const char *folder, cause_t *why);
void depot_names_whole(
    const depot_names_t *self, const hash_t *digest, char path[PATH_MAX]);
void depot_names_coming(
    const depot_names_t *self, const depot_key_t *key, char path[PATH_MAX]);
// Whether the file of this name below coming/ is the one that is kept below whole/.  To
// have a second name is not enough: that may be a copy of a backup.
bool depot_names_kept(
    const depot_names_t *self, const char *name, const struct stat *info);

// Who sent what is kept under this digest (in hexadecimal); "": nobody knows.
void depot_names_sender(
    const depot_names_t *self, const char *digest, char node[NODE_ID_MAX]);
void depot_names_set_sender(const depot_names_t *self, const depot_key_t *key);
// Whose a file is, by its name below coming/ or whole/.
void depot_names_owner(
    const depot_names_t *self, const char *name, bool coming, char node[NODE_ID_MAX]);
// Remove all files of this digest, also what comes in, durably.  1: there were some, 0:
// there was none.
int depot_names_erase(const depot_names_t *self, const hash_t *digest, cause_t *why);
// Remove what senders/ says of files that are not kept any more.
int depot_names_forget(const depot_names_t *self, cause_t *why);

#endif
