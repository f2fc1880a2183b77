// schema_value - JSON values as JSON Schema sees them: 1 and 1.0 are the same number, a
// length counts code points.

#include "lib/schema_tree.h"

#include <math.h>
#include <string.h>

unsigned type_of(const json_t *value)
{
    static const unsigned bits[] = {
        [JSON_OBJECT] = T_OBJECT,
        [JSON_ARRAY] = T_ARRAY,
        [JSON_STRING] = T_STRING,
        [JSON_INTEGER] = T_INTEGER,
        [JSON_REAL] = T_REAL,
        [JSON_TRUE] = T_BOOLEAN,
        [JSON_FALSE] = T_BOOLEAN,
        [JSON_NULL] = T_NULL,
    };
    return bits[json_typeof(value)];
}

static int compare_reals(double a, double b)
{
    return (a > b) - (a < b);
}

bool type_matches(unsigned types, const json_t *value)
{
    if (types & type_of(value))
        return true;
    if (!json_is_real(value) || !(types & T_INTEGER))
        return false;
    double number = json_real_value(value);
    return compare_reals(number, trunc(number)) == 0;
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

const char *type_words(const json_t *value)
{
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        return "an object";
    case JSON_ARRAY:
        return "an array";
    case JSON_STRING:
        return "a string";
    case JSON_INTEGER:
        return "an integer";
    case JSON_REAL:
        return "a number";
    case JSON_NULL:
        return "null";
    default:
        return "a boolean";
    }
}

// Exact: turning the integer into a double would round beyond 2^53.
static int compare_mixed(json_int_t a, double b)
{
    if (b >= 9223372036854775808.0)
        return -1;
    if (b < -9223372036854775808.0)
        return 1;
    json_int_t whole = (json_int_t)b;
    if (a != whole)
        return a < whole ? -1 : 1;
    return compare_reals(0, b - trunc(b));
}

int number_compare(const json_t *a, const json_t *b)
{
    if (json_is_integer(a) && json_is_integer(b)) {
        json_int_t x = json_integer_value(a);
        json_int_t y = json_integer_value(b);
        return (x > y) - (x < y);
    }
    if (json_is_integer(a))
        return compare_mixed(json_integer_value(a), json_real_value(b));
    if (json_is_integer(b))
        return -compare_mixed(json_integer_value(b), json_real_value(a));
    return compare_reals(json_real_value(a), json_real_value(b));
}

// Integers exactly; others by the quotient as a double has it, so that 0.0075 is a
// multiple of 0.0001.
bool number_divides(const json_t *divisor, const json_t *value)
{
    if (json_is_integer(divisor) && json_is_integer(value))
        return json_integer_value(value) % json_integer_value(divisor) == 0;
    double quotient = json_number_value(value) / json_number_value(divisor);
    return isfinite(quotient) && compare_reals(quotient, trunc(quotient)) == 0;
}

static bool arrays_equal(const json_t *a, const json_t *b)
{
    size_t n = json_array_size(a);
    if (n != json_array_size(b))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!value_equal(json_array_get(a, i), json_array_get(b, i)))
            return false;
    return true;
}

// Equal sizes, and every member of one in the other: order does not matter.
static bool objects_equal(const json_t *a, const json_t *b)
{
    const char *key;
    size_t length;
    json_t *value;
    if (json_object_size(a) != json_object_size(b))
        return false;
    json_object_keylen_foreach((json_t *)a, key, length, value)
    {
        const json_t *other = json_object_getn(b, key, length);
        if (!other || !value_equal(value, other))
            return false;
    }
    return true;
}

// Recursion goes as deep as the values: document_load and the schema files bound that.
bool value_equal(const json_t *a, const json_t *b)
{
    if (a == b)
        return true;
    if (json_is_number(a) && json_is_number(b))
        return number_compare(a, b) == 0;
    if (json_typeof(a) != json_typeof(b))
        return false;
    switch (json_typeof(a)) {
    case JSON_STRING:
        return json_string_length(a) == json_string_length(b) &&
               memcmp(json_string_value(a), json_string_value(b),
                   json_string_length(a)) == 0;
    case JSON_ARRAY:
        return arrays_equal(a, b);
    case JSON_OBJECT:
        return objects_equal(a, b);
    default:
        return true; // true, false and null have one value each
    }
}

size_t characters(const json_t *string)
{
    const char *text = json_string_value(string);
    size_t size = json_string_length(string);
    size_t n = 0;
    for (size_t i = 0; i < size; i++)
        n += ((unsigned char)text[i] & 0xc0) != 0x80;
    return n;
}
