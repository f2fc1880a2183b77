// begun - see the header.  The file is replaced whole at each change, as the index is.

#include "certs/folder/begun.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/times.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BEGUN_MAX = 1 << 20 };

const begun_line_t *begun_find(const begun_t *self, const char *what)
{
    for (size_t i = 0; i < self->n; i++)
        if (strcmp(self->item[i].what, what) == 0)
            return &self->item[i];
    return NULL;
}

void begun_add(begun_t *self, const char *what, int64_t now_ms)
{
    if (begun_find(self, what))
        return;
    self->item = memory_grow(self->item, self->n + 1, sizeof *self->item);
    self->item[self->n++] = (begun_line_t){now_ms, memory_text(what)};
}

void begun_drop(begun_t *self, const char *what)
{
    size_t kept = 0;
    for (size_t i = 0; i < self->n; i++)
        if (strcmp(self->item[i].what, what) == 0)
            free(self->item[i].what);
        else
            self->item[kept++] = self->item[i];
    self->n = kept;
}

void begun_free(begun_t *self)
{
    for (size_t i = 0; i < self->n; i++)
        free(self->item[i].what);
    free(self->item);
    *self = (begun_t){0};
}

static bool take_line_of(begun_t *self, span_t line)
{
    int64_t since_ms;
    char what[PATH_MAX + 64];
    reader_t reader = reader_of(line);
    span_t moment = take_word(&reader);
    span_t rest = take_rest(&reader);
    if (reader.bad || rest.size == 0 || rest.size >= sizeof what ||
        !time_parse(moment, &since_ms))
        return false;
    memcpy(what, rest.data, rest.size);
    what[rest.size] = 0;
    begun_add(self, what, since_ms);
    return true;
}

int begun_read(begun_t *self, const char *path, cause_t *why)
{
    buf_t text = {0};
    size_t number = 0;
    *self = (begun_t){0};
    if (file_absent(path))
        return 0;
    int result = file_read(path, BEGUN_MAX, &text, why);
    reader_t reader = reader_of(buf_span(&text));
    while (result == 0 && reader.rest.size > 0) {
        span_t line = take_line(&reader);
        number++;
        if (reader.bad || !take_line_of(self, line))
            result = cause_set(why,
                "%s:%zu: damaged line; it only says which command was cut short: remove "
                "the file",
                path, number);
    }
    buf_destroy(&text);
    if (result != 0)
        begun_free(self);
    return result;
}

int begun_write(const begun_t *self, const char *path, cause_t *why)
{
    buf_t text = {0};
    char moment[TIME_TEXT];
    if (self->n == 0)
        return unlink(path) == 0 || errno == ENOENT ? 0 : cause_errno(why, "%s", path);
    for (size_t i = 0; i < self->n; i++) {
        time_print(self->item[i].since_ms, moment);
        buf_printf(&text, "%s %s\n", moment, self->item[i].what);
    }
    int result = file_replace(path, buf_span(&text), 0600, why);
    buf_destroy(&text);
    return result;
}
