// settings - a libconfig text read strictly; every complaint names file and line.
//
// Refused before libconfig sees them: `@include` (what was sealed must be the whole
// text), zero bytes, and numbers that libconfig 1.5 would cut to 32 bits without a word.

#ifndef LIB_CONFIG_SETTINGS_H
#define LIB_CONFIG_SETTINGS_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"

#include <libconfig.h>

enum { SETTINGS_MAX = 16 * 1024 * 1024 }; // bytes of one file

typedef struct {
    config_t config;
    char *path; // as given, for the complaints
} settings_t;

// After a failure there is nothing to close.
int settings_parse(settings_t *self, const char *path, span_t text, cause_t *why);
// Reads the file first, and appends its bytes to `text`.
int settings_read(settings_t *self, const char *path, buf_t *text, cause_t *why);
void settings_close(settings_t *self);

// "<path>:<line of `at`>: " and the words.  Always -1.
int settings_fail(const config_setting_t *at, const settings_t *self, cause_t *why,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
// That `group` is a group whose every member is one of `keys` (NULL after the last).
int settings_known(const settings_t *self, const config_setting_t *group,
    const char *const *keys, cause_t *why);
// The text at `key`, shorter than `room`; NULL when absent or no such text (and then a
// cause).
const char *settings_text(const settings_t *self, const config_setting_t *group,
    const char *key, size_t room, cause_t *why);
// The same, but absent yields `absent`.
const char *settings_text_or(const settings_t *self, const config_setting_t *group,
    const char *key, size_t room, const char *absent, cause_t *why);
// A flag; absent leaves *flag as it is.
int settings_flag(const settings_t *self, const config_setting_t *group, const char *key,
    bool *flag, cause_t *why);

#endif
