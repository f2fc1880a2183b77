// citation - each number is looked up among those that the plan has, so that a slip of
// the pen in a rule is found when the rules are loaded.

#include "lib/rules/citation.h"

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

int citation_parse(const char *text, citation_t *out, cause_t *why)
{
    *out = CITATION_DEFAULT;
    if (strcmp(text, "default") == 0)
        return 0;
    *out = CITATION_PLAN;
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
