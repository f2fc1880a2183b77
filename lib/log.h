// log - one line per event to standard error: time, level, stable id, key=value pairs.
//
//     2026-11-22T11:39:30.123Z info hub.ready endpoint=tcp://127.0.0.1:7600 entries=12
//
// No secret, no body, no object name, ever.  Only main files and hub.c log, or
// who is handed this function by them.

#ifndef LIB_LOG_H
#define LIB_LOG_H

typedef enum { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG } log_level_t;

void log_set_level(log_level_t level);
int log_level_parse(const char *text, log_level_t *level); // -1 when unknown
// `format` yields the key=value pairs; values with spaces are the caller's to quote.
void log_line(log_level_t level, const char *id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
