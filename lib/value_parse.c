// value_parse - JSON to values, in one pass over a copy of the text.
//
// The copy ends in a NUL, which is in no token, so that nothing here asks whether there
// is another byte.  Strings are unescaped where they stand: they only get shorter, and
// the closing quote becomes their NUL.  Offsets in the copy are offsets in the text.

#include "lib/memory.h"
#include "lib/text.h"
#include "lib/value.h"

#include <assert.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const value_limits_t *limits;
    value_fault_t *fault;
    char *text, *end; // the copy, and its NUL
    char *at;
    value_t *values; // the first one keeps the text, for value_free
    uint32_t n, room;
    unsigned depth;
} parser_t;

// Values are known by their place while they are read: the array may move.
enum { KEEPER = 0, ROOT = 1 };

static bool fail_at(
    parser_t *self, const char *at, value_fault_kind_t kind, const char *what)
{
    *self->fault = (value_fault_t){kind, (size_t)(at - self->text), what};
    return false;
}

static bool fail(parser_t *self, const char *what)
{
    if ((unsigned char)*self->at >= 0x80)
        return fail_at(
            self, self->at, VALUE_UTF8, "outside of strings there is only ASCII");
    bool nul = *self->at == 0 && self->at < self->end;
    return fail_at(self, self->at, VALUE_SYNTAX, nul ? "a NUL byte is not JSON" : what);
}

static void skip_space(parser_t *self)
{
    while (
        *self->at == ' ' || *self->at == '\n' || *self->at == '\r' || *self->at == '\t')
        self->at++;
}

static bool add(parser_t *self, value_type_t type, uint32_t *index)
{
    if (self->n > self->limits->values)
        return fail_at(self, self->at, VALUE_MANY, "too many values");
    if (self->n == self->room) {
        self->room *= 2;
        self->values = memory_grow(self->values, self->room, sizeof *self->values);
    }
    *index = self->n++;
    self->values[*index] = (value_t){.type = type, .span = 1};
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The four digits behind \u; -1 when they are not.
static int32_t hex_unit(const char *digits)
{
    int32_t unit = 0;
    for (int i = 0; i < 4; i++) {
        int digit = hex_digit(digits[i]);
        if (digit < 0)
            return -1;
        unit = unit * 16 + digit;
    }
    return unit;
}

static char *put_code_point(char *out, uint32_t code)
{
    if (code < 0x80) {
        *out++ = (char)code;
    } else if (code < 0x800) {
        *out++ = (char)(0xc0 | code >> 6);
        *out++ = (char)(0x80 | (code & 0x3f));
    } else {
        if (code < 0x10000) {
            *out++ = (char)(0xe0 | code >> 12);
        } else {
            *out++ = (char)(0xf0 | code >> 18);
            *out++ = (char)(0x80 | (code >> 12 & 0x3f));
        }
        *out++ = (char)(0x80 | (code >> 6 & 0x3f));
        *out++ = (char)(0x80 | (code & 0x3f));
    }
    return out;
}

// From the backslash of a \u to behind its digits, or those of the pair.
static bool take_unicode(parser_t *self, char **out)
{
    int32_t unit = hex_unit(self->at + 2);
    if (unit < 0)
        return fail(self, "four hexadecimal digits must follow \\u");
    if (unit == 0 && self->limits->strict)
        return fail(self, "\\u0000 is not allowed");
    uint32_t code = (uint32_t)unit;
    size_t size = 6;
    if (unit >= 0xd800 && unit < 0xe000) {
        bool pair = unit < 0xdc00 && self->at[6] == '\\' && self->at[7] == 'u';
        int32_t low = pair ? hex_unit(self->at + 8) : -1;
        if (low < 0xdc00 || low >= 0xe000)
            return fail(self, "half a surrogate pair is no character");
        code = 0x10000 + ((code - 0xd800) << 10) + ((uint32_t)low - 0xdc00);
        size = 12;
    }
    self->at += size;
    *out = put_code_point(*out, code);
    return true;
}

static bool take_escape(parser_t *self, char **out)
{
    static const char meaning[128] = {['"'] = '"',
        ['\\'] = '\\',
        ['/'] = '/',
        ['b'] = '\b',
        ['f'] = '\f',
        ['n'] = '\n',
        ['r'] = '\r',
        ['t'] = '\t'};
    unsigned char c = (unsigned char)self->at[1];
    if (c == 'u')
        return take_unicode(self, out);
    if (c >= sizeof meaning || !meaning[c])
        return fail(self, "no such escape in a string");
    *(*out)++ = meaning[c];
    self->at += 2;
    return true;
}

static bool take_wide(parser_t *self, char **out)
{
    uint32_t code;
    size_t size =
        text_code_point(span_of(self->at, (size_t)(self->end - self->at)), &code);
    if (size == 0)
        return fail_at(self, self->at, VALUE_UTF8, "these bytes are not UTF-8");
    memmove(*out, self->at, size);
    *out += size;
    self->at += size;
    return true;
}

// Bytes of a string that stand for themselves: ASCII but controls, quote and backslash.
static bool is_plain(char c)
{
    return (unsigned char)(c - ' ') < 0x80 - ' ' && c != '"' && c != '\\';
}

static bool take_special(parser_t *self, char **out)
{
    if (*self->at == '\\')
        return take_escape(self, out);
    if ((unsigned char)*self->at >= 0x80)
        return take_wide(self, out);
    return fail(self, self->at == self->end
                          ? "the text ends inside a string"
                          : "a control character in a string must be escaped");
}

static bool take_string(parser_t *self, const char **text, uint32_t *length)
{
    char *start = ++self->at;
    while (is_plain(*self->at))
        self->at++;
    char *out = self->at;
    while (*self->at != '"') {
        if (is_plain(*self->at))
            *out++ = *self->at++;
        else if (!take_special(self, &out))
            return false;
    }
    self->at++;
    *out = 0;
    *text = start;
    *length = (uint32_t)(out - start);
    return true;
}

static size_t digits(const char *text)
{
    size_t n = 0;
    while (text[n] >= '0' && text[n] <= '9')
        n++;
    return n;
}

// The parts of a number as RFC 8259 writes it.
typedef struct {
    bool negative;
    const char *whole;
    size_t whole_digits;
    size_t fraction_digits; // behind a point; 0 without one
    bool exponent;
} number_t;

static bool scan_number(parser_t *self, number_t *number)
{
    const char *at = self->at;
    *number = (number_t){.negative = *at == '-'};
    at += number->negative;
    number->whole = at;
    number->whole_digits = digits(at);
    if (number->whole_digits == 0 || (number->whole_digits > 1 && *at == '0'))
        return fail_at(self, self->at, VALUE_NUMBER,
            "a number has an integer part without leading zeros");
    at += number->whole_digits;
    if (*at == '.') {
        number->fraction_digits = digits(at + 1);
        if (number->fraction_digits == 0)
            return fail_at(self, self->at, VALUE_NUMBER, "a digit must follow the point");
        at += 1 + number->fraction_digits;
    }
    if (*at == 'e' || *at == 'E') {
        number->exponent = true;
        at += at[1] == '+' || at[1] == '-' ? 2 : 1;
        if (digits(at) == 0)
            return fail_at(
                self, self->at, VALUE_NUMBER, "a digit must follow the exponent's sign");
        at += digits(at);
    }
    if (*at && strchr("+-.0123456789eE", *at))
        return fail_at(self, self->at, VALUE_NUMBER, "this is no number");
    self->at += at - self->at;
    return true;
}

static bool whole_number(const number_t *number, int64_t *out)
{
    uint64_t value;
    if (!decimal_decode(span_of(number->whole, number->whole_digits), &value) ||
        value > (uint64_t)INT64_MAX + number->negative)
        return false;
    *out = number->negative ? (int64_t)(0 - value) : (int64_t)value;
    return true;
}

// What keeps a number from being canonical, or NULL.
static const char *not_canonical(const number_t *number)
{
    int64_t value;
    if (number->exponent)
        return "a number is written without exponent";
    if (number->fraction_digits > 0) {
        size_t all = number->whole_digits + number->fraction_digits;
        if (number->whole[all] == '0') // one further for the point
            return "a fraction does not end in 0";
        return all > 15 ? "a number with a fraction has at most 15 digits" : NULL;
    }
    if (!whole_number(number, &value))
        return "an integer must fit 64 bits with its sign";
    return number->negative && value == 0 ? "zero has no sign" : NULL;
}

// The program's locale may write numbers with a comma.
static double read_real(const char *text)
{
    locale_t plain = newlocale(LC_ALL_MASK, "C", NULL);
    double value = plain ? strtod_l(text, NULL, plain) : 0;
    freelocale(plain);
    return value;
}

static bool take_number(parser_t *self, uint32_t index)
{
    const char *start = self->at;
    value_t *value = &self->values[index];
    number_t number;
    if (!scan_number(self, &number))
        return false;
    const char *fault = self->limits->strict ? not_canonical(&number) : NULL;
    if (fault)
        return fail_at(self, start, VALUE_NUMBER, fault);
    if (number.fraction_digits > 0 || number.exponent ||
        !whole_number(&number, &value->as.integer)) {
        value->type = VALUE_REAL;
        value->as.real = read_real(start);
        if (!isfinite(value->as.real))
            return fail_at(self, start, VALUE_NUMBER, "the number is too large");
    }
    return true;
}

static bool take_literal(parser_t *self, const char *word)
{
    size_t length = strlen(word);
    if (strncmp(self->at, word, length) != 0)
        return fail(self, "a value must stand here");
    self->at += length;
    return true;
}

static bool take_value(parser_t *self, uint32_t *index);

static bool enter(parser_t *self)
{
    if (self->depth == self->limits->depth)
        return fail_at(self, self->at, VALUE_DEPTH, "nested too deep");
    self->depth++;
    self->at++;
    skip_space(self);
    return true;
}

// Behind an item: 1 at the end, 0 when another one follows, -1 failed.
static int take_comma(parser_t *self, char close, const char *what)
{
    skip_space(self);
    if (*self->at == close) {
        self->at++;
        return 1;
    }
    if (*self->at != ',') {
        (void)fail(self, what);
        return -1;
    }
    self->at++;
    skip_space(self);
    return 0;
}

static bool take_items(parser_t *self, uint32_t index)
{
    uint32_t item, n = 0;
    int end = *self->at == ']';
    self->at += end;
    for (; end == 0; n++) {
        if (!take_value(self, &item))
            return false;
        end = take_comma(self, ']', "a comma or ] must stand here");
    }
    self->values[index].length = n;
    return end > 0;
}

static bool take_member(parser_t *self)
{
    const char *key;
    uint32_t length, member;
    if (*self->at != '"')
        return fail(self, "a key in quotes must stand here");
    if (!take_string(self, &key, &length))
        return false;
    skip_space(self);
    if (*self->at != ':')
        return fail(self, "a colon must stand here");
    self->at++;
    skip_space(self);
    if (!take_value(self, &member))
        return false;
    self->values[member].key = key;
    self->values[member].key_length = length;
    return true;
}

static bool same_key(const value_t *a, const value_t *b)
{
    return a->key_length == b->key_length && memcmp(a->key, b->key, a->key_length) == 0;
}

static bool fail_twice(parser_t *self, const value_t *a, const value_t *b)
{
    const char *second = a->key < b->key ? b->key : a->key;
    return fail_at(self, second - 1, VALUE_DUPLICATE, "this key is there twice");
}

static int by_key(const void *a, const void *b)
{
    const value_t *x = *(const value_t *const *)a;
    const value_t *y = *(const value_t *const *)b;
    if (x->key_length != y->key_length)
        return x->key_length < y->key_length ? -1 : 1;
    return memcmp(x->key, y->key, x->key_length);
}

static bool sorted_keys_differ(parser_t *self, const value_t *object)
{
    const value_t **member = memory_new(object->length, sizeof(const value_t *));
    const value_t *twice = NULL;
    uint32_t n = 0;
    value_each(one, object)
    {
        member[n++] = one;
    }
    qsort(member, n, sizeof(const value_t *), by_key);
    for (uint32_t i = 1; i < n && !twice; i++)
        if (same_key(member[i - 1], member[i]))
            twice = fail_twice(self, member[i - 1], member[i]) ? NULL : member[i];
    free(member);
    return !twice;
}

static bool is_new_key(parser_t *self, const value_t *object, const value_t *member)
{
    value_each(before, object)
    {
        if (before == member)
            break;
        if (same_key(before, member))
            return fail_twice(self, before, member);
    }
    return true;
}

// Comparing all pairs is the fastest for the objects people write, and would never end
// for those an attacker does.
static bool keys_differ(parser_t *self, const value_t *object)
{
    enum { PAIRS_MAX = 32 };
    if (object->length > PAIRS_MAX)
        return sorted_keys_differ(self, object);
    value_each(member, object)
    {
        if (!is_new_key(self, object, member))
            return false;
    }
    return true;
}

static bool take_members(parser_t *self, uint32_t index)
{
    uint32_t n = 0;
    int end = *self->at == '}';
    self->at += end;
    for (; end == 0; n++) {
        if (!take_member(self))
            return false;
        end = take_comma(self, '}', "a comma or } must stand here");
    }
    self->values[index].length = n;
    self->values[index].span = self->n - index;
    return end > 0 && keys_differ(self, &self->values[index]);
}

static bool take_nested(parser_t *self, uint32_t index, bool object)
{
    if (!enter(self) || !(object ? take_members : take_items)(self, index))
        return false;
    self->depth--;
    self->values[index].span = self->n - index;
    return true;
}

static bool take_text(parser_t *self, uint32_t index)
{
    value_t *value = &self->values[index];
    return take_string(self, &value->as.text, &value->length);
}

// Recursion goes as deep as the limit.
static bool take_value(parser_t *self, uint32_t *index)
{
    switch (*self->at) {
    case '{':
        return add(self, VALUE_OBJECT, index) && take_nested(self, *index, true);
    case '[':
        return add(self, VALUE_ARRAY, index) && take_nested(self, *index, false);
    case '"':
        return add(self, VALUE_STRING, index) && take_text(self, *index);
    case 't':
        return add(self, VALUE_TRUE, index) && take_literal(self, "true");
    case 'f':
        return add(self, VALUE_FALSE, index) && take_literal(self, "false");
    case 'n':
        return add(self, VALUE_NULL, index) && take_literal(self, "null");
    default:
        if (*self->at == '-' || (*self->at >= '0' && *self->at <= '9'))
            return add(self, VALUE_INTEGER, index) && take_number(self, *index);
        return fail(self, "a value must stand here");
    }
}

static bool take_all(parser_t *self)
{
    uint32_t root;
    skip_space(self);
    if (!take_value(self, &root))
        return false;
    skip_space(self);
    return self->at == self->end || fail(self, "something follows behind the value");
}

value_t *value_parse(span_t text, const value_limits_t *limits, value_fault_t *fault)
{
    assert(text.size <= INT32_MAX);
    parser_t self = {.limits = limits, .fault = fault, .n = ROOT};
    // Most documents have a value for every sixteen bytes, or fewer.
    self.room = (uint32_t)(text.size / 16 + 16);
    self.values = memory_grow(NULL, self.room, sizeof *self.values);
    self.at = self.text = memory_grow(NULL, text.size + 1, 1);
    self.end = self.text + text.size;
    if (text.size)
        memcpy(self.text, text.data, text.size);
    *self.end = 0;
    bool taken = take_all(&self);
    self.values[KEEPER].as.text = self.text;
    value_t *root = &self.values[ROOT];
    if (!taken)
        value_free(&root);
    return root;
}

void value_free(value_t **root_p)
{
    if (!*root_p)
        return;
    value_t *values = *root_p - ROOT;
    free((char *)values[KEEPER].as.text);
    free(values);
    *root_p = NULL;
}
