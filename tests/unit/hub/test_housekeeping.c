// housekeeping: steps of the wall clock, room that goes and comes back, and when it is
// time to look at what is slow: told once each, by numbers alone.

#include "hub/housekeeping.h"

#include "tests/lib/test.h"

enum { TOLERATED = 500 };
static const now_t start = {INT64_C(1795348800000), 70000};

static now_t after(int64_t wall_ms, int64_t monotonic_ms)
{
    return (now_t){start.wall_ms + wall_ms, start.monotonic_ms + monotonic_ms};
}

static housekeeping_t begin(void)
{
    housekeeping_t watch = {0};
    housekeeping_begin(&watch, start);
    return watch;
}

static int64_t step(housekeeping_t *watch, int64_t wall_ms, int64_t monotonic_ms)
{
    return housekeeping_turn(watch, after(wall_ms, monotonic_ms), false, TOLERATED)
        .step_ms;
}

static void a_step_is_told_once_and_either_way(void **state)
{
    (void)state;
    housekeeping_t watch = begin();
    assert_int_equal(step(&watch, 0, 0), 0);
    assert_int_equal(step(&watch, 90000, 90000), 0); // time passed
    assert_int_equal(step(&watch, 90000 + TOLERATED, 90000), 0);
    assert_int_equal(step(&watch, 90000 + TOLERATED + 1, 90000), TOLERATED + 1);
    assert_int_equal(step(&watch, 91000 + TOLERATED + 1, 91000), 0);
    assert_int_equal(step(&watch, 91000 + 1 - 3600000, 91000), -3600000 - TOLERATED);
    assert_int_equal(step(&watch, 92000 + 1 - 3600000, 92000), 0);
}

// What drifts too slowly to be seen adds up until it is a step.
static void drift_adds_up(void **state)
{
    (void)state;
    housekeeping_t watch = begin();
    for (int64_t i = 1; i <= TOLERATED; i++)
        assert_int_equal(step(&watch, 1001 * i, 1000 * i), 0);
    assert_int_equal(
        step(&watch, 1001 * (TOLERATED + 1), 1000 * (TOLERATED + 1)), TOLERATED + 1);
}

static void room_is_told_when_it_changes(void **state)
{
    (void)state;
    static const struct {
        bool full;
        room_t room;
    } turns[] = {{false, ROOM_AS_BEFORE}, {true, ROOM_GONE}, {true, ROOM_AS_BEFORE},
        {false, ROOM_BACK}, {false, ROOM_AS_BEFORE}};
    housekeeping_t watch = begin();
    for (size_t i = 0; i < sizeof turns / sizeof turns[0]; i++) {
        assert_int_equal(housekeeping_turn(&watch, start, turns[i].full, TOLERATED).room,
            turns[i].room);
        assert_int_equal(watch.full, turns[i].full);
    }
    watch.full = true; // a batch met the end of the disk before the next look
    assert_int_equal(
        housekeeping_turn(&watch, start, true, TOLERATED).room, ROOM_AS_BEFORE);
    assert_int_equal(housekeeping_turn(&watch, start, false, TOLERATED).room, ROOM_BACK);
}

static bool slow(housekeeping_t *watch, int64_t monotonic_ms)
{
    return housekeeping_turn(watch, after(monotonic_ms, monotonic_ms), false, TOLERATED)
        .slow;
}

static void what_is_slow_is_looked_at_now_and_then(void **state)
{
    (void)state;
    housekeeping_t watch = begin();
    assert_true(slow(&watch, 0)); // at once after the start
    assert_false(slow(&watch, HOUSEKEEPING_MS - 1));
    assert_true(slow(&watch, HOUSEKEEPING_MS));
    assert_false(slow(&watch, HOUSEKEEPING_MS + 1));
    assert_true(slow(&watch, 9 * HOUSEKEEPING_MS));
    assert_false(slow(&watch, 10 * HOUSEKEEPING_MS - 1));
}

static void certificates_wait_an_hour_or_until_they_are_new(void **state)
{
    (void)state;
    housekeeping_t watch = begin();
    assert_true(housekeeping_certificates(&watch, after(0, 0)));
    assert_false(
        housekeeping_certificates(&watch, after(0, HOUSEKEEPING_CERTIFICATES_MS - 1)));
    // The wall clock has no say in it.
    assert_false(
        housekeeping_certificates(&watch, after(9 * HOUSEKEEPING_CERTIFICATES_MS, 1)));
    assert_true(
        housekeeping_certificates(&watch, after(0, HOUSEKEEPING_CERTIFICATES_MS)));
    assert_false(
        housekeeping_certificates(&watch, after(0, HOUSEKEEPING_CERTIFICATES_MS + 1)));
    housekeeping_certificates_soon(&watch);
    assert_true(
        housekeeping_certificates(&watch, after(0, HOUSEKEEPING_CERTIFICATES_MS + 1)));
}

static void a_start_before_the_last_entry_is_refused(void **state)
{
    (void)state;
    cause_t why = {""};
    assert_int_equal(housekeeping_check(start, 0, &why), 0); // no entry yet
    assert_int_equal(housekeeping_check(start, start.wall_ms, &why), 0);
    assert_int_equal(housekeeping_check(start, start.wall_ms + 1, &why), -1);
    assert_non_null(strstr(why.text, "the clock says 2026-11-22T12:00:00.000Z, before "
                                     "the last entry at 2026-11-22T12:00:00.001Z"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_start_before_the_last_entry_is_refused),
        cmocka_unit_test(a_step_is_told_once_and_either_way),
        cmocka_unit_test(drift_adds_up),
        cmocka_unit_test(room_is_told_when_it_changes),
        cmocka_unit_test(what_is_slow_is_looked_at_now_and_then),
        cmocka_unit_test(certificates_wait_an_hour_or_until_they_are_new),
    };
    return test_group(tests, NULL, NULL);
}
