// quota: each owner within its share, all within the total, and never below nothing.

#include "lib/blob/quota.h"

#include "tests/lib/test.h"

static void an_owner_has_a_share_and_all_have_the_total(void **state)
{
    (void)state;
    quota_t *quota = quota_new(100, 60);
    quota_count(quota, "a", 50, 0);
    assert_int_equal(quota_room(quota, "a", 10), QUOTA_ROOM);
    assert_int_equal(quota_room(quota, "a", 11), QUOTA_SHARE);
    assert_int_equal(quota_room(quota, "a", UINT64_MAX), QUOTA_SHARE);
    assert_int_equal(quota_room(quota, "b", 50), QUOTA_ROOM);
    assert_int_equal(quota_room(quota, "b", 51), QUOTA_TOTAL);
    assert_int_equal(quota_room(quota, "b", 61), QUOTA_SHARE);
    quota_count(quota, "", 40, 0); // nobody's
    assert_int_equal(quota_room(quota, "b", 11), QUOTA_TOTAL);
    quota_count(quota, "a", 0, 50);
    assert_int_equal(quota_room(quota, "a", 60), QUOTA_ROOM);
    quota_count(quota, "a", 0, 1000); // whatever others did to the files
    assert_int_equal(quota_room(quota, "a", 60), QUOTA_ROOM);
    assert_int_equal(quota_room(quota, "a", 61), QUOTA_SHARE);
    quota_count(quota, "a", 70, 0); // the share was made smaller
    assert_int_equal(quota_room(quota, "a", 0), QUOTA_SHARE);
    quota_clear(quota);
    assert_int_equal(quota_room(quota, "a", 60), QUOTA_ROOM);
    quota_destroy(&quota);
    quota_destroy(&quota);
}

static void without_a_share_the_total_counts(void **state)
{
    (void)state;
    quota_t *quota = quota_new(100, 0);
    assert_int_equal(quota_room(quota, "a", 100), QUOTA_ROOM);
    assert_int_equal(quota_room(quota, "a", 101), QUOTA_TOTAL);
    assert_int_equal(quota_room(quota, "", 101), QUOTA_TOTAL);
    quota_destroy(&quota);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_owner_has_a_share_and_all_have_the_total),
        cmocka_unit_test(without_a_share_the_total_counts),
    };
    return test_group(tests, NULL, NULL);
}
