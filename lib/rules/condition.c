// condition - numbers are compared as numbers: JSON's 3, 3.0 and 3e0 are one level.

#include "lib/rules/condition.h"

#include "lib/base/memory.h"
#include "lib/base/text.h"

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

static int read_text(value_t *value, const char *text)
{
    size_t length = strlen(text);
    if (!text_is_line(span_of(text, length)))
        return -1;
    value->type = VALUE_STRING;
    value->as.text = memory_text(text);
    value->length = (uint32_t)length;
    return 0;
}

static int read_value(
    condition_t *self, const settings_t *file, const config_setting_t *at, cause_t *why)
{
    value_t *array = self->values;
    value_t *value = &array[1 + array->length];
    *value = (value_t){.type = VALUE_INTEGER, .span = 1};
    switch (config_setting_type(at)) {
    case CONFIG_TYPE_INT:
    case CONFIG_TYPE_INT64:
        value->as.integer = config_setting_get_int64(at);
        break;
    case CONFIG_TYPE_BOOL:
        value->type = config_setting_get_bool(at) ? VALUE_TRUE : VALUE_FALSE;
        break;
    case CONFIG_TYPE_STRING:
        if (read_text(value, config_setting_get_string(at)) != 0)
            return settings_fail(at, file, why, "the text is not a line of UTF-8");
        break;
    default:
        return settings_fail(
            at, file, why, "a text, a whole number, true or false expected");
    }
    array->length++;
    array->span++;
    return 0;
}

static int read_values(
    condition_t *self, const settings_t *file, const config_setting_t *at, cause_t *why)
{
    bool one = strcmp(config_setting_name(at), "equals") == 0;
    int n = one ? 1 : config_setting_length(at);
    if (!one && (!config_setting_is_array(at) || n == 0))
        return settings_fail(at, file, why, "in must be an array [ ... ] of values");
    self->values = memory_new((size_t)n + 1, sizeof *self->values);
    *self->values = (value_t){.type = VALUE_ARRAY, .span = 1};
    for (int i = 0; i < n; i++) {
        const config_setting_t *item =
            one ? at : config_setting_get_elem(at, (unsigned)i);
        if (read_value(self, file, item, why) != 0)
            return -1;
    }
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
    if (settings_known(file, group, keys, why) != 0)
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
    value_each(value, self->values)
    {
        free((char *)(uintptr_t)value_text(value));
    }
    free(self->values);
    *self = (condition_t){0};
}

// -1, 0, 1: the field against the bound.
static int compare(const value_t *field, int64_t bound)
{
    const value_t limit = {.type = VALUE_INTEGER, .as.integer = bound};
    return value_compare(field, &limit);
}

static bool among(const value_t *field, const value_t *values)
{
    value_each(value, values)
    {
        if (value_equal(field, value))
            return true;
    }
    return false;
}

bool condition_meets(const condition_t *self, const value_t *field)
{
    switch (self->type) {
    case CONDITION_AT_LEAST:
        return value_is_number(field) && compare(field, self->bound) >= 0;
    case CONDITION_AT_MOST:
        return value_is_number(field) && compare(field, self->bound) <= 0;
    case CONDITION_IN:
        return field != NULL && among(field, self->values);
    case CONDITION_PRESENT:
        return (field != NULL) == self->wanted;
    case CONDITION_IS_TRUE:
        return value_is(field, VALUE_TRUE) == self->wanted;
    }
    return false;
}

bool condition_holds(const condition_t *self, const value_t *message)
{
    return condition_meets(self, value_at(message, self->pointer));
}

static bool all_among(const value_t *values, const value_t *in)
{
    value_each(value, values)
    {
        if (!among(value, in))
            return false;
    }
    return true;
}

// Every one of the values meets the other test, as a field would.
static bool values_meet(const value_t *values, const condition_t *test)
{
    value_each(value, values)
    {
        bool met = value_is_number(value) &&
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
