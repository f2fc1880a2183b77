// moment: over all extremes the arithmetic is that of whole numbers, cut at the ends of
// the range; nothing overflows (this runs under the sanitizer), and never is never due.

#include "lib/base/moment.h"

#include "tests/lib/test.h"

#include <limits.h>

static const int64_t extremes[] = {INT64_MIN, INT64_MIN + 1, INT64_MIN / 2, -1000, -1, 0,
    1, 999, INT_MAX, (int64_t)INT_MAX + 1, INT64_C(1795348800000), INT64_MAX / 2,
    INT64_MAX - 1, INT64_MAX};
enum { EXTREMES = sizeof extremes / sizeof extremes[0] };

static int64_t cut(__int128 exact)
{
    return exact > INT64_MAX ? INT64_MAX : exact < INT64_MIN ? INT64_MIN : (int64_t)exact;
}

static void pair_is_right(int64_t a, int64_t b)
{
    bool fixed = a == MOMENT_NEVER || a == MOMENT_PAST;
    assert_true(moment_after(a, b) == (fixed ? a : cut((__int128)a + b)));
    assert_true(moment_between(a, b) == cut((__int128)b - a));
    assert_true(moment_span(a, b) == cut((__int128)a * b));
    __int128 left = a == MOMENT_NEVER ? MOMENT_NEVER : (__int128)a - b;
    left = left < 0 ? 0 : left;
    assert_true(moment_left(a, b) == cut(left));
    assert_int_equal(moment_due(a, b), a != MOMENT_NEVER && a <= b);
    assert_int_equal(moment_poll(a, b), a == MOMENT_NEVER ? -1
                                        : left < INT_MAX  ? (int)left
                                                          : INT_MAX);
    int64_t due = a;
    moment_sooner(&due, b);
    assert_true(due == (a < b ? a : b));
}

static void extremes_are_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXTREMES; i++)
        for (size_t j = 0; j < EXTREMES; j++)
            pair_is_right(extremes[i], extremes[j]);
}

static void what_is_due_is_not_waited_for(void **state)
{
    (void)state;
    for (size_t i = 0; i < EXTREMES; i++)
        for (size_t j = 0; j < EXTREMES; j++) {
            bool due = moment_due(extremes[i], extremes[j]);
            assert_int_equal(due, moment_left(extremes[i], extremes[j]) == 0);
            assert_int_equal(due, moment_poll(extremes[i], extremes[j]) == 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(extremes_are_cut),
        cmocka_unit_test(what_is_due_is_not_waited_for),
    };
    return test_group(tests, NULL, NULL);
}
