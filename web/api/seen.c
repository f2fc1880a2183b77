// seen - the moment alone decides: nobody has to take anything back.

#include "web/api/seen.h"

#include "lib/base/text.h"
#include "lib/base/times.h"
#include "nodes/inbox/about.h"

static const char FOLDER[] = "seen";

int seen_note(const char *node, const reference_t *message, const char *officer,
    int64_t now_ms, int64_t until_ms, cause_t *why)
{
    char at[TIME_TEXT], until[TIME_TEXT];
    buf_t line = {0};
    if (!text_is_word(span_text(officer)))
        return cause_set(why, "'%s' is no officer's name", officer);
    if (!about_fits(message))
        return cause_set(
            why, "%s of %s is no message's name", message->id, message->author);
    time_print(now_ms, at);
    time_print(until_ms, until);
    buf_printf(&line, "%s %s %s\n", officer, at, until);
    int result = about_write(node, FOLDER, message, buf_span(&line), why);
    buf_destroy(&line);
    return result;
}

static json_t *read(span_t text, int64_t now_ms)
{
    int64_t at_ms, until_ms;
    reader_t reader = reader_of(text), words = reader_of(take_line(&reader));
    span_t officer = take_word(&words), at = take_word(&words), until = take_rest(&words);
    if (reader.bad || words.bad || !text_is_word(officer) || !time_parse(at, &at_ms) ||
        !time_parse(until, &until_ms))
        return NULL;
    // A clock that was set back since says nothing of how long ago it was.
    if (now_ms < at_ms || now_ms >= until_ms)
        return NULL;
    return json_pack("{s:s%, s:s%, s:s%}", "officer", officer.data, officer.size, "at",
        at.data, at.size, "until", until.data, until.size);
}

json_t *seen_json(const char *node, const reference_t *message, int64_t now_ms)
{
    buf_t text = {0};
    json_t *seen =
        about_read(node, FOLDER, message, &text) ? read(buf_span(&text), now_ms) : NULL;
    buf_destroy(&text);
    return seen ? seen : json_null();
}
