// times: RFC 3339 in and out against the C library's calendar, and UUIDs of version 7.

#include "lib/base/times.h"

#include "tests/lib/test.h"

#include <time.h>

static const int64_t FIRST_MS = INT64_C(-62167219200000); // 0000-01-01T00:00:00.000Z
static const int64_t LAST_MS = INT64_C(253402300799999);  // 9999-12-31T23:59:59.999Z

typedef struct {
    const char *text;
    int64_t ms;
} moment_t;

static const moment_t moments[] = {
    {"1970-01-01T00:00:00Z", 0},
    {"1969-12-31T23:59:59.999Z", -1},
    {"0000-01-01T00:00:00Z", INT64_C(-62167219200000)},
    {"9999-12-31T23:59:59.999Z", INT64_C(253402300799999)},
    {"2024-02-29T12:00:00Z", INT64_C(1709208000000)},
    {"2026-11-22T11:39:30.123Z", INT64_C(1795347570123)},
    {"2026-11-22t11:39:30.123z", INT64_C(1795347570123)},
    {"2026-11-22T16:39:30.123+05:00", INT64_C(1795347570123)},
    {"2026-11-22T06:09:30.123-05:30", INT64_C(1795347570123)},
    {"2026-11-22T11:39:30.1Z", INT64_C(1795347570100)},
    {"2026-11-22T11:39:30.12Z", INT64_C(1795347570120)},
    {"2026-11-22T11:39:30.1239999999999999999999Z", INT64_C(1795347570123)},
    {"1969-12-31T23:59:59.9999Z", -1},                // cut, not rounded
    {"2016-12-31T23:59:60Z", INT64_C(1483228800000)}, // leap second: the next second
    {"1990-12-31T15:59:60.5-08:00", INT64_C(662688000500)},
    {"2000-01-01T00:00:00-00:00", INT64_C(946684800000)},
};

static const char *const not_moments[] = {"", "2026", "2026-11-22", "2026-11-22T11:39Z",
    "2026-11-22T11:39:30", "2026-11-22 11:39:30Z", "2026-11-22T11:39:30.Z",
    "2026-11-22T11:39:30,5Z", "2026-11-22T24:00:00Z", "2026-11-22T11:60:00Z",
    "2026-11-22T11:39:61Z", "2026-00-22T11:39:30Z", "2026-13-22T11:39:30Z",
    "2026-11-00T11:39:30Z", "2026-11-31T11:39:30Z", "2025-02-29T11:39:30Z",
    "2100-02-29T11:39:30Z", "2026-11-22T11:39:30+24:00", "2026-11-22T11:39:30+05:60",
    "2026-11-22T11:39:30+0500", "2026-11-22T11:39:30+05", "2026-11-22T11:39:30ZZ",
    "2026-11-22T11:39:30Z ", " 2026-11-22T11:39:30Z", "26-11-22T11:39:30Z",
    "+2026-11-22T11:39:30Z", "2026-11-2\xd9\xa2T11:39:30Z", "2016-12-31T12:59:60Z",
    "2016-12-31T23:58:60Z", "2016-12-31T23:59:60+01:00", "0000-01-01T00:00:00+00:01",
    "9999-12-31T23:59:00-00:01", "9999-12-31T23:59:60Z", "2026-11-22T11:39:30\n",
    "2026-11-22T1x:39:30.123Z", "2026x11-22T11:39:30.5Z"};

static void test_moments(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++) {
        int64_t ms = 42;
        if (!time_parse(span_text(moments[i].text), &ms))
            fail_msg("refused: %s", moments[i].text);
        assert_int_equal(ms, moments[i].ms);
    }
}

static void test_what_is_no_moment(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof not_moments / sizeof *not_moments; i++) {
        int64_t ms = 42;
        if (time_parse(span_text(not_moments[i]), &ms))
            fail_msg("taken: %s", not_moments[i]);
        assert_int_equal(ms, 42);
    }
    const char whole[] = "2026-11-22T11:39:30.123Z";
    int64_t ms = 0;
    for (size_t size = 0; size < sizeof whole - 1; size++)
        assert_false(time_parse(span_of(whole, size), &ms));
}

static void assert_same_as_library(int64_t ms)
{
    char text[TIME_TEXT];
    char want[64];
    int64_t back = 0;
    int64_t seconds = (ms - (((ms % 1000) + 1000) % 1000)) / 1000;
    struct tm parts;
    time_t at = (time_t)seconds;
    assert_non_null(gmtime_r(&at, &parts));
    (void)snprintf(want, sizeof want, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
        parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
        parts.tm_min, parts.tm_sec, (int)(ms - seconds * 1000));
    time_print(ms, text);
    assert_string_equal(text, want);
    assert_true(time_parse(span_text(text), &back));
    assert_int_equal(back, ms);
}

static void test_print_agrees_with_the_library(void **state)
{
    (void)state;
    const int64_t day_ms = 86400000;
    // Every day of 800 years around now, and steps through all the ten thousand years.
    for (int64_t day = -146097; day < 146097; day++)
        assert_same_as_library(day * day_ms + (day & 1 ? 0 : day_ms - 1));
    for (int64_t ms = FIRST_MS; ms <= LAST_MS; ms += INT64_C(7919) * 1000003)
        assert_same_as_library(ms);
    assert_same_as_library(FIRST_MS);
    assert_same_as_library(LAST_MS);
}

static void test_print_stays_within_four_digit_years(void **state)
{
    (void)state;
    char text[TIME_TEXT];
    time_print(INT64_MIN, text);
    assert_string_equal(text, "0000-01-01T00:00:00.000Z");
    time_print(INT64_MAX, text);
    assert_string_equal(text, "9999-12-31T23:59:59.999Z");
}

// The example of RFC 9562, appendix A.6.
static void test_uuid_of_the_rfc(void **state)
{
    (void)state;
    const uint8_t bytes[10] = {
        0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f};
    char id[37];
    uuid7_from(INT64_C(0x017f22e279b0), bytes, id);
    assert_string_equal(id, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
    assert_true(uuid7_valid(span_text(id)));
}

static void test_uuids_carry_their_moment(void **state)
{
    (void)state;
    char first[37];
    char second[37];
    uuid7_new(INT64_C(1795347570123), first);
    uuid7_new(INT64_C(1795347570123), second);
    assert_memory_equal(first, second, 13); // 48 bits of time
    assert_string_not_equal(first, second);
    assert_true(uuid7_valid(span_text(first)));
    uuid7_new(INT64_C(1795347570124), second);
    assert_true(strcmp(first, second) < 0);
    assert_true(uuid7_time_ms(second) == INT64_C(1795347570124));
    assert_true(uuid7_time_ms("") == 0);
    second[3] = 'g';
    assert_true(uuid7_time_ms(second) == 0);
}

static void test_what_is_no_uuid(void **state)
{
    (void)state;
    const char good[] = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";
    for (size_t i = 0; i < sizeof good - 1; i++) {
        char bad[sizeof good];
        memcpy(bad, good, sizeof good);
        assert_false(uuid7_valid(span_of(good, i)));
        bad[i] = 'g';
        assert_false(uuid7_valid(span_text(bad)));
        bad[i] = 'A';
        assert_false(uuid7_valid(span_text(bad)));
    }
    assert_false(uuid7_valid(span_text("017f22e2-79b0-4cc3-98c4-dc0c0c07398f")));
    assert_false(uuid7_valid(span_text("017f22e2-79b0-7cc3-c8c4-dc0c0c07398f")));
    assert_false(uuid7_valid(span_text("017f22e2-79b0-7cc3-98c4-dc0c0c07398f0")));
}

static void test_uuids_in_octets(void **state)
{
    static const uint8_t octets[UUID_BYTES] = {0x01, 0x7f, 0x22, 0xe2, 0x79, 0xb0, 0x4c,
        0xc3, 0xc8, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f};
    char text[UUID_TEXT];
    uint8_t read[UUID_BYTES];
    (void)state;
    uuid_print(octets, text);
    assert_string_equal(text, "017f22e2-79b0-4cc3-c8c4-dc0c0c07398f");
    assert_true(uuid_parse(span_text(text), read));
    assert_memory_equal(read, octets, sizeof octets);
    assert_false(uuid_parse(span_text("017F22e2-79b0-4cc3-c8c4-dc0c0c07398f"), read));
}

static void test_clocks_run(void **state)
{
    (void)state;
    now_t a = clock_now();
    now_t b = clock_now();
    assert_true(a.wall_ms > INT64_C(1577836800000)); // this program is younger than 2020
    assert_true(b.monotonic_ms >= a.monotonic_ms);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moments),
        cmocka_unit_test(test_what_is_no_moment),
        cmocka_unit_test(test_print_agrees_with_the_library),
        cmocka_unit_test(test_print_stays_within_four_digit_years),
        cmocka_unit_test(test_uuid_of_the_rfc),
        cmocka_unit_test(test_uuids_carry_their_moment),
        cmocka_unit_test(test_what_is_no_uuid),
        cmocka_unit_test(test_uuids_in_octets),
        cmocka_unit_test(test_clocks_run),
    };
    return test_group(tests, NULL, NULL);
}
