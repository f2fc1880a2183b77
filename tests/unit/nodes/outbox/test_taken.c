// taken: a take says when it was made and what the file was called, and no name that
// somebody else put there passes for one.

#include "nodes/outbox/taken.h"

#include "tests/lib/test.h"

#define MS "0192f0c1abcd"
#define RANDOM "00112233445566778899aabbccddeeff"
#define BATCH MS "-" RANDOM

static void a_batch_tells_the_moment_and_is_never_made_twice(void **state)
{
    (void)state;
    char one[TAKEN_BATCH], other[TAKEN_BATCH];
    taken_new_batch(0x0192f0c1abcd, one);
    taken_new_batch(0x0192f0c1abcd, other);
    assert_true(taken_is_batch(one));
    assert_true(taken_is_batch(other));
    assert_memory_equal(one, MS "-", strlen(MS "-"));
    assert_string_not_equal(one, other);
}

static void a_take_gives_back_what_it_was_made_of(void **state)
{
    (void)state;
    const char *take = BATCH "/order 1.json";
    char batch[TAKEN_BATCH];
    assert_true(taken_is_valid(take));
    assert_string_equal(taken_name(take), "order 1.json");
    assert_true(taken_ms(take) == 0x0192f0c1abcd);
    taken_batch(take, batch);
    assert_string_equal(batch, BATCH);
}

static void each_take_has_a_seed_of_its_own(void **state)
{
    (void)state;
    hash_t one, again, other;
    taken_seed(BATCH "/a.json", &one);
    taken_seed(BATCH "/a.json", &again);
    taken_seed(BATCH "/b.json", &other);
    assert_memory_equal(&one, &again, sizeof one);
    assert_memory_not_equal(&one, &other, sizeof one);
}

static void nothing_else_is_a_take(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "a.json",
        BATCH,
        BATCH "/",
        BATCH "x/a.json",
        BATCH "/a/b.json",
        "../" BATCH "/a.json",
        MS "_" RANDOM "/a.json",
        "0192F0C1ABCD-" RANDOM "/a.json",
        MS "-"
           "g0112233445566778899aabbccddeeff/a.json",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(taken_is_valid(bad[i]));
    assert_false(taken_is_batch("0192f0c1abcd"));
    assert_false(taken_is_batch(BATCH "0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_batch_tells_the_moment_and_is_never_made_twice),
        cmocka_unit_test(a_take_gives_back_what_it_was_made_of),
        cmocka_unit_test(each_take_has_a_seed_of_its_own),
        cmocka_unit_test(nothing_else_is_a_take),
    };
    return test_group(tests, NULL, NULL);
}
