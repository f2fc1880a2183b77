// when - words are collected into what is said (a day, a time, a span), and what that
// comes to is reckoned in the local calendar at the end.
//
// Which moment a local day and time are is found by trying the zone's offsets around it,
// so that a moment that the clocks passed over, or passed twice, is known as such; in
// Kazakhstan the offset itself has changed, and not by summer time.

#include "nodes/cli/when.h"

#include "lib/base/catalogue.h"
#include "lib/base/text.h"
#include "lib/base/times.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TEXT_MAX = 160, HOUR_S = 60 * 60, DAY_S = 24 * HOUR_S, SPAN_MOST = 1000000 };

// What was said so far.
typedef struct {
    bool now, ago, minus, last, spanned;
    bool has_day, has_time, has_weekday;
    int year, month, day; // of has_day
    int hour, minute, second;
    int weekday;
    long long span_s, span_days, span_months;
    bool counted; // a number stands there without its unit
    bool hourly;  // "hour" stands there without a number: of a time in Kazakh, or one
    long long count;
} said_t;

static int blame(const char *text, cause_t *why)
{
    return cause_set(why,
        say("'%s' is no moment: write 2026-11-24, 22:00, yesterday 22:00, last Tuesday, "
            "3 hours ago or -2h"),
        text);
}

static struct tm local(int64_t ms)
{
    time_t seconds = (time_t)(ms / 1000 - (ms % 1000 < 0));
    struct tm tm = {0};
    (void)localtime_r(&seconds, &tm);
    return tm;
}

// Noon of that day, as it is counted; days out of range run over into months.
static void settle_day(int *year, int *month, int *day)
{
    struct tm tm = {
        .tm_year = *year - 1900, .tm_mon = *month - 1, .tm_mday = *day, .tm_hour = 12};
    time_t noon = timegm(&tm);
    (void)gmtime_r(&noon, &tm);
    *year = tm.tm_year + 1900;
    *month = tm.tm_mon + 1;
    *day = tm.tm_mday;
}

static bool is_day(int year, int month, int day)
{
    int y = year, m = month, d = day;
    if (year < 1900 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31)
        return false;
    settle_day(&y, &m, &d);
    return y == year && m == month && d == day;
}

static bool is_that(time_t seconds, const struct tm *wanted)
{
    struct tm tm = {0};
    (void)localtime_r(&seconds, &tm);
    return tm.tm_year == wanted->tm_year && tm.tm_mon == wanted->tm_mon &&
           tm.tm_mday == wanted->tm_mday && tm.tm_hour == wanted->tm_hour &&
           tm.tm_min == wanted->tm_min && tm.tm_sec == wanted->tm_sec;
}

static long offset_at(time_t seconds)
{
    struct tm tm = {0};
    (void)localtime_r(&seconds, &tm);
    return tm.tm_gmtoff;
}

// The moments that clocks show so: none, one or two; the earlier first.  Where there is
// none, `moment[0]` is the one that a clock showed which was not put forward.
static int moments_of(const said_t *said, time_t moment[2])
{
    struct tm tm = {.tm_year = said->year - 1900,
        .tm_mon = said->month - 1,
        .tm_mday = said->day,
        .tm_hour = said->hour,
        .tm_min = said->minute,
        .tm_sec = said->second};
    struct tm asked = tm;
    time_t plain = timegm(&tm);
    time_t one = plain - offset_at(plain - DAY_S),
           other = plain - offset_at(plain + DAY_S);
    bool is_one = is_that(one, &asked), is_other = is_that(other, &asked);
    moment[0] = is_one || !is_other ? one : other;
    moment[1] = other;
    if (!is_one && !is_other)
        return 0;
    if (!is_one || !is_other || one == other)
        return 1;
    moment[0] = one < other ? one : other;
    moment[1] = one < other ? other : one;
    return 2;
}

// A day begins when its date does, however the clocks stand.
static int64_t beginning(const said_t *said)
{
    time_t moment[2];
    (void)moments_of(said, moment);
    return (int64_t)moment[0] * 1000;
}

static int blame_twice(const char *text, const time_t moment[2], cause_t *why)
{
    char first[TIME_TEXT], second[TIME_TEXT];
    time_print((int64_t)moment[0] * 1000, first);
    time_print((int64_t)moment[1] * 1000, second);
    return cause_set(why,
        say("'%s' was twice, since the clocks were put back: write %s or %s"), text,
        first, second);
}

static int at_time(const said_t *said, const char *text, int64_t *ms, cause_t *why)
{
    time_t moment[2];
    int n = moments_of(said, moment);
    if (n == 0)
        return cause_set(
            why, say("'%s' never was, since the clocks were put forward over it"), text);
    if (n == 2)
        return blame_twice(text, moment, why);
    *ms = (int64_t)moment[0] * 1000;
    return 0;
}

// --- words -----------------------------------------------------------------------------

static bool once(bool *flag)
{
    bool first = !*flag;
    *flag = true;
    return first;
}

// "22:00", "22:00:30"; what may stand behind it: "22:00-де".
static bool take_time(said_t *said, const char *word)
{
    int hour, minute, second = 0, n = 0, more = 0;
    if (said->has_time || *word < '0' || *word > '9' ||
        sscanf(word, "%2d:%2d%n", &hour, &minute, &n) != 2 ||
        strspn(word, "0123456789:") < (size_t)n)
        return false;
    if (word[n] == ':' && sscanf(word + n, ":%2d%n", &second, &more) == 1)
        n += more;
    const char *rest = word + n;
    bool good = !*rest || strcmp(rest, "-де") == 0 || strcmp(rest, "-да") == 0 ||
                strcmp(rest, "-те") == 0 || strcmp(rest, "-та") == 0;
    if (!good || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
        second > 59)
        return false;
    said->has_time = true;
    said->hour = hour;
    said->minute = minute;
    said->second = second;
    return true;
}

// "2026-11-24", "24.11.2026"
static bool take_date(said_t *said, const char *word)
{
    int year, month, day, n = 0;
    bool good =
        !said->has_day && *word >= '0' && *word <= '9' &&
        strspn(word, "0123456789.-") == strlen(word) &&
        ((sscanf(word, "%4d-%2d-%2d%n", &year, &month, &day, &n) == 3 && n >= 8) ||
            (sscanf(word, "%2d.%2d.%4d%n", &day, &month, &year, &n) == 3)) &&
        !word[n] && is_day(year, month, day);
    if (!good)
        return false;
    said->has_day = true;
    said->year = year;
    said->month = month;
    said->day = day;
    return true;
}

static bool take_unit(said_t *said, when_meaning_t meaning)
{
    if (!said->counted && meaning.word == WHEN_SECOND && meaning.value == HOUR_S)
        return once(&said->hourly);
    long long n = said->counted ? said->count : 1;
    said->counted = false;
    said->spanned = true;
    if (meaning.word == WHEN_SECOND)
        said->span_s += n * meaning.value;
    else if (meaning.word == WHEN_DAYS)
        said->span_days += n * meaning.value;
    else
        said->span_months += n * meaning.value;
    return true;
}

static bool take_day(said_t *said, int64_t now_ms, int before)
{
    struct tm tm = local(now_ms);
    if (said->has_day)
        return false;
    said->has_day = true;
    said->year = tm.tm_year + 1900;
    said->month = tm.tm_mon + 1;
    said->day = tm.tm_mday - before;
    settle_day(&said->year, &said->month, &said->day);
    return true;
}

static bool take_meaning(said_t *said, const char *word, int64_t now_ms)
{
    when_meaning_t meaning = when_meaning(word);
    switch (meaning.word) {
    case WHEN_FILLER:
        return true;
    case WHEN_NOW:
        return once(&said->now);
    case WHEN_DAY:
        return take_day(said, now_ms, meaning.value);
    case WHEN_WEEKDAY:
        said->weekday = meaning.value;
        return once(&said->has_weekday);
    case WHEN_LAST:
        return once(&said->last);
    case WHEN_AGO:
        return once(&said->ago);
    case WHEN_ONE:
        said->count = 1;
        return once(&said->counted);
    case WHEN_SECOND:
    case WHEN_DAYS:
    case WHEN_MONTHS:
        return take_unit(said, meaning);
    case WHEN_UNKNOWN:
        break;
    }
    return false;
}

// "2", "2h", "-2h"; "1h30min" is two of them.
static bool take_number(said_t *said, const char *word, int64_t now_ms)
{
    while (*word) {
        char *end, unit[TEXT_MAX];
        if (*word < '0' || *word > '9' || said->counted)
            return false;
        said->count = strtoll(word, &end, 10);
        said->counted = true;
        if (said->count > SPAN_MOST)
            return false;
        size_t length = strcspn(end, "0123456789");
        (void)snprintf(unit, sizeof unit, "%.*s", (int)length, end);
        when_word_t is = when_meaning(unit).word;
        if (length > 0 && (is < WHEN_SECOND || !take_meaning(said, unit, now_ms)))
            return false;
        word = end + length;
    }
    return true;
}

static bool take(said_t *said, const char *word, int64_t now_ms)
{
    if (take_date(said, word) || take_time(said, word) ||
        take_meaning(said, word, now_ms))
        return true;
    // A minus stands before the first span alone.
    if (word[0] == '-' && !said->minus && !said->spanned) {
        said->minus = true;
        return !word[1] || take_number(said, word + 1, now_ms);
    }
    return take_number(said, word, now_ms);
}

// --- what it comes to ------------------------------------------------------------------

// Days and months are those of the calendar: a day ago is the same time of day.
static int64_t ago(const said_t *said, int64_t now_ms)
{
    struct tm tm = local(now_ms);
    said_t then = {.hour = tm.tm_hour, .minute = tm.tm_min, .second = tm.tm_sec};
    if (said->span_days == 0 && said->span_months == 0)
        return now_ms - said->span_s * 1000;
    long long months = (tm.tm_year + 1900LL) * 12 + tm.tm_mon - said->span_months;
    then.year = (int)(months / 12);
    then.month = (int)(months % 12) + 1;
    then.day = tm.tm_mday;
    while (!is_day(then.year, then.month, then.day) && then.day > 28)
        then.day--; // the last of a shorter month
    then.day -= (int)said->span_days;
    settle_day(&then.year, &then.month, &then.day);
    return beginning(&then) + now_ms % 1000 - said->span_s * 1000;
}

static int span_ago(
    const said_t *said, const char *text, int64_t now_ms, int64_t *ms, cause_t *why)
{
    enum { MONTHS_MOST = 12 * 100, DAYS_MOST = 366 * 100 };
    if (said->now || said->has_day || said->has_time || said->has_weekday || said->last ||
        said->counted || (said->minus && said->ago) || said->span_months > MONTHS_MOST ||
        said->span_days > DAYS_MOST)
        return blame(text, why);
    *ms = ago(said, now_ms);
    return 0;
}

// The last day of that name before today; "Tuesday" said on a Tuesday may be either.
static int find_weekday(said_t *said, const char *text, int64_t now_ms, cause_t *why)
{
    int today = local(now_ms).tm_wday, before = (today - said->weekday + 7) % 7;
    if (said->has_day)
        return blame(text, why);
    if (before == 0 && !said->last)
        return cause_set(why,
            say("'%s' may be today or a week ago: write today, 7 days ago or the date"),
            text);
    (void)take_day(said, now_ms, before ? before : 7);
    return 0;
}

// The last one that has passed.
static int find_time(
    said_t *said, const char *text, int64_t now_ms, int64_t *ms, cause_t *why)
{
    (void)take_day(said, now_ms, 0);
    if (at_time(said, text, ms, why) != 0)
        return -1;
    if (*ms <= now_ms)
        return 0;
    said->has_day = false;
    (void)take_day(said, now_ms, 1);
    return at_time(said, text, ms, why);
}

static int settle(
    said_t *said, const char *text, int64_t now_ms, int64_t *ms, cause_t *why)
{
    if (said->hourly && !said->has_time) {
        said->span_s += HOUR_S;
        said->spanned = true;
    }
    if (said->spanned)
        return span_ago(said, text, now_ms, ms, why);
    if (said->counted || said->ago || said->minus || (said->last && !said->has_weekday))
        return blame(text, why);
    if (said->has_weekday && find_weekday(said, text, now_ms, why) != 0)
        return -1;
    if (said->now) {
        *ms = now_ms;
        return said->has_day || said->has_time ? blame(text, why) : 0;
    }
    if (said->has_day && said->has_time)
        return at_time(said, text, ms, why);
    if (said->has_time)
        return find_time(said, text, now_ms, ms, why);
    if (!said->has_day)
        return blame(text, why);
    *ms = beginning(said);
    return 0;
}

int when_read(const char *text, int64_t now_ms, int64_t *ms, cause_t *why)
{
    char words[TEXT_MAX], *rest = NULL;
    said_t said = {0};
    if (time_parse(span_text(text), ms))
        return 0;
    if (strlen(text) >= TEXT_MAX / 2)
        return blame(text, why);
    text_small(text, words, sizeof words);
    // "2026-11-24t22:00": without a zone it is the local one.
    for (char *t = strchr(words, 't'); t && t - words == 10; t = NULL)
        *t = strspn(words, "0123456789-") == 10 ? ' ' : 't';
    for (char *word = strtok_r(words, " \t,", &rest); word;
         word = strtok_r(NULL, " \t,", &rest))
        if (!take(&said, word, now_ms))
            return blame(text, why);
    return settle(&said, text, now_ms, ms, why);
}
