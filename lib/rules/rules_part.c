// rules_part - each file has exactly one setting, `rules`, so a file begins where that
// word stands outside all brackets.  Comments above it are counted to the file before,
// where they do no harm.

#include "lib/rules/rules_part.h"

#include <ctype.h>
#include <string.h>

static bool begins(span_t text, size_t at, const char *word)
{
    size_t length = strlen(word);
    return text.size - at >= length && memcmp(text.data + at, word, length) == 0;
}

// Behind `end`, or the end of the text.
static size_t skip_to(span_t text, size_t at, const char *end)
{
    while (at < text.size && !begins(text, at, end))
        at++;
    return at < text.size ? at + strlen(end) : text.size;
}

static size_t skip_string(span_t text, size_t at)
{
    for (at++; at < text.size && text.data[at] != '"'; at++)
        if (text.data[at] == '\\')
            at++;
    return at < text.size ? at + 1 : text.size;
}

static size_t skip_word(span_t text, size_t at)
{
    while (at < text.size &&
           (isalnum(text.data[at]) || memchr("-_*", text.data[at], 3) != NULL))
        at++;
    return at;
}

// Behind a comment, string or word, or behind the one character.
static size_t skip(span_t text, size_t at)
{
    if (text.data[at] == '#' || begins(text, at, "//"))
        return skip_to(text, at, "\n");
    if (begins(text, at, "/*"))
        return skip_to(text, at + 2, "*/");
    if (text.data[at] == '"')
        return skip_string(text, at);
    size_t end = skip_word(text, at);
    return end > at ? end : at + 1;
}

size_t rules_part(span_t text)
{
    size_t depth = 0, found = 0;
    for (size_t at = 0; at < text.size;) {
        size_t end = skip(text, at);
        uint8_t c = text.data[at];
        if (memchr("([{", c, 3))
            depth++;
        else if (memchr(")]}", c, 3) && depth > 0)
            depth--;
        else if (depth == 0 && end - at == 5 && begins(text, at, "rules") && found++ > 0)
            return at;
        at = end;
    }
    return text.size;
}
