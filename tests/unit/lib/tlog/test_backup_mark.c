// backup_mark: written, read, absent, changed.

#include "lib/base/file.h"
#include "lib/tlog/backup_mark.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

static void test_mark(void **state)
{
    (void)state;
    cause_t why;
    scratch_t scratch;
    backup_mark_t mark;
    scratch_open(&scratch);
    assert_int_equal(backup_mark_read(scratch.path, &mark, &why), 0);
    assert_int_equal(
        backup_mark_write(scratch.path, &(backup_mark_t){1790000000123, 77}, &why), 0);
    assert_int_equal(backup_mark_read(scratch.path, &mark, &why), 1);
    assert_int_equal(mark.made_ms, 1790000000123);
    assert_int_equal(mark.entries, 77);
    assert_int_equal(file_replace(scratch_at(&scratch, "backed-up"),
                         span_text("dabyl-backed-up/v1\nyesterday 77\n"), 0600, &why),
        0);
    assert_int_equal(backup_mark_read(scratch.path, &mark, &why), -1);
    scratch_close(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_mark)};
    return test_group(tests, NULL, NULL);
}
