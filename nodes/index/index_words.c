// index_words - texts are taken as they stand; how they become words is the tokenizer's.

#include "nodes/index/index_words.h"

#include <string.h>

enum { DEPTH_MAX = 64, ASKED_MAX = 32 };

static void add_text(const char *text, buf_t *out)
{
    size_t size = strlen(text);
    size_t room = out->size < INDEX_WORDS_MAX ? INDEX_WORDS_MAX - out->size : 0;
    if (size == 0 || room < 2)
        return;
    buf_put(out, text, size < room - 1 ? size : room - 1);
    buf_put_u8(out, '\n');
}

static void walk(const json_t *value, int depth, buf_t *out);

// A derived message carries its cause in base64, which nobody searches for.
static void walk_carried(const json_t *carried, int depth, buf_t *out)
{
    buf_t bytes = {0};
    const char *text = json_string_value(json_object_get(carried, "document"));
    if (text && base64_decode(span_text(text), &bytes)) {
        json_t *cause = json_loadb((const char *)bytes.data, bytes.size, 0, NULL);
        walk(cause, depth + 1, out);
        json_decref(cause);
    }
    buf_destroy(&bytes);
}

static void walk_object(const json_t *object, int depth, buf_t *out)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)object, key, value)
    {
        if (strcmp(key, "carried") == 0 && json_is_object(value))
            walk_carried(value, depth, out);
        else if (strcmp(key, "nonce") != 0)
            walk(value, depth + 1, out);
    }
}

static void walk(const json_t *value, int depth, buf_t *out)
{
    size_t i;
    json_t *item;
    if (!value || depth > DEPTH_MAX || out->size >= INDEX_WORDS_MAX)
        return;
    if (json_is_string(value))
        add_text(json_string_value(value), out);
    else if (json_is_object(value))
        walk_object(value, depth, out);
    else
        json_array_foreach(value, i, item) walk(item, depth + 1, out);
}

void index_words_of(const json_t *root, buf_t *out)
{
    walk(root, 0, out);
}

// Whether there may be a letter or a digit in it.  Beyond ASCII the tokenizer knows; of a
// word without any it makes nothing.
static bool says_something(span_t word)
{
    for (size_t i = 0; i < word.size; i++) {
        uint8_t c = word.data[i];
        if (c >= 0x80 || (c >= '0' && c <= '9') ||
            ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'))
            return true;
    }
    return false;
}

static void quote(span_t word, buf_t *out)
{
    buf_put(out, "\"", 1);
    for (size_t i = 0; i < word.size; i++) {
        buf_put_u8(out, word.data[i]);
        if (word.data[i] == '"')
            buf_put_u8(out, '"');
    }
    buf_put(out, "\"* ", 3);
}

bool index_words_asked(const char *typed, buf_t *out)
{
    static const char blanks[] = " \t\r\n\v\f";
    size_t n = 0;
    while (n < ASKED_MAX) {
        typed += strspn(typed, blanks);
        span_t word = span_of(typed, strcspn(typed, blanks));
        if (word.size == 0)
            break;
        if (says_something(word)) {
            quote(word, out);
            n++;
        }
        typed += word.size;
    }
    return n > 0;
}
