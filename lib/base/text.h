// text - which bytes may stand in a word or a line that others will read, log or show.

#ifndef LIB_BASE_TEXT_H
#define LIB_BASE_TEXT_H

#include "lib/base/bytes.h"

// A word: printable ASCII without spaces, at least one character.
bool text_is_word(span_t text);
// A line: valid UTF-8 without control characters (nor LF); may be empty.
bool text_is_line(span_t text);
// The length of the UTF-8 sequence that `text` starts with, and its code point; 0 when
// there is none.  Overlong forms, surrogates and what is above U+10FFFF are none.
size_t text_code_point(span_t text, uint32_t *code);

// Copy with a terminating zero; false, and an empty text, when it does not fit or has a
// zero.
bool text_copy(span_t text, char *out, size_t room);
// Make a line of it, in place: every byte that cannot stand in one becomes '?'.
void text_clean(char *text);

enum { TEXT_SHOWN_MAX = 4 * 256 + 1 };

// A file's name, which may hold any byte but a slash and zero, as a line of UTF-8 that a
// person can read and type: control characters, quotes, backslashes and what is no UTF-8
// become \xNN.  Cut at 255 bytes.
void text_show(const char *name, char out[TEXT_SHOWN_MAX]);

#endif
