// value - asking a tree.  Objects are walked: those people write have a few dozen
// members, and comparing hashes first makes a miss cheap.

#include "lib/json/value.h"

#include <math.h>
#include <string.h>

bool value_is_number(const value_t *self)
{
    return value_is(self, VALUE_INTEGER) || value_is(self, VALUE_REAL);
}

const char *value_text(const value_t *self)
{
    return value_is(self, VALUE_STRING) ? self->as.text : NULL;
}

size_t value_length(const value_t *self)
{
    return value_is(self, VALUE_STRING) ? self->length : 0;
}

int64_t value_integer(const value_t *self)
{
    return value_is(self, VALUE_INTEGER) ? self->as.integer : 0;
}

double value_number(const value_t *self)
{
    if (value_is(self, VALUE_REAL))
        return self->as.real;
    return (double)value_integer(self);
}

const value_t *value_member(
    const value_t *object, const char *key, size_t length, uint32_t hash)
{
    if (!value_is(object, VALUE_OBJECT))
        return NULL;
    const value_t *end = object + object->span;
    for (const value_t *member = object + 1; member < end; member += member->span)
        if (member->key_hash == hash && member->key_length == length &&
            value_same_key(member->key, key, length))
            return member;
    return NULL;
}

const value_t *value_item(const value_t *array, size_t index)
{
    if (!value_is(array, VALUE_ARRAY))
        return NULL;
    value_each(item, array)
    {
        if (index-- == 0)
            return item;
    }
    return NULL;
}

enum { TOKEN_MAX = 256 };

// A reference token with escapes, as it is meant.  False: it is none, or too long.
static bool unescape(const char *text, size_t size, char *token, size_t *length)
{
    size_t n = 0;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (c == '~') {
            i++;
            if (i == size || (text[i] != '0' && text[i] != '1'))
                return false;
            c = text[i] == '0' ? '~' : '/';
        }
        if (n == TOKEN_MAX)
            return false;
        token[n++] = c;
    }
    *length = n;
    return true;
}

static const value_t *step(const value_t *value, const char *token, size_t length)
{
    uint64_t index;
    if (value_is(value, VALUE_OBJECT))
        return value_getn(value, token, length);
    return decimal_decode(span_of(token, length), &index) ? value_item(value, index)
                                                          : NULL;
}

const value_t *value_at(const value_t *root, const char *pointer)
{
    char memory[TOKEN_MAX];
    const value_t *value = root;
    while (value && *pointer == '/') {
        const char *token = ++pointer;
        bool escaped = false;
        for (; *pointer && *pointer != '/'; pointer++)
            escaped |= *pointer == '~';
        size_t length = (size_t)(pointer - token);
        if (escaped) {
            if (!unescape(token, length, memory, &length))
                return NULL;
            token = memory;
        }
        value = step(value, token, length);
    }
    return *pointer ? NULL : value;
}

static int compare_reals(double a, double b)
{
    return (a > b) - (a < b);
}

// Exact: turning the integer into a double would round beyond 2^53.
static int compare_mixed(int64_t a, double b)
{
    if (b >= 9223372036854775808.0)
        return -1;
    if (b < -9223372036854775808.0)
        return 1;
    int64_t whole = (int64_t)b;
    if (a != whole)
        return a < whole ? -1 : 1;
    return compare_reals(0, b - trunc(b));
}

int value_compare(const value_t *a, const value_t *b)
{
    if (a->type == VALUE_REAL && b->type == VALUE_REAL)
        return compare_reals(a->as.real, b->as.real);
    if (a->type == VALUE_REAL)
        return -compare_mixed(b->as.integer, a->as.real);
    if (b->type == VALUE_REAL)
        return compare_mixed(a->as.integer, b->as.real);
    return (a->as.integer > b->as.integer) - (a->as.integer < b->as.integer);
}

static bool arrays_equal(const value_t *a, const value_t *b)
{
    const value_t *other = value_next(b, NULL);
    value_each(item, a)
    {
        if (!other || !value_equal(item, other))
            return false;
        other = value_next(b, other);
    }
    return true;
}

// Every member of one is in the other, which has as many: keys are there once.
static bool objects_equal(const value_t *a, const value_t *b)
{
    value_each(member, a)
    {
        const value_t *other =
            value_member(b, member->key, member->key_length, member->key_hash);
        if (!other || !value_equal(member, other))
            return false;
    }
    return true;
}

bool value_equal_inside(const value_t *a, const value_t *b)
{
    if (a->type != b->type)
        return value_is_number(a) && value_is_number(b) && value_compare(a, b) == 0;
    switch (a->type) {
    case VALUE_INTEGER:
    case VALUE_REAL:
        return value_compare(a, b) == 0;
    case VALUE_STRING:
        return memcmp(a->as.text, b->as.text, a->length) == 0;
    case VALUE_ARRAY:
        return arrays_equal(a, b);
    case VALUE_OBJECT:
        return objects_equal(a, b);
    default:
        return true; // true, false and null have one value each
    }
}
