// opened - the first time counts: who looks again has known of it since then.

#include "nodes/inbox/opened.h"

#include "lib/base/text.h"
#include "lib/base/times.h"
#include "nodes/inbox/about.h"

static const char FOLDER[] = "opened";

int opened_note(const char *node, const reference_t *message, const char *officer,
    int64_t now_ms, cause_t *why)
{
    char at[TIME_TEXT];
    if (!text_is_word(span_text(officer)))
        return cause_set(why, "'%s' is no officer's name", officer);
    time_print(now_ms, at);
    return about_add(node, FOLDER, message, officer, at, why);
}

// "<name> <time>"; what is no such line is left out.
static json_t *read_line(span_t line)
{
    int64_t ms;
    reader_t reader = reader_of(line);
    span_t name = take_word(&reader), at = take_rest(&reader);
    if (reader.bad || !text_is_word(name) || !time_parse(at, &ms))
        return NULL;
    return json_pack(
        "{s:s%, s:s%}", "officer", name.data, name.size, "at", at.data, at.size);
}

json_t *opened_json(const char *node, const reference_t *message)
{
    buf_t kept = {0};
    json_t *list = json_array();
    (void)about_read(node, FOLDER, message, &kept);
    reader_t reader = reader_of(buf_span(&kept));
    while (reader.rest.size > 0) {
        span_t line = take_line(&reader);
        json_t *one = reader.bad ? NULL : read_line(line);
        if (reader.bad)
            break;
        if (one)
            json_array_append_new(list, one);
    }
    buf_destroy(&kept);
    return list;
}
