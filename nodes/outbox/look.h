// look - what lies under a name that others may put anything under, and whether somebody
// still writes it.

#ifndef NODES_OUTBOX_LOOK_H
#define NODES_OUTBOX_LOOK_H

#include "lib/base/cause.h"

#include <stdbool.h>
#include <sys/stat.h>

typedef enum {
    LOOK_GOOD,   // a regular file, open for reading
    LOOK_BUSY,   // a regular file that somebody has open for writing
    LOOK_ODD,    // neither: a link, folder, pipe, socket or device; it was not opened
    LOOK_BARRED, // it may not be read; the cause says why
    LOOK_GONE,   // there is none of this name
} look_result_t;

typedef struct {
    int fd; // with LOOK_GOOD; look_close gives it back
    // While it is open nobody can open the file for writing.  False: somebody might, as
    // this process does not own the file or its file system has no leases.
    bool leased;
    struct stat info;
} look_t;

// No link is followed, and nothing waited for.
look_result_t look_open(int folder, const char *name, look_t *out, cause_t *why);
void look_close(look_t *self);

#endif
