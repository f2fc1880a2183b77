// How far long work is, in one line: percent, rate, time left, and never wider than a
// terminal; nothing at all where nobody looks.

#include "nodes/cli/progress.h"

#include "tests/lib/test.h"

#include <unistd.h>

static void expect(progress_unit_t unit, progress_state_t state, const char *line)
{
    buf_t out = {0};
    progress_line("reading", unit, &state, 79, &out);
    assert_string_equal(buf_text(&out), line);
    buf_destroy(&out);
}

static void a_line_says_how_far_it_is(void **state)
{
    (void)state;
    expect(PROGRESS_ITEMS, (progress_state_t){0, 0, 0, 0}, "reading: 0");
    expect(PROGRESS_ITEMS, (progress_state_t){0, 0, 10, 0}, "reading: 0 %, 0 of 10");
    expect(PROGRESS_ITEMS, (progress_state_t){0, 500, 2000, 1000},
        "reading: 25 %, 500 of 2000, 500/s, 0:04 left");
    expect(PROGRESS_ITEMS, (progress_state_t){0, 700, 0, 2000}, "reading: 700, 350/s");
    expect(PROGRESS_BYTES, (progress_state_t){0, 1200000000, 8400000000, INT64_C(6000)},
        "reading: 14 %, 1.2 GB of 8.4 GB, 200 MB/s, 0:37 left");
    // What was done by an earlier run says nothing of how fast this one is.
    expect(PROGRESS_ITEMS, (progress_state_t){1000, 1100, 2100, 10000},
        "reading: 52 %, 1100 of 2100, 10/s, 1:41 left");
    expect(PROGRESS_ITEMS, (progress_state_t){0, 1, 7201, 1000},
        "reading: 0 %, 1 of 7201, 1/s, 2:00:01 left");
}

static void the_ends_of_the_numbers_are_lines_too(void **state)
{
    (void)state;
    expect(PROGRESS_ITEMS, (progress_state_t){0, 999999, 1000000, 0},
        "reading: 99 %, 999999 of 1000000");
    expect(
        PROGRESS_ITEMS, (progress_state_t){0, 5, 5, 1000}, "reading: 100 %, 5 of 5, 5/s");
    expect(PROGRESS_ITEMS, (progress_state_t){0, 9, 5, 1000}, // it grew meanwhile
        "reading: 100 %, 9 of 5, 9/s");
    expect(PROGRESS_ITEMS, (progress_state_t){9, 5, 10, 1000}, "reading: 50 %, 5 of 10");
    expect(PROGRESS_ITEMS, (progress_state_t){0, 1, UINT64_MAX, INT64_MAX},
        "reading: 0 %, 1 of 18446744073709551615, 0/s");
    expect(PROGRESS_BYTES, (progress_state_t){0, 999499, 0, 0}, "reading: 999 kB");
    expect(PROGRESS_BYTES, (progress_state_t){0, 999600, 0, 0}, "reading: 1.0 MB");
    expect(
        PROGRESS_BYTES, (progress_state_t){0, 0, 1, 0}, "reading: 0 %, 0.0 kB of 0.0 kB");
}

// Cut between characters, at every width.
static void it_is_no_wider_than_it_may_be(void **state)
{
    (void)state;
    progress_state_t half = {0, 1, 2, 1000};
    for (size_t width = 0; width < 60; width++) {
        buf_t out = {0};
        size_t characters = 0;
        progress_line("проверка журнала", PROGRESS_ITEMS, &half, width, &out);
        for (size_t i = 0; i < out.size; i++)
            characters += (out.data[i] & 0xC0) != 0x80;
        assert_true(characters <= width);
        assert_true(out.size == 0 || out.data[out.size - 1] < 0xC0);
        buf_destroy(&out);
    }
}

// Standard error of a unit test is a pipe or a file for all that matters here.
static void nothing_comes_where_nobody_looks(void **state)
{
    (void)state;
    int ends[2], before = dup(STDERR_FILENO);
    char byte;
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    (void)close(ends[1]);
    progress_t progress;
    progress_begin(&progress, "reading", PROGRESS_ITEMS);
    progress.next_ms = 0;
    assert_true(progress_show(&progress, 1, 2));
    progress_end(&progress);
    assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);
    (void)close(before);
    assert_int_equal(read(ends[0], &byte, 1), 0);
    (void)close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_says_how_far_it_is),
        cmocka_unit_test(the_ends_of_the_numbers_are_lines_too),
        cmocka_unit_test(it_is_no_wider_than_it_may_be),
        cmocka_unit_test(nothing_comes_where_nobody_looks),
    };
    return test_group(tests, NULL, NULL);
}
