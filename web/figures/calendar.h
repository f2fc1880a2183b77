// calendar - days, weeks and months of UTC.

#ifndef WEB_FIGURES_CALENDAR_H
#define WEB_FIGURES_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

typedef enum { CALENDAR_DAY, CALENDAR_WEEK, CALENDAR_MONTH } calendar_t;

enum { CALENDAR_TEXT = 16 };

bool calendar_parse(const char *word, calendar_t *by); // "day", "week", "month"
// Where the span begins that this moment is in, and the one behind it.  A week begins on
// Monday.
int64_t calendar_begin(calendar_t by, int64_t ms);
int64_t calendar_next(calendar_t by, int64_t begin_ms);
// "2026-11-22", of a week its Monday, of a month "2026-11".
void calendar_name(calendar_t by, int64_t begin_ms, char out[CALENDAR_TEXT]);

#endif
