// exercises: opened, joined, closed, each by its name.

#include "lib/message/exercises.h"

#include "tests/lib/test.h"

#define HAS(act, name, node) exercises_has(exercises, EXERCISE_##act, name, node)

static void an_exercise_is_opened_joined_and_closed(void **state)
{
    (void)state;
    exercises_t *exercises = exercises_new();
    assert_false(HAS(OPENS, "autumn", "nccis"));
    exercises_add(exercises, EXERCISE_OPENS, "autumn", "nccis");
    exercises_add(exercises, EXERCISE_OPENS, "winter", "hq");
    assert_true(HAS(OPENS, "autumn", "isoc"));
    assert_true(HAS(JOINS, "autumn", "nccis")); // who opens it takes part
    assert_false(HAS(JOINS, "autumn", "isoc"));
    assert_false(HAS(JOINS, "winter", "nccis"));
    exercises_add(exercises, EXERCISE_WITHIN, "autumn", "isoc");
    assert_false(HAS(JOINS, "autumn", "isoc"));
    exercises_add(exercises, EXERCISE_JOINS, "autumn", "isoc");
    exercises_add(exercises, EXERCISE_JOINS, "autumn", "isoc");
    assert_true(HAS(JOINS, "autumn", "isoc"));
    assert_false(HAS(JOINS, "autum", "isoc"));
    assert_false(HAS(CLOSES, "autumn", "nccis"));
    exercises_add(exercises, EXERCISE_CLOSES, "autumn", "hq");
    assert_true(HAS(CLOSES, "autumn", "nccis"));
    assert_false(HAS(JOINS, "autumn", "hq"));
    assert_false(HAS(CLOSES, "winter", "nccis"));
    exercises_destroy(&exercises);
    assert_null(exercises);
    exercises_destroy(&exercises);
}

static void many_take_part_and_all_are_forgotten(void **state)
{
    (void)state;
    exercises_t *exercises = exercises_new();
    char name[32], node[32];
    for (int i = 0; i < 100; i++)
        for (int k = 0; k < 20; k++) {
            (void)snprintf(name, sizeof name, "e%d", i);
            (void)snprintf(node, sizeof node, "n%d", i + k);
            exercises_add(exercises, k ? EXERCISE_JOINS : EXERCISE_OPENS, name, node);
        }
    assert_true(HAS(JOINS, "e0", "n19"));
    assert_false(HAS(JOINS, "e0", "n20"));
    assert_true(HAS(JOINS, "e99", "n118"));
    exercises_clear(exercises);
    assert_false(HAS(OPENS, "e99", "n99"));
    exercises_add(exercises, EXERCISE_JOINS, "e99", "n1");
    assert_false(HAS(OPENS, "e99", "n1"));
    assert_false(HAS(JOINS, "e99", "n118"));
    exercises_destroy(&exercises);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exercise_is_opened_joined_and_closed),
        cmocka_unit_test(many_take_part_and_all_are_forgotten),
    };
    return test_group(tests, NULL, NULL);
}
