// when - a moment of the past as people say it, in English, Russian or Kazakh: a day, a
// time of day, both, or how long ago.
//
//     2026-11-24    24.11.2026    22:00    yesterday 22:00    last Tuesday    3 hours ago
//     вчера в 22:00    в прошлый вторник    2 часа назад    кеше 22:00    -2h
//
// Days and times are those of the local zone; one with a zone of its own (RFC 3339) is
// that one.

#ifndef NODES_CLI_WHEN_H
#define NODES_CLI_WHEN_H

#include "lib/base/cause.h"

#include <stdint.h>

// A day is its beginning; a time of day alone the last one that has passed.  -1 with the
// cause, which has examples: nobody can say what is meant, or the clocks were put forward
// or back at that moment.
int when_read(const char *text, int64_t now_ms, int64_t *ms, cause_t *why);

// For when.c alone: what a word says.
typedef enum {
    WHEN_UNKNOWN,
    WHEN_FILLER,  // "at", "в"
    WHEN_NOW,     // "now"
    WHEN_DAY,     // `value` days before today
    WHEN_WEEKDAY, // 0: Sunday
    WHEN_LAST,    // "last", "прошлый"
    WHEN_AGO,     // "ago", "назад"
    WHEN_ONE,     // "a", "один"
    WHEN_SECOND,  // of `value` units
    WHEN_DAYS,
    WHEN_MONTHS,
} when_word_t;
typedef struct {
    when_word_t word;
    int value;
} when_meaning_t;
// The word in small letters.
when_meaning_t when_meaning(const char *word);

#endif
