#include "lib/rules/carries.h"

#include <stdio.h>
#include <string.h>

static int read_of(
    carries_t *self, const settings_t *file, const config_setting_t *at, cause_t *why)
{
    const char *of = settings_text(file, at, "of", 16, why);
    if (of == NULL)
        return -1;
    self->of = strcmp(of, "re") == 0 ? REFER_RE : REFER_INCIDENT;
    if (strcmp(of, refer_name(self->of)) != 0)
        return settings_fail(config_setting_get_member(at, "of"), file, why,
            "of must be \"incident\" or \"re\"");
    return 0;
}

static int read_kinds(
    carries_t *self, const settings_t *file, const config_setting_t *at, cause_t *why)
{
    const config_setting_t *kinds = config_setting_get_member(at, "kinds");
    int n = kinds && config_setting_is_array(kinds) ? config_setting_length(kinds) : 0;
    if (n < 1 || n > CARRIES_KINDS_MAX)
        return settings_fail(kinds ? kinds : at, file, why,
            "kinds must be an array [ \"...\" ] of 1 to %d message kinds",
            CARRIES_KINDS_MAX);
    for (int i = 0; i < n; i++, self->kinds++) {
        const char *kind = config_setting_get_string_elem(kinds, i);
        if (kind == NULL || strlen(kind) >= KIND_MAX || kind[0] == 0)
            return settings_fail(kinds, file, why, "kinds must hold kinds in quotes");
        (void)snprintf(self->kind[i], KIND_MAX, "%s", kind);
    }
    return 0;
}

int carries_read(
    carries_t *self, const settings_t *file, const config_setting_t *at, cause_t *why)
{
    static const char *const keys[] = {"of", "kinds", "must", NULL};
    *self = (carries_t){.line = config_setting_source_line(at)};
    if (!config_setting_is_group(at))
        return settings_fail(at, file, why,
            "carries must be a group { of = \"incident\"; kinds = [ ... ]; }");
    if (settings_known(file, at, keys, why) != 0 || read_of(self, file, at, why) != 0 ||
        read_kinds(self, file, at, why) != 0)
        return -1;
    return settings_flag(file, at, "must", &self->must, why);
}

static bool has_all(const carries_t *self, const carries_t *other)
{
    for (size_t i = 0; i < other->kinds; i++) {
        bool found = false;
        for (size_t k = 0; k < self->kinds && !found; k++)
            found = strcmp(self->kind[k], other->kind[i]) == 0;
        if (!found)
            return false;
    }
    return true;
}

bool carries_same(const carries_t *a, const carries_t *b)
{
    return a->of == b->of && a->must == b->must && has_all(a, b) && has_all(b, a);
}
