// text - one decoder of UTF-8 serves the checks and the cleaning alike.

#include "lib/base/text.h"

#include <stdio.h>
#include <string.h>

bool text_is_word(span_t text)
{
    return text.size > 0 && text_word_size(text) == text.size;
}

// How many bytes a sequence with this first byte has, and the bits of the code point in
// it.
static size_t sequence_size(uint8_t first, uint32_t *bits)
{
    if (first < 0x80) {
        *bits = first;
        return 1;
    }
    if (first >= 0xc2 && first < 0xe0) {
        *bits = first & 0x1fU;
        return 2;
    }
    if (first >= 0xe0 && first < 0xf0) {
        *bits = first & 0x0fU;
        return 3;
    }
    if (first >= 0xf0 && first < 0xf5) {
        *bits = first & 0x07U;
        return 4;
    }
    return 0;
}

size_t text_code_point(span_t text, uint32_t *code)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    uint32_t value = 0;
    size_t size = text.size ? sequence_size(text.data[0], &value) : 0;
    if (size == 0 || size > text.size)
        return 0;
    for (size_t i = 1; i < size; i++) {
        if ((text.data[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (text.data[i] & 0x3fU);
    }
    if (value < least[size] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
        return 0;
    *code = value;
    return size;
}

// The length of the character at the start when it may stand in a line, else 0.
static size_t line_character(span_t text)
{
    uint32_t code = 0;
    size_t size = text_code_point(text, &code);
    bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
    return control ? 0 : size;
}

bool text_is_line(span_t text)
{
    for (;;) {
        size_t size = text_plain_size(text, ' ');
        if (size == text.size)
            return true;
        text = span_of(text.data + size, text.size - size);
        size = line_character(text);
        if (size == 0)
            return false;
        text = span_of(text.data + size, text.size - size);
    }
}

size_t text_lines(span_t text)
{
    size_t n = 0;
    const uint8_t *end = text.data + text.size, *lf = text.data;
    while (lf < end && (lf = memchr(lf, '\n', (size_t)(end - lf)))) {
        lf++;
        n++;
    }
    return n;
}

bool text_copy(span_t text, char *out, size_t room)
{
    bool fits = text.size < room && !(text.size && memchr(text.data, 0, text.size));
    size_t size = fits ? text.size : 0;
    if (size)
        memcpy(out, text.data, size);
    out[size] = 0;
    return fits;
}

void text_clean(char *text)
{
    size_t total = strlen(text);
    for (size_t at = 0; at < total;) {
        size_t size = line_character(span_of(text + at, total - at));
        if (size == 0)
            text[at] = '?';
        at += size ? size : 1;
    }
}

void text_show(const char *name, char out[TEXT_SHOWN_MAX])
{
    uint32_t code;
    char *end = out + TEXT_SHOWN_MAX - 5;
    for (size_t n; *name && out < end; name += n) {
        n = text_code_point(span_text(name), &code);
        bool plain = n > 0 && code >= ' ' && code != 0x7f &&
                     !(code >= 0x80 && code < 0xa0) && code != '"' && code != '\\' &&
                     !(code >= 0x2028 && code <= 0x202e);
        if (n == 0)
            n = 1;
        for (size_t i = 0; i < n && out < end; i++)
            if (plain)
                *out++ = name[i];
            else
                out += snprintf(out, 5, "\\x%02x", (unsigned char)name[i]);
    }
    *out = 0;
}

// Of the alphabets of the three languages.
static uint32_t small_of(uint32_t c)
{
    if ((c >= 'A' && c <= 'Z') || (c >= 0x410 && c <= 0x42F))
        return c + 0x20;
    if (c >= 0x400 && c <= 0x40F)
        return c + 0x50;
    bool paired = (c >= 0x48A && c <= 0x4BF) || (c >= 0x4D0 && c <= 0x52F);
    return paired && c % 2 == 0 ? c + 1 : c;
}

// All of them have two octets, and so have their small ones.
void text_small(const char *text, char *out, size_t room)
{
    span_t rest = span_text(text);
    size_t n = 0;
    while (rest.size > 0 && n + 4 < room) {
        uint32_t c = 0;
        size_t length = text_code_point(rest, &c);
        length = length ? length : 1;
        uint32_t less = small_of(c);
        if (length == 2 && less < 0x800) {
            out[n++] = (char)(0xC0 | (less >> 6));
            out[n++] = (char)(0x80 | (less & 0x3F));
        } else if (length == 1 && c < 0x80)
            out[n++] = (char)less;
        else
            for (size_t i = 0; i < length; i++)
                out[n++] = (char)rest.data[i];
        rest = span_of(rest.data + length, rest.size - length);
    }
    out[n] = 0;
}
