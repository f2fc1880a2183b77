// announced - written by the daemon alone, and read by tools that may meet any other file
// there: a line that is none ends the reading.

#include "nodes/inbox/announced.h"

#include "lib/base/file.h"
#include "lib/base/text.h"
#include "lib/base/times.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 17 };

static int path_of(const char *node, char path[PATH_MAX], cause_t *why)
{
    return path_join(path, PATH_MAX, node, "state/ahead", why);
}

static void print(const ahead_item_t *item, buf_t *out)
{
    char due[TIME_TEXT] = "-";
    if (item->marks & AHEAD_OWED)
        time_print(item->due_ms, due);
    buf_printf(out, "%" PRIu64 " %u %s %s\n", item->number, (unsigned)item->level, due,
        item->marks & AHEAD_PLAYED ? "exercise" : "real");
}

int announced_write(const char *node, const ahead_t *ahead, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    for (size_t i = 0; i < ahead->n; i++)
        print(&ahead->item[i], &text);
    if (ahead->more)
        buf_printf(&text, "more %" PRIu32 "\n", ahead->more);
    int result = path_of(node, path, why);
    if (result == 0)
        result = file_replace(path, buf_span(&text), 0644, why);
    buf_destroy(&text);
    return result;
}

int announced_clear(const char *node, cause_t *why)
{
    char path[PATH_MAX];
    if (path_of(node, path, why) != 0)
        return -1;
    return unlink(path) == 0 || errno == ENOENT ? 0 : cause_errno(why, "%s", path);
}

static bool parse(span_t line, ahead_item_t *item)
{
    uint64_t level;
    reader_t reader = reader_of(line);
    *item = (ahead_item_t){0};
    bool good = decimal_decode(take_word(&reader), &item->number) &&
                decimal_decode(take_word(&reader), &level) && level <= UINT8_MAX;
    span_t due = take_word(&reader);
    span_t world = take_rest(&reader);
    if (reader.bad || !good)
        return false;
    item->level = (uint8_t)level;
    bool played = span_is(world, "exercise");
    if (!played && !span_is(world, "real"))
        return false;
    item->marks = played ? AHEAD_PLAYED : 0;
    if (span_is(due, "-"))
        return true;
    item->marks |= AHEAD_OWED;
    return time_parse(due, &item->due_ms);
}

static void read_lines(span_t text, uint64_t stored, ahead_t *ahead)
{
    reader_t reader = reader_of(text);
    uint64_t more;
    while (reader.rest.size && ahead->n < AHEAD_MAX) {
        ahead_item_t item;
        reader_t rest = reader;
        span_t line = take_line(&reader);
        if (reader.bad || !parse(line, &item)) {
            reader = rest;
            break;
        }
        if (item.number > stored)
            ahead->item[ahead->n++] = item;
    }
    if (decimal_decode(take_field(&reader, "more"), &more) && more <= UINT32_MAX)
        ahead->more = (uint32_t)more;
}

void announced_read(const char *node, uint64_t stored, ahead_t *ahead)
{
    char path[PATH_MAX];
    buf_t text = {0};
    cause_t ignored;
    ahead->n = ahead->more = 0;
    if (path_of(node, path, &ignored) == 0 &&
        file_read_plain(path, FILE_MAX, &text, &ignored) == 0)
        read_lines(buf_span(&text), stored, ahead);
    buf_destroy(&text);
}

announced_t announced_sum(const ahead_t *ahead)
{
    announced_t sum = {.numbers = ahead->n + ahead->more};
    for (size_t i = 0; i < ahead->n; i++) {
        const ahead_item_t *item = &ahead->item[i];
        if (item->marks & AHEAD_PLAYED) {
            sum.exercises++;
            continue;
        }
        if (item->level > sum.level)
            sum.level = item->level;
        if ((item->marks & AHEAD_OWED) && (!sum.owed || item->due_ms < sum.due_ms)) {
            sum.owed = true;
            sum.due_ms = item->due_ms;
        }
    }
    return sum;
}
