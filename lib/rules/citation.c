// citation - each number is looked up among those that the instrument has, so that a slip
// of the pen in a rule is found when the rules are loaded.

#include "lib/rules/citation.h"

#include <string.h>

static int no_paragraph(const pack_t *pack, const char *text, size_t size, cause_t *why)
{
    buf_t there = {0};
    pack_print_paragraphs(pack, &there);
    cause_set(why, "'%.*s' is neither a paragraph of %s (%s) nor the word \"default\"",
        (int)(size < 60 ? size : 60), text, pack->instrument,
        there.size > 0 ? buf_text(&there) : "none: its text is not at hand");
    buf_destroy(&there);
    return -1;
}

static int check_paragraphs(const char *text, const pack_t *pack, cause_t *why)
{
    for (;;) {
        size_t size = strcspn(text, ",");
        if (!pack_has(pack, span_of(text, size)))
            return no_paragraph(pack, text, size, why);
        if (text[size] == '\0')
            return 0;
        if (text[size + 1] != ' ')
            return cause_set(why, "paragraphs are separated by a comma and a space");
        text += size + 2;
    }
}

int citation_parse(const char *text, const pack_t *pack, citation_t *out, cause_t *why)
{
    const char *colon = strchr(text, ':');
    size_t size = strlen(pack->instrument);
    *out = (citation_t){.by_default = strcmp(text, "default") == 0};
    if (out->by_default)
        return 0;
    if (colon &&
        ((size_t)(colon - text) != size || memcmp(text, pack->instrument, size) != 0))
        return cause_set(
            why, "'%.60s' cites another instrument than %s", text, pack->instrument);
    out->paragraphs = colon ? colon + 1 : text;
    return check_paragraphs(out->paragraphs, pack, why);
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
