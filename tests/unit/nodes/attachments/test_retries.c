// retries: pauses double for each by itself, up to a minute.

#include "nodes/attachments/retries.h"

#include "tests/lib/test.h"

static const hash_t one = {{1}}, two = {{2}};

static void pauses_double(void **state)
{
    (void)state;
    retries_t retries = {0};
    int64_t now = 5, pause = RETRIES_FIRST_MS;
    assert_true(retries_due(&retries, &one, now));
    assert_int_equal(retries_next_ms(&retries), INT64_MAX);
    for (int i = 0; i < 12; i++) {
        assert_int_equal(retries_later(&retries, &one, now), i == 0);
        assert_false(retries_due(&retries, &one, now + pause - 1));
        assert_true(retries_due(&retries, &one, now + pause));
        assert_true(retries_due(&retries, &two, now));
        assert_int_equal(retries_next_ms(&retries), now + pause);
        now += pause;
        pause = 2 * pause > RETRIES_MOST_MS ? RETRIES_MOST_MS : 2 * pause;
    }
    retries_forget(&retries, &one);
    retries_later(&retries, &one, now); // from the beginning
    assert_int_equal(retries_next_ms(&retries), now + RETRIES_FIRST_MS);
    retries_free(&retries);
}

static void each_waits_for_itself(void **state)
{
    (void)state;
    retries_t retries = {0};
    retries_later(&retries, &one, 0);
    retries_later(&retries, &one, 0);
    retries_later(&retries, &two, 0);
    assert_int_equal(retries_next_ms(&retries), RETRIES_FIRST_MS);
    assert_false(retries_due(&retries, &one, RETRIES_FIRST_MS));
    retries_hurry(&retries);
    assert_true(retries_due(&retries, &one, 0) && retries_due(&retries, &two, 0));
    retries_forget(&retries, &two);
    retries_forget(&retries, &two);
    retries_forget(&retries, &one);
    assert_int_equal(retries_next_ms(&retries), INT64_MAX);
    retries_free(&retries);
}

static void what_is_due_can_be_dropped(void **state)
{
    (void)state;
    retries_t retries = {0};
    retries_later(&retries, &one, 0);
    retries_later(&retries, &two, 1);
    retries_drop(&retries, RETRIES_FIRST_MS);
    assert_int_equal(retries_next_ms(&retries), RETRIES_FIRST_MS + 1);
    assert_true(retries_later(&retries, &one, 0));
    retries_drop(&retries, RETRIES_FIRST_MS + 1);
    assert_int_equal(retries_next_ms(&retries), INT64_MAX);
    retries_free(&retries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pauses_double),
        cmocka_unit_test(each_waits_for_itself),
        cmocka_unit_test(what_is_due_can_be_dropped),
    };
    return test_group(tests, NULL, NULL);
}
