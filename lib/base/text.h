// text - which bytes may stand in a word or a line that others will read, log or show.

#ifndef LIB_BASE_TEXT_H
#define LIB_BASE_TEXT_H

#include "lib/base/bytes.h"

#include <endian.h>

// How many bytes from the start are ASCII from this character on, without DEL.  Eight are
// looked at together: of the first that is none the highest bit is set, and of none
// below.  Whole here, since records are read word by word.
static inline size_t text_plain_size(span_t text, uint8_t least)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
    size_t n = 0;
    for (uint64_t eight; n + sizeof eight <= text.size; n += sizeof eight) {
        memcpy(&eight, text.data + n, sizeof eight);
        eight = le64toh(eight);
        uint64_t other = (eight | (eight + ones) | (eight - ones * least)) & high;
        if (other)
            return n + (size_t)__builtin_ctzll(other) / 8;
    }
    while (n < text.size && text.data[n] >= least && text.data[n] < 0x7f)
        n++;
    return n;
}

// How many bytes from the start on are of a word.
static inline size_t text_word_size(span_t text)
{
    return text_plain_size(text, ' ' + 1);
}

// A word: printable ASCII without spaces, at least one character.
bool text_is_word(span_t text);
// A line: valid UTF-8 without control characters (nor LF); may be empty.
bool text_is_line(span_t text);
// The length of the UTF-8 sequence that `text` starts with, and its code point; 0 when
// there is none.  Overlong forms, surrogates and what is above U+10FFFF are none.
size_t text_code_point(span_t text, uint32_t *code);

// How many LFs it has.
size_t text_lines(span_t text);

// Copy with a terminating zero; false, and an empty text, when it does not fit or has a
// zero.
bool text_copy(span_t text, char *out, size_t room);
// Make a line of it, in place: every byte that cannot stand in one becomes '?'.
void text_clean(char *text);

// In small letters: Latin ones, and those of the Russian and Kazakh alphabets.  Cut at a
// character where there is no room for it and its zero.
void text_small(const char *text, char *out, size_t room);

enum { TEXT_SHOWN_MAX = 4 * 256 + 1 };

// A file's name, which may hold any byte but a slash and zero, as a line of UTF-8 that a
// person can read and type: control characters, quotes, backslashes and what is no UTF-8
// become \xNN.  Cut at 255 bytes.
void text_show(const char *name, char out[TEXT_SHOWN_MAX]);

#endif
