// calendar - by gmtime_r and timegm, which know the lengths of months.

#include "web/figures/calendar.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { DAY_S = 86400, MONDAY = 1 };

bool calendar_parse(const char *word, calendar_t *by)
{
    static const char *const words[] = {"day", "week", "month"};
    for (int i = 0; i < 3; i++)
        if (strcmp(word, words[i]) == 0) {
            *by = (calendar_t)i;
            return true;
        }
    return false;
}

static struct tm parts_of(int64_t ms)
{
    struct tm parts = {0};
    time_t s = (time_t)(ms >= 0 ? ms / 1000 : -((-ms + 999) / 1000));
    (void)gmtime_r(&s, &parts);
    return parts;
}

int64_t calendar_begin(calendar_t by, int64_t ms)
{
    struct tm parts = parts_of(ms);
    parts.tm_hour = parts.tm_min = parts.tm_sec = 0;
    if (by == CALENDAR_WEEK)
        parts.tm_mday -= (parts.tm_wday + 7 - MONDAY) % 7;
    if (by == CALENDAR_MONTH)
        parts.tm_mday = 1;
    return (int64_t)timegm(&parts) * 1000;
}

int64_t calendar_next(calendar_t by, int64_t begin_ms)
{
    struct tm parts = parts_of(begin_ms);
    if (by == CALENDAR_MONTH)
        parts.tm_mon++;
    else
        parts.tm_mday += by == CALENDAR_WEEK ? 7 : 1;
    return (int64_t)timegm(&parts) * 1000;
}

void calendar_name(calendar_t by, int64_t begin_ms, char out[CALENDAR_TEXT])
{
    struct tm parts = parts_of(begin_ms);
    char text[64];
    (void)snprintf(text, sizeof text, "%04d-%02d-%02d", parts.tm_year + 1900,
        parts.tm_mon + 1, parts.tm_mday);
    text[by == CALENDAR_MONTH ? 7 : 10] = 0;
    (void)snprintf(out, CALENDAR_TEXT, "%.15s", text);
}
