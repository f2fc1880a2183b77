// Octets put aside, in memory and beyond it.

#include "nodes/audit/spill.h"

#include "tests/lib/test.h"

#include <stdlib.h>

static void what_was_written_is_read(void **state)
{
    (void)state;
    enum { ACROSS = SPILL_MEMORY - 3 };
    spill_health_t health = {0};
    spill_t *spill = spill_new(&health);
    char text[12] = "?";
    spill_read(spill, 5, text, sizeof text); // nothing was written
    assert_int_equal(text[0], 0);
    assert_int_equal(spill_add(spill, "first", 6), 0);
    spill_write(spill, ACROSS, "half here", 10); // and half in the file
    assert_int_equal(spill_add(spill, "behind", 7), ACROSS + 10);
    spill_read(spill, 0, text, 6);
    assert_string_equal(text, "first");
    spill_read(spill, ACROSS, text, 10);
    assert_string_equal(text, "half here");
    spill_read(spill, ACROSS + 10, text, 7);
    assert_string_equal(text, "behind");
    spill_write(spill, ACROSS + 5, "THERE", 6);
    spill_read(spill, ACROSS, text, 11);
    assert_memory_equal(text, "half THERE\0", 11);
    spill_read(spill, SPILL_MEMORY * 9, text, sizeof text);
    assert_memory_equal(text, "\0\0\0\0\0\0\0\0\0\0\0", sizeof text);
    assert_false(health.failed);
    spill_destroy(&spill);
}

// Without a folder all goes well for as long as memory does, and is a failure then.
static void what_is_lost_is_said(void **state)
{
    (void)state;
    cause_t why;
    spill_health_t health = {0};
    spill_t *spill = spill_new(&health);
    const char *before = getenv("TMPDIR");
    char kept[4096];
    (void)snprintf(kept, sizeof kept, "%s", before ? before : "");
    assert_int_equal(setenv("TMPDIR", "/nowhere/at/all", 1), 0);
    spill_write(spill, SPILL_MEMORY - 4, "here", 4);
    assert_int_equal(spill_check(&health, &why), 0);
    spill_write(spill, SPILL_MEMORY - 1, "not", 4);
    assert_int_equal(spill_check(&health, &why), -1);
    assert_non_null(strstr(why.text, "TMPDIR"));
    spill_destroy(&spill);
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
