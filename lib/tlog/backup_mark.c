// backup_mark - replaced whole; who finds none has no backup.

#include "lib/tlog/backup_mark.h"

#include "lib/base/edition.h"
#include "lib/base/file.h"
#include "lib/base/times.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <unistd.h>

static const char magic[] = "dabyl-backed-up/v1";

enum { MARK_MAX = 256 };

int backup_mark_write(const char *state, const backup_mark_t *mark, cause_t *why)
{
    char path[PATH_MAX], time[TIME_TEXT];
    buf_t text = {0};
    time_print(mark->made_ms, time);
    buf_printf(&text, "%s\n%s %" PRIu64 "\n", magic, time, mark->entries);
    int result = path_join(path, sizeof path, state, "backed-up", why);
    if (result == 0)
        result = file_replace(path, buf_span(&text), 0600, why);
    buf_destroy(&text);
    return result;
}

static int parse(backup_mark_t *mark, span_t text, cause_t *why)
{
    reader_t from = reader_of(text);
    if (edition_line(take_line(&from), magic, "the mark of a backup", why) != 0)
        return -1;
    reader_t line = reader_of(take_line(&from));
    if (time_parse(take_word(&line), &mark->made_ms) &&
        decimal_decode(line.rest, &mark->entries) && reader_done(&from))
        return 0;
    return cause_set(why, "it is not as a backup writes it");
}

int backup_mark_read(const char *state, backup_mark_t *mark, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    *mark = (backup_mark_t){0};
    if (path_join(path, sizeof path, state, "backed-up", why) != 0)
        return -1;
    if (access(path, F_OK) != 0)
        return errno == ENOENT ? 0 : cause_errno(why, "%s", path);
    int result = file_read_plain(path, MARK_MAX, &text, why) == 0 ? 1 : -1;
    if (result == 1 && parse(mark, buf_span(&text), why) != 0)
        result = cause_prefix(why, "%s", path);
    buf_destroy(&text);
    return result;
}
