// data - rules, registries and other texts that unit tests load from tests/data, where
// they stand as people write them.
//
// A file may hold several texts, each below a line `# --- NAME`.  What cannot be read or
// loaded fails the test and says so.

#ifndef TESTS_LIB_DATA_H
#define TESTS_LIB_DATA_H

#include "lib/base/file.h"
#include "lib/lawcheck/registry.h"
#include "lib/rules/rules.h"
#include "tests/lib/pack.h"
#include "tests/lib/test.h"

#define DATA_HEADING "# --- "

static inline const char *data_path(const char *name)
{
    static char path[256];
    (void)snprintf(path, sizeof path, "tests/data/%.200s", name);
    return path;
}

static inline rules_t *data_rules(const char *name)
{
    cause_t why;
    buf_t text = {0};
    rules_t *rules = NULL;
    if (file_read(data_path(name), 1 << 20, &text, &why) == 0)
        rules = pack_rules(data_path(name), buf_span(&text), &why);
    buf_destroy(&text);
    if (!rules)
        fail_msg("%s", why.text);
    return rules;
}

static inline registry_t *data_registry(const char *name)
{
    cause_t why;
    registry_t *registry = registry_open(data_path(name), &why);
    if (!registry)
        fail_msg("%s", why.text);
    return registry;
}

// The whole file, until the next call.
static inline const char *data_text(const char *name)
{
    static char text[1 << 17];
    buf_t file = {0};
    cause_t why;
    if (file_read(data_path(name), sizeof text - 1, &file, &why) != 0)
        fail_msg("%s", why.text);
    memcpy(text, file.data, file.size);
    text[file.size] = '\0';
    buf_destroy(&file);
    return text;
}

// One text of a file after the other: its name and its lines, without the blank one
// before the next heading.  `*rest` begins as the whole.
static inline bool data_next(span_t *rest, span_t *name, span_t *text)
{
    const uint8_t *at =
        memmem(rest->data, rest->size, DATA_HEADING, strlen(DATA_HEADING));
    if (at == NULL)
        return false;
    const uint8_t *end = rest->data + rest->size;
    at += strlen(DATA_HEADING);
    const uint8_t *line = memchr(at, '\n', (size_t)(end - at));
    if (line == NULL)
        return false;
    *name = span_of(at, (size_t)(line - at));
    line++;
    const uint8_t *next =
        memmem(line, (size_t)(end - line), DATA_HEADING, strlen(DATA_HEADING));
    *text = span_of(line, (size_t)((next ? next : end) - line));
    *rest = span_of(line + text->size, (size_t)(end - line) - text->size);
    if (next && text->size > 0 && next[-1] == '\n' &&
        (next == line + 1 || next[-2] == '\n'))
        text->size--;
    return true;
}

// The text of this name, until the next call.
static inline const char *data_part(const char *file, const char *part)
{
    static char out[1 << 15];
    span_t rest = span_text(data_text(file)), name, text;
    while (data_next(&rest, &name, &text))
        if (span_is(name, part) && text.size < sizeof out) {
            memcpy(out, text.data, text.size);
            out[text.size] = '\0';
            return out;
        }
    fail_msg("%s has no part '%s'", data_path(file), part);
    return NULL;
}

#endif
