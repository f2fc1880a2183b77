// input - no more is read than the largest message.

#include "nodes/cli/input.h"

#include "lib/base/file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static int read_standard(buf_t *out, cause_t *why)
{
    for (;;) {
        buf_reserve(out, 65536);
        ssize_t got = read(STDIN_FILENO, out->data + out->size, 65536);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return cause_errno(why, "standard input");
        if (got == 0)
            return 0;
        out->size += (size_t)got;
        if (out->size > INPUT_SIZE_MAX)
            return cause_set(why, "standard input is longer than any message may be");
    }
}

int input_read(const char *name, buf_t *out, cause_t *why)
{
    if (strcmp(name, "-") == 0)
        return read_standard(out, why);
    return file_read(name, INPUT_SIZE_MAX, out, why);
}
