// tar - a few small files in one, as every system unpacks it (POSIX ustar).

#ifndef WEB_TAR_H
#define WEB_TAR_H

#include "lib/base/bytes.h"

#include <stdbool.h>

// Append the file `folder`/`name` with these bytes.  False, and nothing is appended, when
// a name does not fit (155 and 100 bytes) or there are 8 GiB or more.
bool tar_add(
    buf_t *tar, const char *folder, const char *name, span_t bytes, int64_t at_s);
// Nothing follows.
void tar_end(buf_t *tar);

#endif
