// log - one line per event to standard error: time, level, stable id, key=value pairs.
//
//     2026-11-22T11:39:30.123Z info hub.ready endpoint=tcp://127.0.0.1:7600 entries=12
//
// No secret, no body, no object name, ever.  Only main files and hub.c log, or
// who is handed this function by them.

#ifndef LIB_LOG_H
#define LIB_LOG_H

#include "lib/cause.h"

typedef enum { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG } log_level_t;

// "error", "warning", "info" (as at the start) or "debug": lines above it are left out.
// -1 with the cause, and nothing changed, for any other word.
int log_set_level(const char *name, cause_t *why);
// `format` yields the key=value pairs; values with spaces are the caller's to quote.
void log_line(log_level_t level, const char *id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
