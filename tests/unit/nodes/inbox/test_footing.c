// footing: which folders a node may start with.

#include "nodes/inbox/footing.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <sodium.h>

static cause_t why;
static scratch_t scratch;
static const char *const marks[] = {"state/.dabyl", "inbox/.dabyl", "sent/.dabyl"};

static int set_up(void **unused)
{
    (void)unused;
    assert_true(sodium_init() >= 0);
    scratch_open(&scratch);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    scratch_close(&scratch);
    return 0;
}

static void put(const char *name, const char *text)
{
    if (text)
        assert_int_equal(
            file_replace(scratch_at(&scratch, name), span_text(text), 0600, &why), 0);
    else
        (void)unlink(scratch_at(&scratch, name));
}

static void a_node_begins_once(void **unused)
{
    (void)unused;
    buf_t word[3] = {{0}};
    assert_int_equal(footing_check(scratch.path, &why), 0);
    assert_int_equal(footing_take(scratch.path, &why), 0);
    assert_int_equal(footing_take(scratch.path, &why), 0);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(
            file_read(scratch_at(&scratch, marks[i]), 64, &word[i], &why), 0);
    assert_true(span_equal(buf_span(&word[0]), buf_span(&word[1])));
    assert_true(span_equal(buf_span(&word[0]), buf_span(&word[2])));
    for (size_t i = 0; i < 3; i++) { // any of them empty: not mounted
        put(marks[i], NULL);
        assert_int_equal(footing_check(scratch.path, &why), -1);
        assert_int_equal(footing_take(scratch.path, &why), -1);
        assert_non_null(strstr(why.text, "mount"));
        put(marks[i], buf_text(&word[i]));
        assert_int_equal(footing_take(scratch.path, &why), 0);
    }
    for (size_t i = 0; i < 3; i++)
        buf_destroy(&word[i]);
}

// Of every way in which the three can be marked only those start that a node leaves
// behind, or a crash of its first start.
static void every_combination(void **unused)
{
    (void)unused;
    static const char *const texts[] = {
        NULL, "11111111111111111111111111111111\n", "22222222222222222222222222222222\n"};
    static const char begun[] = "new 11111111111111111111111111111111\n";
    assert_int_equal(footing_take(scratch.path, &why), 0); // makes the folders
    for (unsigned i = 0; i < 4 * 3 * 3; i++) {
        const char *state = i % 4 == 3 ? begun : texts[i % 4];
        const char *inbox = texts[i / 4 % 3], *sent = texts[i / 12];
        bool good =
            state == begun || (state ? inbox == state && sent == state : !inbox && !sent);
        put(marks[0], state);
        put(marks[1], inbox);
        put(marks[2], sent);
        assert_true((footing_check(scratch.path, &why) == 0) == good);
        assert_true((footing_take(scratch.path, &why) == 0) == good);
        if (good) // and then it stands
            assert_int_equal(footing_take(scratch.path, &why), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_node_begins_once),
        TEST(every_combination),
    };
    return test_group(tests, NULL, NULL);
}
