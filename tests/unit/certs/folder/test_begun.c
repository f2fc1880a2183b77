// begun: what was written down is found again as it was written down, until it is crossed
// out.

#include "certs/folder/begun.h"
#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <unistd.h>

static scratch_t scratch;
static cause_t why;
static const int64_t now_ms = 1795348800000; // 2026-11-22T12:00:00Z

static const char *at(const char *name)
{
    return scratch_at(&scratch, name);
}

static void put(const char *text)
{
    assert_int_equal(file_replace(at("begun"), span_text(text), 0600, &why), 0);
}

static void nothing_is_owed_without_a_file(void **state)
{
    (void)state;
    begun_t owed;
    assert_int_equal(begun_read(&owed, at("none"), &why), 0);
    assert_int_equal(owed.n, 0);
    assert_null(begun_find(&owed, "renew isoc-energy"));
    assert_int_equal(begun_write(&owed, at("none"), &why), 0);
    assert_int_not_equal(access(at("none"), F_OK), 0);
}

static void what_was_written_comes_back(void **state)
{
    (void)state;
    begun_t owed = {0}, again;
    begun_add(&owed, "renew isoc-energy", now_ms);
    begun_add(&owed, "crl --out a folder", now_ms + 1);
    begun_add(&owed, "renew isoc-energy", now_ms + 2); // it is as old as it is
    assert_int_equal(owed.n, 2);
    assert_int_equal(begun_write(&owed, at("begun"), &why), 0);
    assert_int_equal(begun_read(&again, at("begun"), &why), 0);
    assert_int_equal(again.n, 2);
    assert_int_equal(begun_find(&again, "renew isoc-energy")->since_ms, now_ms);
    assert_int_equal(begun_find(&again, "crl --out a folder")->since_ms, now_ms + 1);
    assert_null(begun_find(&again, "renew"));
    begun_drop(&again, "nothing of this");
    begun_drop(&again, "renew isoc-energy");
    begun_drop(&again, "crl --out a folder");
    assert_int_equal(again.n, 0);
    assert_int_equal(begun_write(&again, at("begun"), &why), 0);
    assert_int_not_equal(access(at("begun"), F_OK), 0);
    begun_free(&owed);
    begun_free(&again);
}

static void a_damaged_line_is_named(void **state)
{
    (void)state;
    static const char *const bad[] = {"2026-11-22T12:00:00Z", "2026-11-22T12:00:00Z \n",
        "yesterday renew isoc-energy\n", "\n", "2026-11-22T12:00:00Z renew"};
    begun_t owed;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        put(bad[i]);
        assert_int_equal(begun_read(&owed, at("begun"), &why), -1);
        assert_non_null(strstr(why.text, ":1: damaged line"));
        assert_int_equal(owed.n, 0);
    }
}

static int set_up(void **state)
{
    (void)state;
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
        cmocka_unit_test(nothing_is_owed_without_a_file),
        cmocka_unit_test(what_was_written_comes_back),
        cmocka_unit_test(a_damaged_line_is_named),
    };
    return test_group(tests, set_up, tear_down);
}
