// Octets put aside, in memory and beyond it.

#include "nodes/audit/scratch.h"

#include "tests/lib/test.h"

#include <stdlib.h>

static void what_was_written_is_read(void **state)
{
    (void)state;
    enum { ACROSS = SCRATCH_MEMORY - 3 };
    scratch_health_t health = {0};
    scratch_t *scratch = scratch_new(&health);
    char text[12] = "?";
    scratch_read(scratch, 5, text, sizeof text); // nothing was written
    assert_int_equal(text[0], 0);
    assert_int_equal(scratch_add(scratch, "first", 6), 0);
    scratch_write(scratch, ACROSS, "half here", 10); // and half in the file
    assert_int_equal(scratch_add(scratch, "behind", 7), ACROSS + 10);
    scratch_read(scratch, 0, text, 6);
    assert_string_equal(text, "first");
    scratch_read(scratch, ACROSS, text, 10);
    assert_string_equal(text, "half here");
    scratch_read(scratch, ACROSS + 10, text, 7);
    assert_string_equal(text, "behind");
    scratch_write(scratch, ACROSS + 5, "THERE", 6);
    scratch_read(scratch, ACROSS, text, 11);
    assert_memory_equal(text, "half THERE\0", 11);
    scratch_read(scratch, SCRATCH_MEMORY * 9, text, sizeof text);
    assert_memory_equal(text, "\0\0\0\0\0\0\0\0\0\0\0", sizeof text);
    assert_false(health.failed);
    scratch_destroy(&scratch);
}

// Without a folder all goes well for as long as memory does, and is a failure then.
static void what_is_lost_is_said(void **state)
{
    (void)state;
    cause_t why;
    scratch_health_t health = {0};
    scratch_t *scratch = scratch_new(&health);
    const char *before = getenv("TMPDIR");
    char kept[4096];
    (void)snprintf(kept, sizeof kept, "%s", before ? before : "");
    assert_int_equal(setenv("TMPDIR", "/nowhere/at/all", 1), 0);
    scratch_write(scratch, SCRATCH_MEMORY - 4, "here", 4);
    assert_int_equal(scratch_check(&health, &why), 0);
    scratch_write(scratch, SCRATCH_MEMORY - 1, "not", 4);
    assert_int_equal(scratch_check(&health, &why), -1);
    assert_non_null(strstr(why.text, "TMPDIR"));
    scratch_destroy(&scratch);
    assert_int_equal(before ? setenv("TMPDIR", kept, 1) : unsetenv("TMPDIR"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_written_is_read),
        cmocka_unit_test(what_is_lost_is_said),
    };
    return test_group(tests, NULL, NULL);
}
