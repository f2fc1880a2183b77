// condition - numbers are compared as numbers: JSON's 3, 3.0 and 3e0 are one level.

#include "lib/condition.h"

#include "lib/document.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool pointer_valid(const char *pointer)
{
    if (pointer[0] != '/' || strlen(pointer) >= POINTER_MAX)
        return false;
    for (; *pointer != '\0'; pointer++)
        if (*pointer == '~' && pointer[1] != '0' && pointer[1] != '1')
            return false;
    return true;
}

static int read_bound(
    condition_t *self, const settings_t *file, const config_setting_t *at, cause_t *why)
{
    int type = config_setting_type(at);
    if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64)
        return settings_fail(
            at, file, why, "%s must be a whole number", config_setting_name(at));
    self->bound = config_setting_get_int64(at);
    return 0;
}

static int read_value(
    condition_t *self, const settings_t *file, const config_setting_t *at, cause_t *why)
{
    json_t *value = NULL;
    switch (config_setting_type(at)) {
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        value = json_integer(config_setting_get_int64(at));
        break;
    case CONFIG_TYPE_BOOL:
        value = json_boolean(config_setting_get_bool(at));
        break;
    case CONFIG_TYPE_STRING:
        value = json_string(config_setting_get_string(at));
        break;
    default:
        return settings_fail(
            at, file, why, "a text, a whole number, true or false expected");
    }
    if (value == NULL) // the one cause but no memory
        return settings_fail(at, file, why, "the text is not UTF-8");
    return json_array_append_new(self->values, value);
}

static int read_values(
    condition_t *self, const settings_t *file, const config_setting_t *at, cause_t *why)
{
    self->values = json_array();
    if (strcmp(config_setting_name(at), "equals") == 0)
        return read_value(self, file, at, why);
    if (!config_setting_is_array(at) || config_setting_length(at) == 0)
        return settings_fail(at, file, why, "in must be an array [ ... ] of values");
    for (int i = 0; i < config_setting_length(at); i++)
        if (read_value(self, file, config_setting_get_elem(at, (unsigned)i), why) == -1)
            return -1;
    return 0;
}

static int read_test(condition_t *self, const settings_t *file,
    const config_setting_t *group, const config_setting_t *at, cause_t *why)
{
    switch (self->type) {
    case CONDITION_AT_LEAST:
    case CONDITION_AT_MOST:
        return read_bound(self, file, at, why);
    case CONDITION_IN:
        return read_values(self, file, at, why);
    case CONDITION_PRESENT:
    case CONDITION_IS_TRUE:
        break;
    }
    return settings_flag(file, group, config_setting_name(at), &self->wanted, why);
}

int condition_read(condition_t *self, const settings_t *file,
    const config_setting_t *group, cause_t *why)
{
    static const struct {
        const char *key;
        condition_type_t type;
    } tests[] = {{"at_least", CONDITION_AT_LEAST}, {"at_most", CONDITION_AT_MOST},
        {"equals", CONDITION_IN}, {"in", CONDITION_IN}, {"present", CONDITION_PRESENT},
        {"is_true", CONDITION_IS_TRUE}};
    static const char *const keys[] = {
        "field", "at_least", "at_most", "equals", "in", "present", "is_true", NULL};
    *self = (condition_t){0};
    if (settings_known(file, group, keys, why) == -1)
        return -1;
    const char *field = settings_text(file, group, "field", POINTER_MAX, why);
    if (field == NULL)
        return -1;
    if (!pointer_valid(field))
        return settings_fail(config_setting_get_member(group, "field"), file, why,
            "'%s' is not a JSON pointer such as /body/level", field);
    (void)snprintf(self->pointer, sizeof self->pointer, "%s", field);
    if (config_setting_length(group) != 2)
        return settings_fail(group, file, why,
            "one test expected beside field: at_least, at_most, equals, in, present or "
            "is_true");
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        const config_setting_t *at = config_setting_get_member(group, tests[i].key);
        self->type = tests[i].type;
        if (at == NULL)
            continue;
        if (read_test(self, file, group, at, why) == 0)
            return 0;
        condition_close(self);
        return -1;
    }
    return -1; // not reached: two known keys, one of them `field`
}

void condition_close(condition_t *self)
{
    json_decref(self->values);
    *self = (condition_t){0};
}

// -1, 0, 1: the field against the bound.
static int compare(const json_t *field, int64_t bound)
{
    if (json_is_integer(field)) {
        json_int_t value = json_integer_value(field);
        return (value > bound) - (value < bound);
    }
    double value = json_real_value(field), limit = (double)bound;
    return (value > limit) - (value < limit);
}

static bool same(const json_t *field, const json_t *value)
{
    if (json_is_number(field) && json_is_integer(value))
        return compare(field, json_integer_value(value)) == 0;
    return json_equal(field, value);
}

static bool among(const json_t *field, const json_t *values)
{
    for (size_t i = 0; i < json_array_size(values); i++)
        if (same(field, json_array_get(values, i)))
            return true;
    return false;
}

bool condition_holds(const condition_t *self, const json_t *message)
{
    const json_t *field = document_at(message, self->pointer);
    switch (self->type) {
    case CONDITION_AT_LEAST:
        return json_is_number(field) && compare(field, self->bound) >= 0;
    case CONDITION_AT_MOST:
        return json_is_number(field) && compare(field, self->bound) <= 0;
    case CONDITION_IN:
        return field != NULL && among(field, self->values);
    case CONDITION_PRESENT:
        return (field != NULL) == self->wanted;
    case CONDITION_IS_TRUE:
        return json_is_true(field) == self->wanted;
    }
    return false;
}

static bool all_among(const json_t *values, const json_t *in)
{
    for (size_t i = 0; i < json_array_size(values); i++)
        if (!among(json_array_get(values, i), in))
            return false;
    return true;
}

// Every one of the values meets the other test, as a field would.
static bool values_meet(const json_t *values, const condition_t *test)
{
    for (size_t i = 0; i < json_array_size(values); i++) {
        const json_t *value = json_array_get(values, i);
        bool met = json_is_number(value) &&
                   (test->type == CONDITION_AT_LEAST ? compare(value, test->bound) >= 0
                                                     : compare(value, test->bound) <= 0);
        if (!met)
            return false;
    }
    return true;
}

bool condition_implies(const condition_t *a, const condition_t *b)
{
    if (strcmp(a->pointer, b->pointer) != 0)
        return false;
    switch (b->type) {
    case CONDITION_AT_LEAST:
    case CONDITION_AT_MOST:
        if (a->type == CONDITION_IN)
            return values_meet(a->values, b);
        return a->type == b->type &&
               (a->type == CONDITION_AT_LEAST ? a->bound >= b->bound
                                              : a->bound <= b->bound);
    case CONDITION_IN:
        return a->type == CONDITION_IN && all_among(a->values, b->values);
    case CONDITION_PRESENT: // every test but those for absence or untruth needs the field
        if (a->type == CONDITION_PRESENT)
            return a->wanted == b->wanted;
        return b->wanted && (a->type != CONDITION_IS_TRUE || a->wanted);
    case CONDITION_IS_TRUE:
        return (a->type == CONDITION_IS_TRUE && a->wanted == b->wanted) ||
               (a->type == CONDITION_PRESENT && !a->wanted && !b->wanted);
    }
    return false;
}
