// log - one line per event to standard error: time, level, stable id, key=value pairs.
//
//     2026-11-22T11:39:30.123Z info hub.ready endpoint=tcp://127.0.0.1:7600 entries=12
//
// Nobody ever waits for a line to be read, and no reader that goes away ends a program: a
// line that cannot be written at once is lost and counted, and `log.lost` says how many
// as soon as somebody reads again.
//
// No secret, no body, no object name, ever.  Programs and modules of the hub log; lib
// does not.

#ifndef LIB_BASE_LOG_H
#define LIB_BASE_LOG_H

#include "lib/base/cause.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG } log_level_t;

// "error", "warning", "info" (as at the start) or "debug": lines above it are left out.
// -1 with the cause, and nothing changed, for any other word.
int log_set_level(const char *name, cause_t *why);
// "text" (as at the start), or "json": an object a line (log_json.h).  As log_set_level.
int log_set_format(const char *name, cause_t *why);
// First thing of a program that goes on for long, after standard_open: no signal comes of
// a reader that went away, and from now on nothing waits.  Before it lines are simply
// written.
void log_open(void);
// Now and then: says what was lost, and what was not said for being the same.
void log_turn(void);
// Lines that were lost since log_open; and whether that is so to this moment.
typedef struct {
    uint64_t lines;
    bool still;
} log_lost_t;
log_lost_t log_lost(void);
// `format` yields the key=value pairs; values with spaces are the caller's to quote.
void log_line(log_level_t level, const char *id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// The same for what a peer can bring about as often as it likes: of lines with the same
// id, node= and code= a few are written each minute, and then how many more there were.
void log_often(log_level_t level, const char *id, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
