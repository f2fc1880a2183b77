// folder - whether a folder will do, before anything is put there.

#ifndef LIB_BASE_FOLDER_H
#define LIB_BASE_FOLDER_H

#include "lib/base/cause.h"

// Whether files can be made in it, or in the nearest folder above that there is.
int folder_check(const char *path, cause_t *why);
// Whether a Unix socket can have this path: it is short, and its folder is nobody else's.
int folder_check_socket(const char *path, cause_t *why);
// Removes it with all that is in it; what cannot be removed stays.
void folder_remove(const char *path);

#endif
