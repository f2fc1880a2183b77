// screen - what people see: plain words, colour only on a terminal, and nothing by which
// the author of a message could move the cursor or turn the line around.

#ifndef NODES_CLI_SCREEN_H
#define NODES_CLI_SCREEN_H

#include "lib/base/bytes.h"

#include <jansson.h>
#include <stdio.h>

typedef enum { PAINT_STRONG, PAINT_GOOD, PAINT_BAD, PAINT_WARNING, PAINT_FAINT } paint_t;

// A terminal, and neither NO_COLOR nor TERM=dumb is set.
bool screen_colours(FILE *out);
// Text from elsewhere on one line: control and direction characters, and bytes that are
// not UTF-8, are shown as '?'; line ends and tabs as one space.
void screen_text(FILE *out, const char *text);
void screen_span(FILE *out, span_t text);
// As screen_text, filled with blanks to this many characters, and one blank at least.
void screen_column(FILE *out, const char *text, size_t width);
// Our own words in colour, in the language spoken.
void screen_paint(FILE *out, paint_t paint, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// One object a line, flushed at once so that a pipe sees it.
void screen_json(FILE *out, const json_t *object);
// The same of one that was made for it, and goes with that.
void screen_json_new(FILE *out, json_t *object);
// "2026-11-22 16:39:30 (11:39:30 UTC)": the local zone's time, and UTC's with its date
// where that is another; in UTC itself "2026-11-22 11:39:30 UTC".
void screen_put_time(buf_t *out, int64_t ms);
// The same on a stream, or as it stands when it is no time.
void screen_time(FILE *out, const char *rfc3339);
void screen_time_ms(FILE *out, int64_t ms);

#endif
