// cause: what stands in front of a text, and what becomes of one that is too long.

#include "lib/base/cause.h"

#include "tests/lib/test.h"

#include <errno.h>
#include <string.h>

static void test_context_stands_in_front(void **state)
{
    (void)state;
    cause_t why;
    assert_int_equal(cause_set(&why, "unknown role '%s'", "isok"), -1);
    assert_int_equal(cause_prefix(&why, "%s:%d", "demo.rules", 14), -1);
    assert_string_equal(why.text, "demo.rules:14: unknown role 'isok'");
}

static void test_nothing_in_front_leaves_no_colon(void **state)
{
    (void)state;
    cause_t why;
    (void)cause_set(&why, "not valid before noon");
    assert_int_equal(cause_prefix(&why, "%s", ""), -1);
    assert_string_equal(why.text, "not valid before noon");
}

static void test_an_errno_has_words_behind(void **state)
{
    (void)state;
    cause_t why;
    errno = ENOSPC;
    assert_int_equal(cause_errno(&why, "%s", "journal"), -1);
    assert_string_equal(why.text, "journal: No space left on device");
}

static void test_what_is_too_long_loses_its_end(void **state)
{
    (void)state;
    cause_t why;
    char text[sizeof why.text];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    (void)cause_set(&why, "%s", text);
    (void)cause_prefix(&why, "%s", "in front");
    assert_int_equal(strlen(why.text), sizeof why.text - 1);
    assert_int_equal(strncmp(why.text, "in front: xxx", 13), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_context_stands_in_front),
        cmocka_unit_test(test_nothing_in_front_leaves_no_colon),
        cmocka_unit_test(test_an_errno_has_words_behind),
        cmocka_unit_test(test_what_is_too_long_loses_its_end),
    };
    return test_group(tests, NULL, NULL);
}
