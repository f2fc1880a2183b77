// lock - a folder is one process's at a time.

#ifndef LIB_BASE_LOCK_H
#define LIB_BASE_LOCK_H

#include "lib/base/cause.h"

#include <stdbool.h>

// Takes the lock file at `path` (made when it is not there) without waiting.  Returns a
// descriptor that holds the lock until it is closed or the process ends, however it ends.
// When another process holds it, -1, and the cause names that process: "<path>: in use by
// process 7".
int lock_take(const char *path, cause_t *why);
// Whether another process holds it, with that process in `holder` as above.  Makes no
// file.
bool lock_held(const char *path, cause_t *holder);

#endif
