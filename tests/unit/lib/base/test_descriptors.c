// descriptors: that there are enough is said when there are, and none is lost by asking.

#include "lib/base/descriptors.h"

#include "tests/lib/few.h"
#include "tests/lib/test.h"

#include <string.h>

static void says_whether_so_many_are_left(void **state)
{
    (void)state;
    cause_t why;
    few_t few = few_descriptors(10);
    for (size_t n = 0; n <= DESCRIPTORS_MOST; n++) {
        why.text[0] = 0;
        int result = descriptors_left(n, &why);
        assert_int_equal(result, n <= 10 ? 0 : -1);
        if (n > 10)
            assert_non_null(strstr(why.text, "Too many open files"));
    }
    assert_int_equal(descriptors_left(10, &why), 0); // none was kept
    few_no_more(&few);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(says_whether_so_many_are_left)};
    return test_group(tests, NULL, NULL);
}
