// retell - a format is matched from left to right: a number takes digits, a text takes
// what comes before the next piece of the format, and the last piece has to stand at the
// end.  That is linear, whatever a peer has sent.

#include "nodes/cli/retell.h"

#include "lib/base/bytes.h"
#include "lib/base/catalogue.h"
#include "nodes/cli/screen.h"
#include "nodes/cli/words_file.h"

#include <stdlib.h>
#include <string.h>

enum { PLACES_MAX = 12, DEPTH_MAX = 6, LITERAL_LEAST = 6, TEXT_MAX = 2048 };

typedef struct {
    bool argument; // else a piece of text
    bool number;
    span_t text; // the piece
    int index;   // of a numbered argument, from 1; 0: the next
} token_t;

typedef struct {
    span_t place[PLACES_MAX];
    size_t n, literal; // literal: how many bytes of the format itself there were
} match_t;

// Of two formats the one that says more of the text by itself fits better, and of equal
// ones the one that begins it.
static size_t merit(const char *format, const match_t *match)
{
    return 2 * match->literal + (match->literal > 0 && format[0] != '%');
}

static span_t behind(span_t text, size_t n)
{
    return span_of(text.data + n, text.size - n);
}

// The piece of a format at its beginning; how many bytes it takes.
static size_t next_token(span_t format, token_t *out)
{
    size_t n = 0;
    *out = (token_t){0};
    if (format.data[0] != '%') {
        while (n < format.size && format.data[n] != '%')
            n++;
        out->text = span_of(format.data, n);
        return n;
    }
    if (format.size > 1 && format.data[1] == '%') {
        out->text = span_of(format.data, 1);
        return 2;
    }
    for (n = 1; n < format.size && strchr("0123456789$.*+- #hlzj", format.data[n]); n++)
        if (format.data[n] == '$')
            out->index = atoi((const char *)format.data + 1);
    out->argument = true;
    out->number = n < format.size && strchr("diouxX", format.data[n]);
    return n < format.size ? n + 1 : n;
}

static size_t digits(span_t text)
{
    size_t n = text.size > 0 && text.data[0] == '-';
    while (n < text.size && text.data[n] >= '0' && text.data[n] <= '9')
        n++;
    return n;
}

// Where this piece stands in the text, at its end if it is the last; -1: nowhere.
static ssize_t find(span_t text, span_t piece, bool last)
{
    if (piece.size > text.size)
        return -1;
    if (last) {
        size_t at = text.size - piece.size;
        return memcmp(text.data + at, piece.data, piece.size) == 0 ? (ssize_t)at : -1;
    }
    const uint8_t *found = memmem(text.data, text.size, piece.data, piece.size);
    return found ? found - text.data : -1;
}

// How much of the text an argument takes (nothing, where another follows at once), of
// which `format` is what follows.
static ssize_t extent(span_t text, span_t format, const token_t *argument)
{
    if (argument->number)
        return digits(text) > 0 ? (ssize_t)digits(text) : -1;
    if (format.size == 0)
        return (ssize_t)text.size;
    token_t next;
    size_t took = next_token(format, &next);
    return next.argument ? 0 : find(text, next.text, took == format.size);
}

// Context stands before what is more special: an argument at either end of a format takes
// none of it in, and is told by its parts instead.
static bool takes_context(span_t format, const match_t *match, span_t before)
{
    static const span_t between = {(const uint8_t *)": ", 2};
    const span_t place = match->place[match->n - 1];
    const bool last = format.size == 0 && find(before, between, true) < 0;
    const bool first = match->n == 1 && match->literal == 0;
    return (first || last) && find(place, between, false) >= 0;
}

static bool fits(span_t format, span_t text, match_t *out)
{
    *out = (match_t){0};
    span_t before = {0}; // the piece of the format that was last
    while (format.size > 0) {
        token_t token;
        format = behind(format, next_token(format, &token));
        ssize_t n = (ssize_t)token.text.size;
        if (token.argument) {
            n = extent(text, format, &token);
            if (n < 0 || out->n == PLACES_MAX)
                return false;
            out->place[out->n++] = span_of(text.data, (size_t)n);
            if (takes_context(format, out, before))
                return false;
        } else if (token.text.size > text.size ||
                   memcmp(text.data, token.text.data, token.text.size) != 0)
            return false;
        else
            out->literal += token.text.size;
        before = token.argument ? before : token.text;
        text = behind(text, (size_t)n);
    }
    return text.size == 0 && out->literal >= LITERAL_LEAST;
}

static void tell(json_t *words, span_t text, int depth, buf_t *out);

// What stands in quotes is a name, and no text that is told.
static bool is_quoted(const buf_t *out)
{
    return out->size > 0 && strchr("'\"`", out->data[out->size - 1]);
}

static void put_translation(
    json_t *words, const char *translation, const match_t *match, int depth, buf_t *out)
{
    span_t format = span_text(translation);
    size_t next = 0;
    while (format.size > 0) {
        token_t token;
        format = behind(format, next_token(format, &token));
        size_t at = token.index > 0 ? (size_t)token.index - 1 : next++;
        if (!token.argument)
            buf_put(out, token.text.data, token.text.size);
        else if (at < match->n && (token.number || is_quoted(out)))
            buf_put(out, match->place[at].data, match->place[at].size);
        else if (at < match->n)
            tell(words, match->place[at], depth + 1, out);
        next -= !token.argument;
    }
}

static bool tell_by_format(json_t *words, span_t text, int depth, buf_t *out)
{
    const char *format, *translation = NULL;
    json_t *value;
    match_t best = {0}, match;
    size_t most = 0;
    json_object_foreach(words, format, value)
    {
        if (strchr(format, '%') && !strchr(format, '\004') &&
            fits(span_text(format), text, &match) && merit(format, &match) > most) {
            most = merit(format, &match);
            best = match;
            translation = json_string_value(value);
        }
    }
    if (translation)
        put_translation(words, translation, &best, depth, out);
    return translation != NULL;
}

// Context stands before what is more special: "registry.conf:3: unknown role 'x'".
static void tell_by_parts(json_t *words, span_t text, int depth, buf_t *out)
{
    const uint8_t *colon = memmem(text.data, text.size, ": ", 2);
    size_t before = colon ? (size_t)(colon - text.data) : text.size;
    if (!colon) {
        buf_put(out, text.data, text.size);
        return;
    }
    tell(words, span_of(text.data, before), depth + 1, out);
    buf_put_text(out, ": ");
    tell(words, behind(text, before + 2), depth + 1, out);
}

static void tell(json_t *words, span_t text, int depth, buf_t *out)
{
    char whole[TEXT_MAX];
    const char *same = NULL;
    if (text.size > 0 && text.size < sizeof whole) {
        memcpy(whole, text.data, text.size);
        whole[text.size] = 0;
        same = json_string_value(json_object_get(words, whole));
    }
    if (same)
        buf_put_text(out, same);
    else if (depth >= DEPTH_MAX)
        buf_put(out, text.data, text.size);
    else if (!tell_by_format(words, text, depth, out))
        tell_by_parts(words, text, depth, out);
}

void retell_put(buf_t *out, const char *english)
{
    cause_t ignored;
    json_t *words = words_file_read(catalogue_spoken(), &ignored);
    if (words && json_object_size(words) > 0)
        tell(words, span_text(english), 0, out);
    else
        buf_put_text(out, english);
    json_decref(words);
}

void retell(FILE *out, const char *english)
{
    buf_t told = {0};
    retell_put(&told, english);
    screen_text(out, buf_text(&told));
    buf_destroy(&told);
}
