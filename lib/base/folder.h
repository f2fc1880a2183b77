// folder - folders and paths: made, held open, flushed, looked through; and whether a
// folder will do, before anything is put there.

#ifndef LIB_BASE_FOLDER_H
#define LIB_BASE_FOLDER_H

#include "lib/base/cause.h"

#include <limits.h>
#include <stddef.h>
#include <sys/types.h>

// "<folder>/<name>" into out; -1 when it does not fit.
int path_join(char *out, size_t room, const char *folder, const char *name, cause_t *why);
// The folder that a path lies in, "." where it names none.
int path_folder(const char *path, char folder[PATH_MAX], cause_t *why);

// A descriptor of the folder.  What is done through it stays within this folder, also
// when somebody renames the folders above meanwhile.
int folder_open(const char *path, cause_t *why);
// Make it, and those above it; fine when it is there.
int folder_make(const char *path, mode_t mode, cause_t *why);
// Flush it, so that names made or removed in it stay so.
int folder_sync(const char *folder, cause_t *why);
// Each name in a folder that is held open, in no order, but not "." and "..".  -1 with
// errno: not all were seen.
typedef void folder_visit_t(void *context, int folder, const char *name);
int folder_each(int folder, folder_visit_t *visit, void *context);

// Whether files can be made in it, or in the nearest folder above that there is.
int folder_check(const char *path, cause_t *why);
// Whether a Unix socket can have this path: it is short, and its folder is nobody else's.
int folder_check_socket(const char *path, cause_t *why);
// Removes it with all that is in it; what cannot be removed stays.
void folder_remove(const char *path);

#endif
