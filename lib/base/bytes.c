// bytes - a buffer doubles, so that adding bytes costs the same however many there are.
// SHA-256 goes through OpenSSL, which uses the processor's instructions.

#include "lib/base/bytes.h"

#include "lib/base/memory.h"

#include <openssl/sha.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// FNV-1a.
uint32_t span_hash(span_t bytes)
{
    uint32_t hash = 2166136261u;
    for (size_t i = 0; i < bytes.size; i++)
        hash = (hash ^ bytes.data[i]) * 16777619u;
    return hash;
}

void buf_destroy(buf_t *self)
{
    free(self->data);
    *self = (buf_t){0};
}

void buf_grow(buf_t *self, size_t more)
{
    size_t room = self->room ? self->room : 256;
    while (room - self->size < more)
        room *= 2;
    self->data = memory_grow(self->data, room, 1);
    self->room = room;
}

void buf_printf(buf_t *self, const char *format, ...)
{
    va_list args;
    va_list again;
    va_start(args, format);
    va_copy(again, args);
    buf_reserve(self, 128);
    size_t room = self->room - self->size;
    int length = vsnprintf((char *)self->data + self->size, room, format, args);
    if (length >= 0 && (size_t)length >= room) {
        buf_reserve(self, (size_t)length + 1);
        room = self->room - self->size;
        length = vsnprintf((char *)self->data + self->size, room, format, again);
    }
    if (length > 0)
        self->size += (size_t)length;
    va_end(again);
    va_end(args);
}

void buf_put_decimal(buf_t *self, uint64_t value)
{
    uint8_t digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (uint8_t)('0' + value % 10);
        value /= 10;
    } while (value);
    buf_put(self, digits + at, sizeof digits - at);
}

void buf_put_hex(buf_t *self, span_t span)
{
    buf_reserve(self, 2 * span.size + 1);
    hex_encode(span.data, span.size, (char *)self->data + self->size);
    self->size += 2 * span.size;
}

const char *buf_text(buf_t *self)
{
    buf_reserve(self, 1);
    self->data[self->size] = 0;
    return (const char *)self->data;
}

span_t take_line(reader_t *self)
{
    const uint8_t *end =
        self->rest.size ? memchr(self->rest.data, '\n', self->rest.size) : NULL;
    if (self->bad || !end) {
        self->bad = true;
        return (span_t){NULL, 0};
    }
    span_t line = take_bytes(self, (size_t)(end - self->rest.data));
    (void)take_bytes(self, 1);
    return line;
}

bool reader_at(const reader_t *self, const char *word)
{
    size_t length = strlen(word);
    return !self->bad && self->rest.size > length &&
           memcmp(self->rest.data, word, length) == 0 && self->rest.data[length] == ' ';
}

span_t take_word(reader_t *self)
{
    const uint8_t *end =
        self->rest.size ? memchr(self->rest.data, ' ', self->rest.size) : NULL;
    if (self->bad || !end || end == self->rest.data) {
        self->bad = true;
        return (span_t){NULL, 0};
    }
    span_t word = take_bytes(self, (size_t)(end - self->rest.data));
    (void)take_bytes(self, 1);
    return word;
}

span_t take_rest(reader_t *self)
{
    self->bad |= self->rest.size == 0;
    return take_bytes(self, self->rest.size);
}

span_t take_field(reader_t *self, const char *word)
{
    span_t line = take_line(self);
    size_t length = strlen(word);
    if (!line.data || line.size <= length || memcmp(line.data, word, length) != 0 ||
        line.data[length] != ' ') {
        self->bad = true;
        return (span_t){NULL, 0};
    }
    return span_of(line.data + length + 1, line.size - length - 1);
}

bool reader_done(const reader_t *self)
{
    return !self->bad && self->rest.size == 0;
}

void hex_encode(const void *data, size_t size, char *out)
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = 0;
}

// The digit's value and DIGIT; 0 for what is no digit.  Leaves and records are full of
// hex.
enum { DIGIT = 16 };
static const uint8_t hex_values[256] = {['0'] = DIGIT,
    ['1'] = DIGIT + 1,
    ['2'] = DIGIT + 2,
    ['3'] = DIGIT + 3,
    ['4'] = DIGIT + 4,
    ['5'] = DIGIT + 5,
    ['6'] = DIGIT + 6,
    ['7'] = DIGIT + 7,
    ['8'] = DIGIT + 8,
    ['9'] = DIGIT + 9,
    ['a'] = DIGIT + 10,
    ['b'] = DIGIT + 11,
    ['c'] = DIGIT + 12,
    ['d'] = DIGIT + 13,
    ['e'] = DIGIT + 14,
    ['f'] = DIGIT + 15};

bool hex_decode(span_t text, void *out, size_t size)
{
    const uint8_t *digit = text.data;
    uint8_t *bytes = out;
    if (text.size != 2 * size)
        return false;
    unsigned all = DIGIT;
    for (size_t i = 0; i < size; i++, digit += 2) {
        unsigned high = hex_values[digit[0]], low = hex_values[digit[1]];
        all &= high & low;
        bytes[i] = (uint8_t)(high << 4 | (low & 15));
    }
    return all == DIGIT;
}

bool decimal_decode(span_t text, uint64_t *out)
{
    uint64_t value = 0;
    if (text.size == 0 || text.size > 20 || (text.data[0] == '0' && text.size > 1))
        return false;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t digit = (uint8_t)(text.data[i] - '0');
        if (digit > 9 || value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

void sha256(span_t data, hash_t *out)
{
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, data.data, data.size);
    SHA256_Final(out->bytes, &context);
}
