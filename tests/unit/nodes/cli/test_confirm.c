// confirm: what is a yes, and what only begins like one.

#include "nodes/cli/confirm.h"

#include "lib/base/catalogue.h"
#include "tests/lib/test.h"

static void test_a_yes_is_whole(void **state)
{
    (void)state;
    assert_true(confirm_is_yes("yes\n"));
    assert_true(confirm_is_yes("yes\r\n"));
    assert_true(confirm_is_yes("yes"));
    static const char *const no[] = {
        "", "\n", "y\n", "ye\n", "yes, but\n", "yesterday\n", " yes\n", "no\n", NULL};
    for (size_t i = 0; no[i]; i++)
        assert_false(confirm_is_yes(no[i]));
}

static void test_it_may_be_in_the_language_spoken(void **state)
{
    (void)state;
    assert_false(confirm_is_yes("да\n"));
    assert_true(catalogue_use("ru"));
    assert_true(confirm_is_yes("да\n"));
    assert_true(confirm_is_yes("yes\n"));
    assert_false(confirm_is_yes("дa\n")); // its second letter is Latin
    assert_false(confirm_is_yes("д\n"));
    assert_false(confirm_is_yes("\n"));
    assert_true(catalogue_use("kk"));
    assert_true(confirm_is_yes("иә\n"));
    assert_false(catalogue_use("en"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_yes_is_whole),
        cmocka_unit_test(test_it_may_be_in_the_language_spoken),
    };
    return test_group(tests, NULL, NULL);
}
