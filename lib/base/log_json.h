// log_json - a line of the log as one JSON object, for who collects logs.
//
// Its members are "time", "severity", "event" and those that the line's format names:
// what is one number there is a number, all else is a text.  The format says where a
// value ends, never what is in it: nobody can write a member by what he says.

#ifndef LIB_BASE_LOG_JSON_H
#define LIB_BASE_LOG_JSON_H

#include <stdarg.h>
#include <stddef.h>

typedef struct {
    const char *time, *severity, *event;
} log_head_t;

// "{...}" and LF in at most `room` bytes, at least 256; values that do not fit are cut,
// and what comes behind them is left out.  Returns the size.
size_t log_json(
    char *line, size_t room, const log_head_t *head, const char *format, va_list args);

#endif
