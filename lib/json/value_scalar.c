// value_scalar - strings and numbers of JSON.

#include "lib/base/text.h"
#include "lib/json/value_parser.h"

#include <endian.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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
        return parser_fail(self, "four hexadecimal digits must follow \\u");
    if (unit == 0 && self->limits->strict)
        return parser_fail(self, "\\u0000 is not allowed");
    self->nul |= unit == 0;
    uint32_t code = (uint32_t)unit;
    size_t size = 6;
    if (unit >= 0xd800 && unit < 0xe000) {
        bool pair = unit < 0xdc00 && self->at[6] == '\\' && self->at[7] == 'u';
        int32_t low = pair ? hex_unit(self->at + 8) : -1;
        if (low < 0xdc00 || low >= 0xe000)
            return parser_fail(self, "half a surrogate pair is no character");
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
        return parser_fail(self, "no such escape in a string");
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
        return parser_fail_at(self, self->at, VALUE_UTF8, "these bytes are not UTF-8");
    memmove(*out, self->at, size);
    *out += size;
    self->at += size;
    return true;
}

// Which of eight bytes do not stand for themselves in a string: less than a space, beyond
// ASCII, a quote or a backslash.  The lowest bit that is set is the highest one of the
// first of them; above it also others' may be.  By turning one bit around a quote becomes
// a space, no other character does, and control characters stay such: one look finds
// both.
static uint64_t special_bytes(uint64_t eight)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
    uint64_t turned = eight ^ (ones * 2), backslash = eight ^ (ones * '\\');
    return (eight | (turned - ones * (' ' + 1)) | (backslash - ones)) & high;
}

// Behind the copy of the text there are as many bytes as are read too far, and a NUL is
// special.
static char *skip_plain(char *at)
{
    uint64_t eight, special;
    for (;; at += sizeof eight) {
        memcpy(&eight, at, sizeof eight);
        special = special_bytes(le64toh(eight));
        if (special)
            return at + __builtin_ctzll(special) / 8;
    }
}

// As far as the string is as it was written: plain, or characters of two bytes, which are
// the letters of Kazakh and Russian.
static char *skip_letters(char *at)
{
    for (;;) {
        at = skip_plain(at);
        if ((unsigned char)at[0] < 0xc2 || (unsigned char)at[0] >= 0xe0 ||
            ((unsigned char)at[1] & 0xc0) != 0x80)
            return at;
        at += 2;
    }
}

static bool take_special(parser_t *self, char **out)
{
    if (*self->at == '\\')
        return take_escape(self, out);
    if ((unsigned char)*self->at >= 0x80)
        return take_wide(self, out);
    return parser_fail(self, self->at == self->end
                                 ? "the text ends inside a string"
                                 : "a control character in a string must be escaped");
}

// From where the string is no longer as it was written, to its closing quote.
static bool take_unlike(parser_t *self, char **out)
{
    while (*self->at != '"') {
        if (!take_special(self, out))
            return false;
        char *run = self->at;
        self->at = skip_letters(run);
        memmove(*out, run, (size_t)(self->at - run));
        *out += self->at - run;
    }
    return true;
}

// The same of a string that is not plain up to its closing quote, as it is up to `at`.
// Apart, so that the many plain ones pay for nothing of it.
static __attribute__((noinline)) bool take_other(
    parser_t *self, char *at, const char **text, uint32_t *length)
{
    char *start = self->at + 1, *out = skip_letters(at);
    self->at = out;
    if (!take_unlike(self, &out))
        return false;
    self->at++;
    *out = 0;
    *text = start;
    *length = (uint32_t)(out - start);
    return true;
}

bool parser_string(parser_t *self, const char **text, uint32_t *length)
{
    char *start = self->at + 1, *end = skip_plain(start);
    if (*end != '"')
        return take_other(self, end, text, length);
    self->at = end + 1;
    *end = 0;
    *text = start;
    *length = (uint32_t)(end - start);
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

static bool is_numeric(char c)
{
    return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' ||
           c == 'E';
}

static bool scan_number(parser_t *self, number_t *number)
{
    const char *at = self->at;
    *number = (number_t){.negative = *at == '-'};
    at += number->negative;
    number->whole = at;
    number->whole_digits = digits(at);
    if (number->whole_digits == 0 || (number->whole_digits > 1 && *at == '0'))
        return parser_fail_at(self, self->at, VALUE_NUMBER,
            "a number has an integer part without leading zeros");
    at += number->whole_digits;
    if (*at == '.') {
        number->fraction_digits = digits(at + 1);
        if (number->fraction_digits == 0)
            return parser_fail_at(
                self, self->at, VALUE_NUMBER, "a digit must follow the point");
        at += 1 + number->fraction_digits;
    }
    if (*at == 'e' || *at == 'E') {
        number->exponent = true;
        at += at[1] == '+' || at[1] == '-' ? 2 : 1;
        if (digits(at) == 0)
            return parser_fail_at(
                self, self->at, VALUE_NUMBER, "a digit must follow the exponent's sign");
        at += digits(at);
    }
    if (is_numeric(*at))
        return parser_fail_at(self, self->at, VALUE_NUMBER, "this is no number");
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

bool parser_number(parser_t *self, value_t *value)
{
    const char *start = self->at;
    number_t number;
    if (!scan_number(self, &number))
        return false;
    const char *fault = self->limits->strict ? not_canonical(&number) : NULL;
    if (fault)
        return parser_fail_at(self, start, VALUE_NUMBER, fault);
    if (number.fraction_digits > 0 || number.exponent ||
        !whole_number(&number, &value->as.integer)) {
        value->type = VALUE_REAL;
        value->as.real = read_real(start);
        if (!isfinite(value->as.real))
            return parser_fail_at(self, start, VALUE_NUMBER, "the number is too large");
    }
    return true;
}
