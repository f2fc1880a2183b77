// value - a JSON value as it was read; nothing in it changes afterwards.
//
// A tree is one block of memory, or two when there are unusually many values: an array of
// values in the order of the text, so that what is inside a value follows it, and the
// text, with its strings unescaped in place.  Functions that ask take NULL for a value
// that is not there, and answer as for one of another type.

#ifndef LIB_JSON_VALUE_H
#define LIB_JSON_VALUE_H

#include "lib/base/bytes.h"

#include <string.h>

typedef enum {
    VALUE_NULL,
    VALUE_FALSE,
    VALUE_TRUE,
    VALUE_INTEGER,
    VALUE_REAL,
    VALUE_STRING,
    VALUE_ARRAY,
    VALUE_OBJECT,
} value_type_t;

typedef struct value {
    const char *key; // of a member, with a NUL behind it and none inside; otherwise NULL
    union {
        const char *text; // with a NUL behind it
        void *block;      // of none that is seen: what the tree stands in
        int64_t integer;
        double real;
    } as;
    uint32_t key_length;
    uint32_t key_hash; // value_hash of the key; 0 without one
    uint32_t length;   // of a text in bytes, of an array or object in items or members
    uint32_t span;     // the value and all that is inside it, in values
    value_type_t type;
} value_t;

typedef struct {
    unsigned depth; // nested arrays and objects
    size_t values;
    // What two readers could take for different things is refused: numbers that are not
    // canonical (see document.h) and \u0000.  Otherwise everything of RFC 8259 is read,
    // integers beyond 64 bits as the nearest double.
    bool strict;
} value_limits_t;

typedef enum {
    VALUE_SYNTAX,
    VALUE_UTF8,
    VALUE_NUMBER,
    VALUE_DUPLICATE, // a key that the object has already
    VALUE_DEPTH,
    VALUE_MANY,
} value_fault_kind_t;

typedef struct {
    value_fault_kind_t kind;
    size_t at;        // byte offset in the text
    const char *what; // a sentence without full stop
} value_fault_t;

// Read one value and nothing behind it; texts of less than 2 GiB.  NULL with the fault,
// or a tree for value_free, which does not refer to `text`.
value_t *value_parse(span_t text, const value_limits_t *limits, value_fault_t *fault);
void value_free(value_t **root_p);

static inline bool value_is(const value_t *self, value_type_t type)
{
    return self && self->type == type;
}

// Items or members; 0 of others.
static inline size_t value_count(const value_t *self)
{
    return self && self->type >= VALUE_ARRAY ? self->length : 0;
}

// The item or member behind `at`, the first when `at` is NULL; NULL behind the last.
static inline const value_t *value_next(const value_t *parent, const value_t *at)
{
    if (value_count(parent) == 0)
        return NULL;
    const value_t *next = at ? at + at->span : parent + 1;
    return next < parent + parent->span ? next : NULL;
}

#define value_each(item, parent)                                                         \
    for (const value_t *item = value_next(parent, NULL); item;                           \
         item = value_next(parent, item))

// Whether two keys of this length are the same: they are short, and a call would take
// longer than the comparison.
static inline bool value_same_key(const char *a, const char *b, size_t length)
{
    uint64_t x, y;
    uint32_t u, v;
    if (length < sizeof u)
        return length == 0 || (a[0] == b[0] && a[length / 2] == b[length / 2] &&
                                  a[length - 1] == b[length - 1]);
    if (length < sizeof x) {
        memcpy(&u, a, sizeof u);
        memcpy(&v, b, sizeof v);
        if (u != v)
            return false;
        memcpy(&u, a + length - sizeof u, sizeof u);
        memcpy(&v, b + length - sizeof v, sizeof v);
        return u == v;
    }
    for (size_t at = 0; at + sizeof x < length; at += sizeof x) {
        memcpy(&x, a + at, sizeof x);
        memcpy(&y, b + at, sizeof y);
        if (x != y)
            return false;
    }
    memcpy(&x, a + length - sizeof x, sizeof x);
    memcpy(&y, b + length - sizeof y, sizeof y);
    return x == y;
}

// What tells most keys apart: made of at most sixteen of its bytes, and its length.  Of a
// key that stands in the source the compiler makes a number.
static inline uint32_t value_hash(const char *key, size_t length)
{
    uint64_t first = 0, last = 0;
    uint32_t four;
    if (length >= sizeof first) {
        memcpy(&first, key, sizeof first);
        memcpy(&last, key + length - sizeof last, sizeof last);
    } else if (length >= sizeof four) {
        memcpy(&four, key, sizeof four);
        first = four;
        memcpy(&four, key + length - sizeof four, sizeof four);
        last = four;
    } else if (length > 0) {
        first = (uint64_t)(uint8_t)key[0] << 16 |
                (uint64_t)(uint8_t)key[length / 2] << 8 | (uint8_t)key[length - 1];
    }
    first += last * UINT64_C(0x9e3779b97f4a7c15) + length;
    return (uint32_t)((first * UINT64_C(0xd6e8feb86659fd93)) >> 32);
}

// The member of this key, which has this hash; NULL: there is none.
const value_t *value_member(
    const value_t *object, const char *key, size_t length, uint32_t hash);

static inline const value_t *value_getn(
    const value_t *object, const char *key, size_t length)
{
    return value_member(object, key, length, value_hash(key, length));
}

static inline const value_t *value_get(const value_t *object, const char *key)
{
    return value_getn(object, key, strlen(key));
}

const value_t *value_item(const value_t *array, size_t index);
// The value at a JSON pointer (RFC 6901), or NULL.
const value_t *value_at(const value_t *root, const char *pointer);

bool value_is_number(const value_t *self);
const char *value_text(const value_t *self); // NULL of others
size_t value_length(const value_t *self);    // of the text in bytes; 0 of others
int64_t value_integer(const value_t *self);  // 0 of others
double value_number(const value_t *self);    // 0 of others

// Less than, equal to or more than 0, exactly: of an integer and a real as well.  Both
// are numbers.
int value_compare(const value_t *a, const value_t *b);
// As JSON Schema has it: 1 and 1.0 are equal, the order of members does not matter.
bool value_equal_inside(const value_t *a, const value_t *b);
static inline bool value_equal(const value_t *a, const value_t *b)
{
    // Texts of other lengths are most of those that are compared.
    return a->length == b->length && value_equal_inside(a, b);
}

#endif
