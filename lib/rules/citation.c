// citation - each number is looked up among those that the instrument has, so that a slip
// of the pen in a rule is found when the rules are loaded.

#include "lib/rules/citation.h"

#include <stdio.h>
#include <string.h>

enum { PARAGRAPHS = 23 };

static unsigned subparagraphs(uint64_t paragraph)
{
    return paragraph == 3 ? 8 : paragraph == 8 ? 11 : 0;
}

// "8" or "8.3".
static bool paragraph_exists(span_t text)
{
    const uint8_t *dot = memchr(text.data, '.', text.size);
    size_t head = dot == NULL ? text.size : (size_t)(dot - text.data);
    uint64_t paragraph, sub;
    if (!decimal_decode(span_of(text.data, head), &paragraph))
        return false;
    if (paragraph < 1 || paragraph > PARAGRAPHS)
        return false;
    if (dot == NULL)
        return true;
    return decimal_decode(span_of(dot + 1, text.size - head - 1), &sub) && sub >= 1 &&
           sub <= subparagraphs(paragraph);
}

static int check_paragraphs(const char *text, cause_t *why)
{
    for (;;) {
        size_t size = strcspn(text, ",");
        if (!paragraph_exists(span_of(text, size)))
            return cause_set(why,
                "'%.*s' is neither a paragraph of the plan (1 to 23, 3.1 to 3.8, 8.1 to "
                "8.11) "
                "nor the word \"default\"",
                (int)(size < 60 ? size : 60), text);
        if (text[size] == '\0')
            return 0;
        if (text[size + 1] != ' ')
            return cause_set(why, "paragraphs are separated by a comma and a space");
        text += size + 2;
    }
}

int citation_parse(const char *text, const char *home, citation_t *out, cause_t *why)
{
    const char *colon = strchr(text, ':');
    size_t size = colon ? (size_t)(colon - text) : strlen(home);
    *out = (citation_t){.by_default = strcmp(text, "default") == 0};
    if (out->by_default)
        return 0;
    out->paragraphs = colon ? colon + 1 : text;
    if (size != strlen(home) || (colon && memcmp(text, home, size) != 0))
        return cause_set(
            why, "'%.*s' is no instrument", (int)(size < 60 ? size : 60), text);
    (void)snprintf(out->instrument, sizeof out->instrument, "%s", home);
    return check_paragraphs(out->paragraphs, why);
}

static bool is_or_is_above(const char *wanted, const char *paragraph, size_t size)
{
    size_t length = strlen(wanted);
    return size >= length && memcmp(paragraph, wanted, length) == 0 &&
           (size == length || paragraph[length] == '.');
}

bool citation_names(const char *cites, const char *wanted)
{
    const char *colon = strchr(cites, ':'), *bare = strchr(wanted, ':');
    if (colon && bare) {
        size_t size = (size_t)(bare - wanted);
        if (size != (size_t)(colon - cites) || memcmp(cites, wanted, size) != 0)
            return false;
    }
    bare = bare ? bare + 1 : wanted;
    for (const char *at = colon ? colon + 1 : cites; *at;) {
        size_t size = strcspn(at, ",");
        if (is_or_is_above(bare, at, size))
            return true;
        at += size;
        at += strspn(at, ", ");
    }
    return false;
}

bool citation_by_default(const char *cites)
{
    return citation_names(cites, "default");
}
