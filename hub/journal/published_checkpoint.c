// published_checkpoint - the file is replaced whole, so a bad one was not left by a
// crash.

#include "hub/journal/published_checkpoint.h"

#include "lib/base/file.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

int published_checkpoint_read(
    checkpoint_t *self, const char *folder, const log_vkey_t *vkey, cause_t *why)
{
    char path[PATH_MAX];
    buf_t note = {0};
    *self = (checkpoint_t){0};
    if (path_join(path, sizeof path, folder, "checkpoint", why) != 0)
        return -1;
    if (access(path, F_OK) != 0)
        return errno == ENOENT ? 0 : cause_errno(why, "%s", path);
    int result = file_read(path, NOTE_LIMIT, &note, why);
    if (result == 0 && checkpoint_open(self, buf_span(&note), vkey, why) != 0)
        result = cause_prefix(why, "%s", path);
    buf_destroy(&note);
    return result;
}
