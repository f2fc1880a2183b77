// repeats: of the same a few are said in a minute, the rest is counted and said once;
// what is too different to be told apart is one and the same.

#include "lib/base/repeats.h"

#include "tests/lib/test.h"

static uint64_t said(repeats_t *repeats, const char *what, int n, int64_t now_ms)
{
    uint64_t count = 0;
    for (int i = 0; i < n; i++)
        count += repeats_say(repeats, what, now_ms);
    return count;
}

static void the_same_is_said_a_few_times(void **state)
{
    static repeats_t repeats;
    char what[REPEATS_WHAT];
    uint64_t more;
    int64_t now = 0; // a moment like any other
    (void)state;
    assert_int_equal(said(&repeats, "a", 735, now), REPEATS_EACH);
    assert_int_equal(said(&repeats, "b", 3, now), 3);
    assert_false(repeats_take(&repeats, now + REPEATS_MS - 1, what, &more));
    assert_int_equal(
        said(&repeats, "a", 1, now + REPEATS_MS), 0); // the count comes first
    assert_true(repeats_take(&repeats, now + REPEATS_MS, what, &more));
    assert_string_equal(what, "a");
    assert_int_equal(more, 735 - REPEATS_EACH + 1);
    assert_false(repeats_take(&repeats, now + REPEATS_MS, what, &more));
    assert_int_equal(said(&repeats, "a", 20, now + REPEATS_MS), REPEATS_EACH);
    assert_int_equal(said(&repeats, "b", 20, now + REPEATS_MS), REPEATS_EACH);
}

// Nothing is lost but by being counted, however many different there are.
static void every_one_is_said_or_counted(void **state)
{
    static repeats_t repeats;
    char what[REPEATS_WHAT];
    uint64_t seed = 6, more, told = 0, all = 0;
    int64_t now = -5000;
    (void)state;
    for (int i = 0; i < 100000; i++) {
        char name[300];
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        int size = (int)(seed >> 60) * 16;
        (void)snprintf(name, sizeof name, "%0*d", size + 1, (int)((seed >> 40) % 600));
        now += (int64_t)(seed >> 33) % 20;
        told += repeats_say(&repeats, name, now);
        all++;
        while (repeats_take(&repeats, now, what, &more))
            told += more;
    }
    now += REPEATS_MS;
    while (repeats_take(&repeats, now, what, &more))
        told += more;
    assert_int_equal(told, all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_is_said_a_few_times),
        cmocka_unit_test(every_one_is_said_or_counted),
    };
    return test_group(tests, NULL, NULL);
}
