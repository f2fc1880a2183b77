// logmark - the file is replaced whole, so a bad one was not left by a crash.

#include "lib/tlog/logmark.h"

#include "lib/base/edition.h"
#include "lib/base/file.h"

#include <errno.h>
#include <unistd.h>

static const char magic[] = "dabyl-log/v2", before[] = "dabyl-log/v1";

static int parse(logmark_t *self, span_t text, cause_t *why)
{
    reader_t reader = reader_of(text);
    span_t edition = take_line(&reader);
    if (!span_is(edition, before) &&
        edition_line(edition, magic, "a log's mark", why) != 0)
        return -1;
    if (log_vkey_parse(&self->vkey, take_line(&reader), why) != 0)
        return -1;
    return checkpoint_open(&self->checkpoint, reader.rest, &self->vkey, why);
}

int logmark_read(logmark_t *self, const char *path, cause_t *why)
{
    buf_t text = {0};
    *self = (logmark_t){0};
    if (access(path, F_OK) != 0)
        return errno == ENOENT ? 0 : cause_errno(why, "%s", path);
    int result = file_read(path, NOTE_LIMIT, &text, why);
    if (result == 0 && parse(self, buf_span(&text), why) != 0)
        result = cause_prefix(why, "%s", path);
    buf_destroy(&text);
    self->there = result == 0;
    return result;
}

int logmark_write(const char *path, const log_vkey_t *vkey, span_t note, cause_t *why)
{
    char line[VKEY_MAX];
    buf_t text = {0};
    log_vkey_print(vkey, line);
    buf_printf(&text, "%s\n%s\n", magic, line);
    buf_put_span(&text, note);
    int result = file_replace(path, buf_span(&text), 0600, why);
    buf_destroy(&text);
    return result;
}
