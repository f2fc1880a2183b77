// A body that goes into a file: its hash and size are those of what came, it is gone when
// nobody moved it away, and what does not fit is refused before it is begun.

#include "tests/lib/scratch.h"
#include "tests/lib/test.h"
#include "web/http/handed.h"

static scratch_t scratch;
static cause_t why;

static void what_came_is_hashed_and_removed(void **state)
{
    (void)state;
    handed_t handed;
    hash_t hash, wanted;
    assert_int_equal(handed_open(&handed, scratch.path, 5, &why), 0);
    handed_take(&handed, span_text("al"));
    handed_take(&handed, span_text(""));
    handed_take(&handed, span_text("arm"));
    assert_int_equal(handed_end(&handed, &hash, &why), 0);
    sha256(span_text("alarm"), &wanted);
    assert_true(hash_equal(&hash, &wanted));
    assert_int_equal(handed.size, 5);
    assert_int_equal(access(handed.path, R_OK), 0);
    handed_close(&handed);
    assert_int_equal(access(handed.path, R_OK), -1);
    handed_close(&handed);
}

static void what_was_moved_away_stays(void **state)
{
    (void)state;
    handed_t handed;
    assert_int_equal(handed_open(&handed, scratch.path, 1, &why), 0);
    handed_take(&handed, span_text("x"));
    assert_int_equal(rename(handed.path, scratch_at(&scratch, "kept")), 0);
    handed_close(&handed);
    assert_int_equal(access(scratch_at(&scratch, "kept"), R_OK), 0);
}

static void what_does_not_fit_is_not_begun(void **state)
{
    (void)state;
    handed_t handed;
    assert_int_equal(handed_open(&handed, scratch.path, UINT64_MAX, &why), -1);
    assert_non_null(strstr(why.text, strerror(ENOSPC)));
    handed_close(&handed);
    assert_int_equal(handed_open(&handed, scratch_at(&scratch, "nowhere"), 1, &why), -1);
    handed_close(&handed);
}

static int set_up(void **state)
{
    (void)state;
    scratch_in_memory();
    scratch_open(&scratch);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_came_is_hashed_and_removed),
        cmocka_unit_test(what_was_moved_away_stays),
        cmocka_unit_test(what_does_not_fit_is_not_begun),
    };
    return test_group(tests, set_up, tear_down);
}
