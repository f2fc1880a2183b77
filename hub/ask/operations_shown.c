// operations_shown - names are promised to scripts: add, never rename.

#include "hub/ask/operations_shown.h"

#include "lib/base/times.h"
#include "lib/json/writer.h"
#include "lib/tlog/operation.h"

typedef struct {
    uint64_t last, before;
} wanted_t;

static bool take_number(reader_t *from, const char *word, uint64_t *out)
{
    return !reader_at(from, word) || decimal_decode(take_field(from, word), out);
}

static int take_wanted(wanted_t *wanted, span_t request, cause_t *why)
{
    reader_t reader = reader_of(request);
    *wanted = (wanted_t){.last = OPERATIONS_SHOWN_MOST, .before = UINT64_MAX};
    if (!take_number(&reader, "last", &wanted->last) ||
        !take_number(&reader, "before", &wanted->before) || !reader_done(&reader))
        return cause_set(why, "acts: the lines 'last <n>' and 'before <position>'");
    if (wanted->last > OPERATIONS_SHOWN_MOST)
        wanted->last = OPERATIONS_SHOWN_MOST;
    return 0;
}

static void write_text(writer_t *to, const char *name, const char *text)
{
    if (text[0])
        writer_text(to, name, text);
}

static void write_operation(const operation_t *operation, writer_t *to)
{
    writer_text(to, "by", operation->by);
    if (operation->has_uid)
        writer_integer(to, "uid", operation->uid);
    writer_text(to, "act", operation->act);
    write_text(to, "to", operation->to);
    write_text(to, "reason", operation->reason);
    write_text(to, "result", operation->result);
}

// What was erased, or cannot be read, is still known to have been an act.
static int write_entry(entries_t *entries, uint64_t position, writer_t *to, cause_t *why)
{
    entry_t entry;
    leaf_t leaf;
    operation_t operation;
    cause_t unreadable;
    char time[TIME_TEXT];
    if (entries_read(entries, position, &entry, why) != 0 ||
        leaf_take(&leaf, entry.leaf, why) != 0)
        return -1;
    time_print(leaf.time_ms, time);
    writer_object(to, NULL);
    writer_integer(to, "position", (int64_t)position);
    writer_text(to, "time", time);
    if (operation_parse(&operation, entry.document, &unreadable) == 0)
        write_operation(&operation, to);
    else
        writer_bool(to, "unreadable", true);
    writer_end(to);
    return 0;
}

int operations_shown(const column_t *positions, entries_t *entries, span_t request,
    buf_t *out, cause_t *why)
{
    wanted_t wanted;
    uint64_t end = 0, position;
    if (take_wanted(&wanted, request, why) != 0 ||
        column_find(positions, wanted.before, &end, why) != 0)
        return -1;
    uint64_t first = end > wanted.last ? end - wanted.last : 0;
    writer_t json = writer_to(out);
    writer_object(&json, NULL);
    writer_array(&json, "acts");
    for (uint64_t i = first; i < end; i++)
        if (column_get(positions, i, &position, why) != 0 ||
            write_entry(entries, position, &json, why) != 0)
            return -1;
    writer_end(&json);
    writer_bool(&json, "more", first > 0);
    writer_end(&json);
    return 0;
}
