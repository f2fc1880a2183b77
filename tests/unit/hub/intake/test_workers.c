// workers: every item is worked on once, and is done when the call returns.

#include "hub/intake/workers.h"

#include "tests/lib/test.h"

#include <stdatomic.h>

enum { ITEMS = 1003 };

static atomic_uint worked[ITEMS];

static void work(void *context, size_t i)
{
    (void)context;
    atomic_fetch_add(&worked[i], 1);
}

static void each_is_worked_on_once(unsigned threads, size_t n, size_t alone)
{
    workers_t *workers = workers_new(threads);
    for (int round = 0; round < 200; round++) {
        memset(worked, 0, sizeof worked);
        workers_each(workers, n, alone, work, NULL);
        for (size_t i = 0; i < ITEMS; i++)
            if (worked[i] != (i < n))
                fail_msg("item %zu of %zu: %u times", i, n, worked[i]);
    }
    workers_destroy(&workers);
    assert_null(workers);
    workers_destroy(&workers);
}

static void whatever_the_number_of_threads(void **state)
{
    (void)state;
    for (unsigned threads = 0; threads < 5; threads++) {
        each_is_worked_on_once(threads, ITEMS, 8);
        each_is_worked_on_once(threads, 7, 8); // the caller alone
        each_is_worked_on_once(threads, 8, 8);
        each_is_worked_on_once(threads, 0, 0);
    }
}

static void set(void *context, size_t i)
{
    (void)i;
    atomic_fetch_add((atomic_uint *)context, 1);
}

static void work_on_the_side_is_done_when_joined(void **state)
{
    (void)state;
    for (unsigned threads = 0; threads < 3; threads++) {
        workers_t *workers = workers_new(threads);
        atomic_uint done = 0;
        for (unsigned round = 1; round <= 2000; round++) {
            workers_start(workers, set, &done);
            workers_join(workers);
            assert_int_equal(atomic_load(&done), round);
        }
        workers_destroy(&workers);
    }
}

static void both_kinds_of_work_take_turns(void **state)
{
    (void)state;
    workers_t *workers = workers_new(2);
    atomic_uint done = 0;
    for (unsigned round = 1; round <= 200; round++) {
        memset(worked, 0, sizeof worked);
        workers_each(workers, ITEMS, 1, work, NULL);
        workers_start(workers, set, &done);
        workers_join(workers);
        for (size_t i = 0; i < ITEMS; i++)
            assert_int_equal(worked[i], 1);
        assert_int_equal(atomic_load(&done), round);
    }
    workers_destroy(&workers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_the_number_of_threads),
        cmocka_unit_test(work_on_the_side_is_done_when_joined),
        cmocka_unit_test(both_kinds_of_work_take_turns),
    };
    return test_group(tests, NULL, NULL);
}
