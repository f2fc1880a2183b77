// schema_value - JSON values as JSON Schema sees them: 1 and 1.0 are the same number, a
// length counts code points.

#include "lib/json/schema_tree.h"

#include <math.h>
#include <string.h>

unsigned type_of(const value_t *value)
{
    static const unsigned bits[] = {
        [VALUE_OBJECT] = T_OBJECT,
        [VALUE_ARRAY] = T_ARRAY,
        [VALUE_STRING] = T_STRING,
        [VALUE_INTEGER] = T_INTEGER,
        [VALUE_REAL] = T_REAL,
        [VALUE_TRUE] = T_BOOLEAN,
        [VALUE_FALSE] = T_BOOLEAN,
        [VALUE_NULL] = T_NULL,
    };
    return bits[value->type];
}

// The comparisons keep -Wfloat-equal quiet and mean equality.
static bool is_whole(double number)
{
    return !(number < trunc(number)) && !(number > trunc(number));
}

bool type_matches(unsigned types, const value_t *value)
{
    if (types & type_of(value))
        return true;
    if (!value_is(value, VALUE_REAL) || !(types & T_INTEGER))
        return false;
    return is_whole(value_number(value));
}

static const struct {
    const char *name;
    unsigned types;
} type_names[] = {
    {"object", T_OBJECT},
    {"array", T_ARRAY},
    {"string", T_STRING},
    {"integer", T_INTEGER},
    {"number", T_NUMBER},
    {"boolean", T_BOOLEAN},
    {"null", T_NULL},
};

unsigned type_named(const char *name)
{
    for (size_t i = 0; i < sizeof type_names / sizeof type_names[0]; i++)
        if (strcmp(type_names[i].name, name) == 0)
            return type_names[i].types;
    return 0;
}

const char *type_words(const value_t *value)
{
    switch (value->type) {
    case VALUE_OBJECT:
        return "an object";
    case VALUE_ARRAY:
        return "an array";
    case VALUE_STRING:
        return "a string";
    case VALUE_INTEGER:
        return "an integer";
    case VALUE_REAL:
        return "a number";
    case VALUE_NULL:
        return "null";
    default:
        return "a boolean";
    }
}

// Integers exactly; others by the quotient as a double has it, so that 0.0075 is a
// multiple of 0.0001.
bool number_divides(const value_t *divisor, const value_t *value)
{
    if (value_is(divisor, VALUE_INTEGER) && value_is(value, VALUE_INTEGER))
        return value_integer(value) % value_integer(divisor) == 0;
    double quotient = value_number(value) / value_number(divisor);
    return isfinite(quotient) && is_whole(quotient);
}

size_t schema_characters(const value_t *string)
{
    const char *text = value_text(string);
    size_t size = value_length(string);
    size_t n = 0;
    for (size_t i = 0; i < size; i++)
        n += ((unsigned char)text[i] & 0xc0) != 0x80;
    return n;
}
