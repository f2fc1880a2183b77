// table, calendar: cells that no spreadsheet takes for formulas, and where spans begin.

#include "web/figures/table.h"

#include "lib/base/times.h"
#include "tests/lib/test.h"
#include "web/figures/calendar.h"

static void a_cell_is_no_formula(void **state)
{
    (void)state;
    buf_t out = {0};
    json_t *table = json_pack("{s:[s, s], s:[[s, i], [s, n], [s, i], [s, i], [s, f], [s, "
                              "s], []]}",
        "columns", "name", "n", "rows", "=cmd|' /C calc'!A0", 1, "+1", "-1 \"x\"", -2,
        "@SUM(A1)", 3, "a, b", 1.5, "\tx", "line\nend");
    assert_non_null(table);
    table_csv(table, &out);
    assert_string_equal(buf_text(&out),
        "\"name\",\"n\"\r\n\"'=cmd|' /C calc'!A0\",1\r\n\"'+1\",\r\n\"'-1 \"\"x\"\"\",-2"
        "\r\n\"'@SUM(A1)\",3\r\n\"a, b\",1.5\r\n\"'\tx\",\"line\nend\"\r\n\r\n");
    buf_destroy(&out);
    json_decref(table);
}

static const char *span_of_moment(calendar_t by, const char *moment)
{
    static char name[CALENDAR_TEXT];
    int64_t ms;
    assert_true(time_parse(span_text(moment), &ms));
    int64_t begin_ms = calendar_begin(by, ms);
    assert_true(begin_ms <= ms && ms < calendar_next(by, begin_ms));
    assert_int_equal(calendar_begin(by, begin_ms), begin_ms);
    calendar_name(by, begin_ms, name);
    return name;
}

static void a_moment_is_in_one_span(void **state)
{
    (void)state;
    static const char *const moments[] = {"2026-11-22T23:59:59.999Z",
        "2026-11-23T00:00:00Z", "2024-02-29T12:00:00Z", "1969-12-31T23:59:59.500Z",
        "1900-03-01T00:00:00Z", "9999-12-31T23:59:59Z"};
    static const char *const wanted[][3] = {{"2026-11-22", "2026-11-16", "2026-11"},
        {"2026-11-23", "2026-11-23", "2026-11"}, {"2024-02-29", "2024-02-26", "2024-02"},
        {"1969-12-31", "1969-12-29", "1969-12"}, {"1900-03-01", "1900-02-26", "1900-03"},
        {"9999-12-31", "9999-12-27", "9999-12"}};
    for (size_t i = 0; i < sizeof moments / sizeof *moments; i++)
        for (int by = 0; by < 3; by++)
            assert_string_equal(
                span_of_moment((calendar_t)by, moments[i]), wanted[i][by]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_is_no_formula),
        cmocka_unit_test(a_moment_is_in_one_span),
    };
    return test_group(tests, NULL, NULL);
}
