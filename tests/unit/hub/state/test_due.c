// due: the soonest is always first, and of one moment the first in order, whatever is
// moved or taken out; held against a walk over everything.

#include "hub/state/due.h"

#include "tests/lib/test.h"

enum { NUMBERS = 200, STEPS = 40000 };

static void the_soonest_is_first(void **state)
{
    due_t *due = due_new();
    int64_t at[NUMBERS];
    unsigned seed = 3;
    (void)state;
    for (size_t i = 0; i < NUMBERS; i++)
        at[i] = DUE_NEVER;
    for (int step = 0; step < STEPS; step++) {
        seed = seed * 1103515245u + 12345u;
        size_t number = (seed >> 8) % NUMBERS, first = 0, found;
        int64_t at_ms;
        at[number] = (seed >> 18) % 4 == 0 ? DUE_NEVER : (int64_t)((seed >> 20) % 90) - 9;
        due_set(due, number, at[number], NUMBERS - number); // the later number goes first
        for (size_t i = 0; i < NUMBERS; i++)
            if (at[i] <= at[first])
                first = i;
        bool any = due_first(due, &found, &at_ms);
        assert_int_equal(any, at[first] != DUE_NEVER);
        if (any) {
            assert_int_equal(at_ms, at[first]);
            assert_int_equal(found, first);
        }
    }
    due_destroy(&due);
    due_destroy(&due);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_soonest_is_first),
    };
    return test_group(tests, NULL, NULL);
}
