// times - the calendar is computed here: the C library's depends on the time zone and
// locale.

#include "lib/base/times.h"
#include "lib/sys/clock.h"
#include "lib/sys/random.h"

#include <string.h>
#include <time.h>

enum { DAY_MS = 86400000, MINUTE_MS = 60000 };

// The first and last millisecond that four-digit years can say.
static const int64_t FIRST_MS = INT64_C(-62167219200000);
static const int64_t LAST_MS = TIME_END_MS - 1;

now_t clock_now(void)
{
    return (now_t){clock_ms(CLOCK_WALL), clock_ms(CLOCK_BOOT)};
}

typedef struct {
    int64_t year, month, day;
} date_t;

// Years are counted from March, so that the leap day is a year's last; 400 years are an
// era of 146,097 days; the days before a month follow (153 * month + 2) / 5.
static int64_t days_of(date_t date)
{
    int64_t year = date.month <= 2 ? date.year - 1 : date.year;
    int64_t month = (date.month + 9) % 12;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;
    int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468; // from 1 March 0000 to 1 January 1970
}

static date_t date_of(int64_t days)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    date_t date = {year_of_era + era * 400, month < 10 ? month + 3 : month - 9,
        day_of_year - (153 * month + 2) / 5 + 1};
    if (date.month <= 2)
        date.year++;
    return date;
}

static void put_digits(char *out, int64_t value, int width)
{
    while (width-- > 0) {
        out[width] = (char)('0' + value % 10);
        value /= 10;
    }
}

void time_print(int64_t ms, char out[TIME_TEXT])
{
    if (ms < FIRST_MS)
        ms = FIRST_MS;
    if (ms > LAST_MS)
        ms = LAST_MS;
    int64_t days = ms / DAY_MS - (ms % DAY_MS < 0);
    int64_t rest = ms - days * DAY_MS;
    date_t date = date_of(days);
    memcpy(out, "0000-00-00T00:00:00.000Z", TIME_TEXT);
    put_digits(out, date.year, 4);
    put_digits(out + 5, date.month, 2);
    put_digits(out + 8, date.day, 2);
    put_digits(out + 11, rest / 3600000, 2);
    put_digits(out + 14, rest / MINUTE_MS % 60, 2);
    put_digits(out + 17, rest / 1000 % 60, 2);
    put_digits(out + 20, rest % 1000, 3);
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

// A number of exactly `width` digits, from low to high.
static int64_t take_digits(reader_t *reader, size_t width, int64_t low, int64_t high)
{
    const uint8_t *digit = reader->rest.data;
    int64_t value = 0;
    if (reader->bad || reader->rest.size < width) {
        reader->bad = true;
        return 0;
    }
    for (size_t i = 0; i < width; i++) {
        reader->bad |= !is_digit(digit[i]);
        value = value * 10 + digit[i] - '0';
    }
    reader->rest = span_of(digit + width, reader->rest.size - width);
    reader->bad |= value < low || value > high;
    return value;
}

static void take_mark(reader_t *reader, char mark)
{
    span_t rest = reader->rest;
    reader->bad |= rest.size == 0 || rest.data[0] != (uint8_t)mark;
    if (!reader->bad)
        reader->rest = span_of(rest.data + 1, rest.size - 1);
}

static int64_t days_in_month(int64_t year, int64_t month)
{
    static const int64_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static int64_t take_date(reader_t *reader)
{
    date_t date = {0};
    date.year = take_digits(reader, 4, 0, 9999);
    take_mark(reader, '-');
    date.month = take_digits(reader, 2, 1, 12);
    take_mark(reader, '-');
    date.day = take_digits(reader, 2, 1, 31);
    if (reader->bad || date.day > days_in_month(date.year, date.month)) {
        reader->bad = true;
        return 0;
    }
    return days_of(date);
}

// Milliseconds of a fraction of any length; without a point there is none.
static int64_t take_fraction(reader_t *reader)
{
    if (reader->bad || reader->rest.size == 0 || reader->rest.data[0] != '.')
        return 0;
    take_mark(reader, '.');
    int64_t value = take_digits(reader, 1, 0, 9) * 100;
    int64_t unit = 10;
    while (!reader->bad && reader->rest.size && is_digit(reader->rest.data[0])) {
        value += take_digits(reader, 1, 0, 9) * unit;
        unit /= 10;
    }
    return value;
}

// "Z" or "+05:00", in milliseconds east of UTC.
static int64_t take_offset(reader_t *reader)
{
    uint8_t sign = take_u8(reader);
    if (sign == 'Z' || sign == 'z')
        return 0;
    reader->bad |= sign != '+' && sign != '-';
    int64_t minutes = take_digits(reader, 2, 0, 23) * 60;
    take_mark(reader, ':');
    minutes += take_digits(reader, 2, 0, 59);
    return (sign == '-' ? -minutes : minutes) * MINUTE_MS;
}

bool time_parse(span_t text, int64_t *ms)
{
    reader_t reader = reader_of(text);
    int64_t value = take_date(&reader) * DAY_MS;
    uint8_t between = take_u8(&reader);
    reader.bad |= between != 'T' && between != 't';
    value += take_digits(&reader, 2, 0, 23) * 3600000;
    take_mark(&reader, ':');
    value += take_digits(&reader, 2, 0, 59) * MINUTE_MS;
    take_mark(&reader, ':');
    int64_t second = take_digits(&reader, 2, 0, 60);
    value += take_fraction(&reader);
    value -= take_offset(&reader);
    // A leap second ends a day in UTC, and becomes the first second of the next.
    int64_t minute_of_day = (value - FIRST_MS) % DAY_MS / MINUTE_MS;
    reader.bad |= second == 60 && minute_of_day != 24 * 60 - 1;
    value += second * 1000;
    if (!reader_done(&reader) || value < FIRST_MS || value > LAST_MS)
        return false;
    *ms = value;
    return true;
}

void uuid_print(const uint8_t bytes[UUID_BYTES], char out[UUID_TEXT])
{
    char digits[2 * UUID_BYTES + 1];
    hex_encode(bytes, UUID_BYTES, digits);
    memcpy(out, digits, 8);
    memcpy(out + 9, digits + 8, 4);
    memcpy(out + 14, digits + 12, 4);
    memcpy(out + 19, digits + 16, 4);
    memcpy(out + 24, digits + 20, 12);
    out[8] = out[13] = out[18] = out[23] = '-';
    out[36] = 0;
}

bool uuid_parse(span_t text, uint8_t out[UUID_BYTES])
{
    char digits[2 * UUID_BYTES];
    const uint8_t *at = text.data;
    if (text.size != UUID_TEXT - 1 || at[8] != '-' || at[13] != '-' || at[18] != '-' ||
        at[23] != '-')
        return false;
    memcpy(digits, at, 8);
    memcpy(digits + 8, at + 9, 4);
    memcpy(digits + 12, at + 14, 4);
    memcpy(digits + 16, at + 19, 4);
    memcpy(digits + 20, at + 24, 12);
    return hex_decode(span_of(digits, sizeof digits), out, UUID_BYTES);
}

void uuid7_from(int64_t ms, const uint8_t bytes[10], char out[37])
{
    uint8_t raw[UUID_BYTES];
    for (unsigned i = 0; i < 6; i++)
        raw[i] = (uint8_t)((uint64_t)ms >> (8 * (5 - i)));
    memcpy(raw + 6, bytes, 10);
    raw[6] = (uint8_t)(0x70 | (raw[6] & 0x0f)); // version 7
    raw[8] = (uint8_t)(0x80 | (raw[8] & 0x3f)); // variant 10
    uuid_print(raw, out);
}

void uuid7_new(int64_t now_ms, char out[37])
{
    uint8_t bytes[10];
    random_bytes(bytes, sizeof bytes);
    uuid7_from(now_ms, bytes, out);
}

int64_t uuid7_time_ms(const char *id)
{
    char digits[12];
    uint64_t ms = 0;
    if (strlen(id) != UUID_TEXT - 1)
        return 0;
    memcpy(digits, id, 8);
    memcpy(digits + 8, id + 9, 4);
    return hex_decode(span_of(digits, sizeof digits), (uint8_t *)&ms + 2, 6)
               ? (int64_t)be64toh(ms)
               : 0;
}

bool uuid7_valid(span_t text)
{
    uint8_t bytes[UUID_BYTES];
    return uuid_parse(text, bytes) && bytes[6] >> 4 == 7 && bytes[8] >> 6 == 2;
}
