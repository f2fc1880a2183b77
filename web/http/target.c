// target - decodes into fixed room; a text from outside decides no size but its own.

#include "web/http/target.h"

#include "lib/base/text.h"

#include <string.h>

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// Decoded with a zero behind it; -1: malformed, no line of UTF-8, or too long.
static int decode(span_t raw, bool plus, char *out, size_t room)
{
    size_t n = 0;
    for (size_t i = 0; i < raw.size; i++) {
        uint8_t c = raw.data[i];
        if (c == '%') {
            int high = i + 2 < raw.size ? digit(raw.data[i + 1]) : -1;
            int low = i + 2 < raw.size ? digit(raw.data[i + 2]) : -1;
            if (high < 0 || low < 0)
                return -1;
            c = (uint8_t)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (c == 0 || n + 1 >= room)
            return -1;
        out[n++] = (char)c;
    }
    out[n] = 0;
    return text_is_line(span_of(out, n)) ? (int)n : -1;
}

// What a file system or a second decoder would take for something else.
static bool is_plain_step(const char *step)
{
    return step[0] && strcmp(step, ".") != 0 && strcmp(step, "..") != 0 &&
           !strpbrk(step, "/\\");
}

static bool take_path(target_t *self, span_t path)
{
    if (path.size == 0 || path.data[0] != '/')
        return false;
    for (size_t at = 1; at < path.size;) {
        const uint8_t *slash = memchr(path.data + at, '/', path.size - at);
        size_t size = slash ? (size_t)(slash - path.data) - at : path.size - at;
        if (self->steps == TARGET_STEPS || (slash && at + size + 1 == path.size))
            return false; // too deep, or ends in a slash
        char *step = self->step[self->steps++];
        if (decode(span_of(path.data + at, size), false, step, TARGET_STEP) < 0 ||
            !is_plain_step(step))
            return false;
        at += size + 1;
    }
    return true;
}

// The next decoded text in `text`, or NULL.
static const char *keep(target_t *self, size_t *used, span_t raw)
{
    char *out = self->text + *used;
    int size = decode(raw, true, out, sizeof self->text - *used);
    if (size < 0)
        return NULL;
    *used += (size_t)size + 1;
    return out;
}

static bool take_pair(target_t *self, size_t *used, span_t raw)
{
    const uint8_t *equals = raw.size > 0 ? memchr(raw.data, '=', raw.size) : NULL;
    size_t name_size = equals ? (size_t)(equals - raw.data) : raw.size;
    size_t value_at = equals ? name_size + 1 : name_size;
    const char *name = keep(self, used, span_of(raw.data, name_size));
    const char *value =
        keep(self, used, span_of(raw.data + value_at, raw.size - value_at));
    if (!name || !value || !name[0] || self->pairs == TARGET_PAIRS)
        return false;
    for (size_t i = 0; i < self->pairs; i++)
        if (strcmp(self->pair[i].name, name) == 0)
            return false;
    self->pair[self->pairs].name = name;
    self->pair[self->pairs++].value = value;
    return true;
}

static bool take_query(target_t *self, span_t query)
{
    size_t used = 0;
    for (size_t at = 0; at < query.size;) {
        const uint8_t *end = memchr(query.data + at, '&', query.size - at);
        size_t size = end ? (size_t)(end - query.data) - at : query.size - at;
        if (size > 0 && !take_pair(self, &used, span_of(query.data + at, size)))
            return false;
        at += size + 1;
    }
    return true;
}

bool target_parse(target_t *self, span_t raw)
{
    self->steps = self->pairs = 0;
    if (raw.size == 0 || raw.size >= TARGET_MAX)
        return false;
    const uint8_t *mark = memchr(raw.data, '?', raw.size);
    size_t size = mark ? (size_t)(mark - raw.data) : raw.size;
    return take_path(self, span_of(raw.data, size)) &&
           (!mark || take_query(self, span_of(raw.data + size + 1, raw.size - size - 1)));
}

const char *target_query(const target_t *self, const char *name)
{
    for (size_t i = 0; i < self->pairs; i++)
        if (strcmp(self->pair[i].name, name) == 0)
            return self->pair[i].value;
    return "";
}

bool target_cookie(span_t header, const char *name, char *out, size_t room)
{
    size_t found = 0, length = strlen(name);
    for (size_t at = 0; at < header.size;) {
        const uint8_t *end = memchr(header.data + at, ';', header.size - at);
        size_t size = end ? (size_t)(end - header.data) - at : header.size - at;
        span_t pair = span_of(header.data + at, size);
        at += size + 1;
        while (pair.size > 0 && pair.data[0] == ' ')
            pair = span_of(pair.data + 1, pair.size - 1);
        if (pair.size <= length || memcmp(pair.data, name, length) != 0 ||
            pair.data[length] != '=')
            continue;
        if (found++ > 0 ||
            !text_copy(
                span_of(pair.data + length + 1, pair.size - length - 1), out, room))
            return false;
    }
    return found == 1;
}
