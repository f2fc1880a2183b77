// schema_pattern - texts held against `pattern`.
//
// PCRE2 compiles every pattern, and says what is wrong with it.  But ids, nonces and
// hashes, which are in each message, are only rows of characters of known number:
// "^[0-9a-f]{32}$".  These are a shape here: classes of ASCII letters and digits, and
// such characters or "-" themselves, each with or without a {count}.  What is anything
// else is left to PCRE2.

#include "lib/json/schema_tree.h"

#include <stdlib.h>

enum { COUNT_MAX = 255 };

static bool is_plain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// "a" or "a-f" of a class.
static bool read_range(const char **at, shape_t *shape, uint16_t part)
{
    char first = **at, last = first;
    if (!is_plain(first))
        return false;
    ++*at;
    if (**at == '-') {
        last = (*at)[1];
        if (!is_plain(last) || last < first)
            return false;
        *at += 2;
    }
    for (int c = first; c <= last; c++)
        shape->parts_of[c] |= part;
    return true;
}

static bool read_characters(const char **at, shape_t *shape, uint16_t part)
{
    if (**at != '[') {
        if (!is_plain(**at) && **at != '-')
            return false;
        shape->parts_of[(uint8_t) * (*at)++] |= part;
        return true;
    }
    ++*at;
    do {
        if (!read_range(at, shape, part))
            return false;
    } while (**at != ']');
    ++*at;
    return true;
}

// "{12}", or nothing for 1.
static bool read_count(const char **at, uint8_t *count)
{
    unsigned n = 0;
    *count = 1;
    if (**at != '{')
        return true;
    for (++*at; **at >= '0' && **at <= '9' && n <= COUNT_MAX; ++*at)
        n = n * 10 + (unsigned)(**at - '0');
    if (**at != '}' || n == 0 || n > COUNT_MAX)
        return false;
    ++*at;
    *count = (uint8_t)n;
    return true;
}

static bool read_shape(const char *at, shape_t *shape)
{
    if (*at++ != '^')
        return false;
    for (; *at != '$'; shape->n++) {
        if (shape->n == SHAPE_PARTS ||
            !read_characters(&at, shape, (uint16_t)(1U << shape->n)) ||
            !read_count(&at, &shape->count[shape->n]))
            return false;
        shape->size += shape->count[shape->n];
    }
    return at[1] == 0 && shape->n > 0;
}

static bool has_shape(const shape_t *shape, const char *text, size_t size)
{
    const uint8_t *at = (const uint8_t *)text;
    if (size != shape->size)
        return false;
    for (size_t i = 0; i < shape->n; i++)
        for (const uint8_t *end = at + shape->count[i]; at < end; at++)
            if (!(shape->parts_of[*at] & 1U << i))
                return false;
    return true;
}

static pcre2_code *compile(const loader_t *loader, const char *text)
{
    int error;
    PCRE2_SIZE offset;
    PCRE2_UCHAR words[128];
    // As ECMA 262 has it: $ means the very end, an unset group matches nothing, \u is
    // known.
    uint32_t options =
        PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_MATCH_UNSET_BACKREF | PCRE2_ALT_BSUX;
    pcre2_code *code = pcre2_compile(
        (PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, options, &error, &offset, NULL);
    if (!code) {
        pcre2_get_error_message(error, words, sizeof words);
        cause_set(loader->why, "%s: pattern \"%s\": %s at %zu", loader->file->name, text,
            (const char *)words, offset);
        return NULL;
    }
    // Without JIT the same pattern is only slower.
    (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    return code;
}

const pattern_t *pattern_compile(loader_t *loader, const char *text)
{
    shape_t shape = {0};
    pcre2_code *code = compile(loader, text);
    if (!code)
        return NULL;
    pattern_t *self = schema_take(loader, sizeof *self);
    *self = (pattern_t){.code = code, .next = loader->set->patterns};
    loader->set->patterns = self;
    if (read_shape(text, &shape)) {
        self->shape = schema_take(loader, sizeof shape);
        *self->shape = shape;
    }
    return self;
}

// One match block serves all patterns of a check; PCRE2 wants it, though only yes or no
// is asked.
bool pattern_matches(
    schema_run_t *run, const pattern_t *self, const char *text, size_t size)
{
    if (self->shape)
        return has_shape(self->shape, text, size);
    if (!run->match)
        run->match = pcre2_match_data_create(1, NULL);
    if (!run->match)
        abort();
    // The parser has checked the UTF-8.
    int found = pcre2_match(self->code, (PCRE2_SPTR)text, size, 0, PCRE2_NO_UTF_CHECK,
        run->match, run->limits);
    if (found < 0 && found != PCRE2_ERROR_NOMATCH)
        run->gave_up = true;
    return found >= 0;
}

bool check_pattern(schema_run_t *run, const clause_t *clause, const value_t *value,
    const schema_place_t *at)
{
    if (pattern_matches(run, clause->as.pattern, value_text(value), value_length(value)))
        return true;
    const char *pattern = value_text(clause->value);
    return clause->title
               ? schema_fail(run, clause, at, "expected %s: %s", clause->title, pattern)
               : schema_fail(run, clause, at, "expected text like %s", pattern);
}
