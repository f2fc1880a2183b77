// announced: what the daemon writes the tools read, behind what is stored; whatever else
// lies there announces nothing.

#include "nodes/inbox/announced.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

static scratch_t scratch;
static cause_t why;

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    return folder_make(scratch_at(&scratch, "state"), 0700, &why);
}

static int tear_down(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

static const ahead_t all = {7, 4,
    {{41, 4, 0, 0}, {121, 5, AHEAD_OWED, 90000}, {122, 0, AHEAD_OWED, 60000},
        {130, 5, AHEAD_OWED | AHEAD_PLAYED, 0}}};

static void what_is_written_is_read(void **state)
{
    (void)state;
    ahead_t ahead;
    assert_int_equal(announced_write(scratch.path, &all, &why), 0);
    announced_read(scratch.path, 0, &ahead);
    assert_int_equal(ahead.n, all.n);
    assert_int_equal(ahead.more, all.more);
    for (size_t i = 0; i < all.n; i++) {
        assert_int_equal(ahead.item[i].number, all.item[i].number);
        assert_int_equal(ahead.item[i].level, all.item[i].level);
        assert_int_equal(ahead.item[i].marks, all.item[i].marks);
        assert_int_equal(ahead.item[i].due_ms, all.item[i].due_ms);
    }
    announced_read(scratch.path, 121, &ahead); // what is stored by now
    assert_int_equal(ahead.n, 2);
    assert_int_equal(ahead.item[0].number, 122);
}

static void as_many_as_a_frame_holds(void **state)
{
    (void)state;
    ahead_t ahead, many = {.n = AHEAD_MAX, .more = UINT32_MAX};
    for (size_t i = 0; i < many.n; i++)
        many.item[i] = (ahead_item_t){UINT64_MAX - AHEAD_MAX + i, 9,
            AHEAD_OWED | AHEAD_PLAYED, INT64_C(1795347570123)};
    assert_int_equal(announced_write(scratch.path, &many, &why), 0);
    announced_read(scratch.path, 0, &ahead);
    assert_int_equal(ahead.n, AHEAD_MAX);
    assert_int_equal(ahead.more, UINT32_MAX);
}

static void a_sum_is_of_what_is_real(void **state)
{
    (void)state;
    announced_t sum = announced_sum(&all);
    assert_int_equal(sum.numbers, 11);
    assert_int_equal(sum.exercises, 1);
    assert_int_equal(sum.level, 5);
    assert_true(sum.owed);
    assert_int_equal(sum.due_ms, 60000);
    const ahead_t played = {0, 1, {{3, 5, AHEAD_OWED | AHEAD_PLAYED, 9}}};
    sum = announced_sum(&played);
    assert_int_equal(sum.level, 0);
    assert_false(sum.owed);
}

static void what_is_cleared_is_gone(void **state)
{
    (void)state;
    ahead_t ahead;
    assert_int_equal(announced_clear(scratch.path, &why), 0); // there is none
    assert_int_equal(announced_write(scratch.path, &all, &why), 0);
    assert_int_equal(announced_clear(scratch.path, &why), 0);
    announced_read(scratch.path, 0, &ahead);
    assert_int_equal(ahead.n + ahead.more, 0);
}

static void another_file_announces_nothing(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "\n", "41", "41 4", "41 4\n", "41 4 -\n",
        "41 4 - real", "x 4 - real\n", "41 999 - real\n", "41 4 soon real\n",
        "41 4 - other\n", "more\n", "more x\n", "more 4294967296\n"};
    ahead_t ahead;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(file_replace(scratch_at(&scratch, "state/ahead"),
                             span_text(bad[i]), 0644, &why),
            0);
        announced_read(scratch.path, 0, &ahead);
        assert_int_equal(ahead.n + ahead.more, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_written_is_read),
        TEST(as_many_as_a_frame_holds),
        TEST(a_sum_is_of_what_is_real),
        TEST(what_is_cleared_is_gone),
        TEST(another_file_announces_nothing),
    };
    return test_group(tests, NULL, NULL);
}
