// settings - a scan for what libconfig would take without saying so, then libconfig
// itself.
//
// The scan knows just enough of the grammar to tell strings and comments from the rest.

#include "lib/config/settings.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *at; // ends at a zero byte
    unsigned line;
    const char *path;
} scan_t;

static void skip_to(scan_t *scan, const char *end)
{
    size_t length = strlen(end);
    while (*scan->at != '\0' && strncmp(scan->at, end, length) != 0)
        scan->line += *scan->at++ == '\n';
    if (*scan->at != '\0' && *end != '\n') // a line's end is counted by the caller
        scan->at += length;
}

static void skip_string(scan_t *scan)
{
    scan->at++;
    while (*scan->at != '\0' && *scan->at != '"') {
        if (*scan->at == '\\' && scan->at[1] != '\0')
            scan->at++;
        scan->line += *scan->at++ == '\n';
    }
    scan->at += *scan->at == '"';
}

// libconfig 1.5 keeps 32 bits of "5000000000" and says nothing; "5000000000L" is whole.
static int scan_number(scan_t *scan, cause_t *why)
{
    const char *from = scan->at;
    scan->at += *scan->at == '+' || *scan->at == '-';
    while (isalnum((unsigned char)*scan->at) || *scan->at == '.')
        scan->at++;
    int length = (int)(scan->at - from < 40 ? scan->at - from : 40);
    bool hex = strncasecmp(from, "0x", 2) == 0;
    if (!hex && memchr(from, '.', (size_t)(scan->at - from)) != NULL)
        return 0;
    char *end = NULL;
    errno = 0;
    long long value = strtoll(from, &end, hex ? 16 : 10);
    bool wide = *end == 'L';
    if (errno == ERANGE)
        return cause_set(
            why, "%s:%u: %.*s is beyond 64 bits", scan->path, scan->line, length, from);
    if (!wide && (value > INT32_MAX || value < INT32_MIN))
        return cause_set(why, "%s:%u: %.*s is beyond 32 bits: write it with an L behind",
            scan->path, scan->line, length, from);
    return 0;
}

static void skip_name(scan_t *scan)
{
    while (isalnum((unsigned char)*scan->at) ||
           (*scan->at != '\0' && strchr("-_*", *scan->at)))
        scan->at++;
}

static int scan_token(scan_t *scan, cause_t *why)
{
    char c = *scan->at;
    if (c == '"') {
        skip_string(scan);
    } else if (c == '#' || strncmp(scan->at, "//", 2) == 0) {
        skip_to(scan, "\n");
    } else if (strncmp(scan->at, "/*", 2) == 0) {
        scan->at += 2;
        skip_to(scan, "*/");
    } else if (c == '@') {
        return cause_set(why, "%s:%u: @include is not taken: one file is one whole text",
            scan->path, scan->line);
    } else if (isdigit((unsigned char)c) || c == '+' || c == '-') {
        return scan_number(scan, why);
    } else if (isalpha((unsigned char)c) || c == '*') {
        skip_name(scan);
    } else {
        scan->line += c == '\n';
        scan->at++;
    }
    return 0;
}

static int scan_text(const char *path, span_t text, const char *copy, cause_t *why)
{
    scan_t scan = {.at = copy, .line = 1, .path = path};
    while (*scan.at != '\0')
        if (scan_token(&scan, why) != 0)
            return -1;
    if (scan.at != copy + text.size)
        return cause_set(why, "%s:%u: a zero byte", path, scan.line);
    return 0;
}

int settings_parse(settings_t *self, const char *path, span_t text, cause_t *why)
{
    buf_t copy = {0};
    buf_put_span(&copy, text);
    const char *zero_ended = buf_text(&copy);
    int result = scan_text(path, text, zero_ended, why);
    if (result == 0) {
        config_init(&self->config);
        self->path = memory_text(path);
        if (config_read_string(&self->config, zero_ended) != CONFIG_TRUE) {
            result = cause_set(why, "%s:%d: %s", path, config_error_line(&self->config),
                config_error_text(&self->config));
            settings_close(self);
        }
    }
    buf_destroy(&copy);
    return result;
}

int settings_read(settings_t *self, const char *path, buf_t *text, cause_t *why)
{
    size_t before = text->size;
    if (file_read(path, SETTINGS_MAX, text, why) != 0)
        return -1;
    return settings_parse(
        self, path, span_of(text->data + before, text->size - before), why);
}

void settings_close(settings_t *self)
{
    config_destroy(&self->config);
    free(self->path);
    self->path = NULL;
}

int settings_fail(const config_setting_t *at, const settings_t *self, cause_t *why,
    const char *format, ...)
{
    cause_t words;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(words.text, sizeof words.text, format, args);
    va_end(args);
    unsigned line = config_setting_source_line(at);
    return cause_set(why, "%s:%u: %.400s", self->path, line, words.text);
}

int settings_known(const settings_t *self, const config_setting_t *group,
    const char *const *keys, cause_t *why)
{
    if (!config_setting_is_group(group))
        return settings_fail(group, self, why, "a group { ... } was expected");
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *member = config_setting_get_elem(group, (unsigned)i);
        size_t k = 0;
        while (keys[k] != NULL && strcmp(keys[k], config_setting_name(member)) != 0)
            k++;
        if (keys[k] == NULL)
            return settings_fail(
                member, self, why, "unknown key '%s'", config_setting_name(member));
    }
    return 0;
}

const char *settings_text_or(const settings_t *self, const config_setting_t *group,
    const char *key, size_t room, const char *absent, cause_t *why)
{
    const config_setting_t *member = config_setting_get_member(group, key);
    if (member == NULL)
        return absent;
    const char *text = config_setting_get_string(member);
    if (text == NULL) {
        (void)settings_fail(member, self, why, "%s must be a text in quotes", key);
        return NULL;
    }
    if (text[0] == '\0' || strlen(text) >= room) {
        (void)settings_fail(
            member, self, why, "%s must have 1 to %zu bytes", key, room - 1);
        return NULL;
    }
    if (!text_is_line(span_text(text))) {
        (void)settings_fail(member, self, why, "%s must be one line of UTF-8", key);
        return NULL;
    }
    return text;
}

const char *settings_text(const settings_t *self, const config_setting_t *group,
    const char *key, size_t room, cause_t *why)
{
    if (config_setting_get_member(group, key) == NULL) {
        (void)settings_fail(group, self, why, "%s is missing", key);
        return NULL;
    }
    return settings_text_or(self, group, key, room, NULL, why);
}

int settings_flag(const settings_t *self, const config_setting_t *group, const char *key,
    bool *flag, cause_t *why)
{
    const config_setting_t *member = config_setting_get_member(group, key);
    if (member == NULL)
        return 0;
    if (config_setting_type(member) != CONFIG_TYPE_BOOL)
        return settings_fail(member, self, why, "%s must be true or false", key);
    *flag = config_setting_get_bool(member) != 0;
    return 0;
}
