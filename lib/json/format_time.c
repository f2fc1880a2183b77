// format_time - dates, times and durations of RFC 3339, section 5.6 and appendix A.
//
// A cursor walks the text; whoever needs a whole text asks at the end whether it is used
// up.

#include "lib/json/format.h"

typedef struct {
    const uint8_t *next, *end;
} cursor_t;

static cursor_t cursor_of(span_t text)
{
    return (cursor_t){text.data, text.data + text.size};
}

static bool eat(cursor_t *at, char c)
{
    if (at->next == at->end || *at->next != (uint8_t)c)
        return false;
    at->next++;
    return true;
}

static bool digit_next(const cursor_t *at)
{
    return at->next < at->end && *at->next >= '0' && *at->next <= '9';
}

// Exactly `n` digits.
static bool eat_number(cursor_t *at, unsigned n, unsigned *out)
{
    *out = 0;
    for (unsigned i = 0; i < n; i++) {
        if (!digit_next(at))
            return false;
        *out = *out * 10 + (*at->next++ - '0');
    }
    return true;
}

static unsigned days_in(unsigned year, unsigned month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : days[month - 1];
}

static bool eat_date(cursor_t *at)
{
    unsigned year;
    unsigned month;
    unsigned day;
    return eat_number(at, 4, &year) && eat(at, '-') && eat_number(at, 2, &month) &&
           eat(at, '-') && eat_number(at, 2, &day) && month >= 1 && month <= 12 &&
           day >= 1 && day <= days_in(year, month);
}

// Minutes east of UTC.
static bool eat_offset(cursor_t *at, int *minutes)
{
    unsigned hour;
    unsigned minute;
    *minutes = 0;
    if (eat(at, 'Z') || eat(at, 'z'))
        return true;
    int sign = eat(at, '+') ? 1 : eat(at, '-') ? -1 : 0;
    if (sign == 0 || !eat_number(at, 2, &hour) || !eat(at, ':') ||
        !eat_number(at, 2, &minute))
        return false;
    *minutes = sign * (int)(hour * 60 + minute);
    return hour <= 23 && minute <= 59;
}

static bool eat_time(cursor_t *at)
{
    unsigned hour;
    unsigned minute;
    unsigned second;
    int offset;
    if (!eat_number(at, 2, &hour) || !eat(at, ':') || !eat_number(at, 2, &minute) ||
        !eat(at, ':') || !eat_number(at, 2, &second) || hour > 23 || minute > 59 ||
        second > 60)
        return false;
    if (eat(at, '.')) {
        if (!digit_next(at))
            return false;
        while (digit_next(at))
            at->next++;
    }
    if (!eat_offset(at, &offset))
        return false;
    // A leap second ends a day of UTC, whatever the local clock shows.
    int utc = ((int)(hour * 60 + minute) - offset + 2 * 1440) % 1440;
    return second < 60 || utc == 1439;
}

bool format_date(span_t text)
{
    cursor_t at = cursor_of(text);
    return eat_date(&at) && at.next == at.end;
}

bool format_time(span_t text)
{
    cursor_t at = cursor_of(text);
    return eat_time(&at) && at.next == at.end;
}

bool format_date_time(span_t text)
{
    cursor_t at = cursor_of(text);
    return eat_date(&at) && (eat(&at, 'T') || eat(&at, 't')) && eat_time(&at) &&
           at.next == at.end;
}

// Elements of `units`, each "<digits><unit>", in order and without a gap between the
// first and the last (appendix A: P1Y2D and PT1H2S are not durations).  Returns how many
// there were.
static int eat_elements(cursor_t *at, const char *units)
{
    int found = 0;
    while (digit_next(at)) {
        while (digit_next(at))
            at->next++;
        while (found == 0 && *units && at->next < at->end && *at->next != (uint8_t)*units)
            units++;
        if (!*units || !eat(at, *units))
            return -1;
        units++;
        found++;
    }
    return found;
}

bool format_duration(span_t text)
{
    cursor_t at = cursor_of(text);
    if (!eat(&at, 'P'))
        return false;
    cursor_t weeks = at;
    if (eat_elements(&weeks, "W") == 1 && weeks.next == weeks.end)
        return true;
    int days = eat_elements(&at, "YMD");
    if (days < 0)
        return false;
    if (eat(&at, 'T'))
        return eat_elements(&at, "HMS") > 0 && at.next == at.end;
    return days > 0 && at.next == at.end;
}
