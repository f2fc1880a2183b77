// folder: paths are put together and taken apart, all names in one are seen, and whether
// one will do is known before anything is put there.

#include "lib/base/folder.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

static cause_t why;
static scratch_t scratch;

static int setup(void **state)
{
    (void)state;
    scratch_open(&scratch);
    assert_int_equal(folder_make(scratch_at(&scratch, "there"), 0700, &why), 0);
    assert_int_equal(
        file_replace(scratch_at(&scratch, "file"), span_text("x"), 0600, &why), 0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

static void one_that_is_not_there_is_judged_by_the_one_above(void **state)
{
    (void)state;
    static const char *const good[] = {"there", "there/a", "there/a/b/c", "."};
    static const char *const bad[] = {"file", "file/a", "file/a/b"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_int_equal(folder_check(scratch_at(&scratch, good[i]), &why), 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(folder_check(scratch_at(&scratch, bad[i]), &why), -1);
        assert_non_null(strstr(why.text, "file"));
    }
    assert_int_equal(folder_check("", &why), -1);
    assert_int_not_equal(access(scratch_at(&scratch, "there/a"), F_OK), 0);
}

static void a_socket_needs_a_short_path_and_a_folder_of_ones_own(void **state)
{
    (void)state;
    char name[256];
    for (size_t size = 100; size < 116; size++) {
        (void)snprintf(name, sizeof name, "%s/", scratch_at(&scratch, "there"));
        while (strlen(name) < size)
            (void)strcat(name, "x");
        int expected = size <= 107 ? 0 : -1;
        assert_int_equal(folder_check_socket(name, &why), expected);
    }
    assert_non_null(strstr(why.text, "at most 107 bytes"));
    assert_int_equal(chmod(scratch_at(&scratch, "there"), 0750), 0);
    assert_int_equal(folder_check_socket(scratch_at(&scratch, "there/s"), &why), -1);
    assert_non_null(strstr(why.text, "chmod 700"));
}

static void a_path_that_does_not_fit_is_no_path(void **state)
{
    (void)state;
    char path[8], folder[PATH_MAX];
    assert_int_equal(path_join(path, sizeof path, "abc", "def", &why), 0);
    assert_string_equal(path, "abc/def");
    assert_int_equal(path_join(path, sizeof path, "abc", "defg", &why), -1);
    assert_int_equal(path_folder("a/b/c", folder, &why), 0);
    assert_string_equal(folder, "a/b");
    assert_int_equal(path_folder("c", folder, &why), 0);
    assert_string_equal(folder, ".");
}

static void see_name(void *context, int folder, const char *name)
{
    size_t *seen = context;
    assert_int_equal(faccessat(folder, name, F_OK, 0), 0);
    assert_true(strcmp(name, "there") == 0 || strcmp(name, "file") == 0 ||
                strcmp(name, ".hidden") == 0);
    (*seen)++;
}

static void each_name_is_seen_once_and_again_when_asked_again(void **state)
{
    (void)state;
    size_t seen = 0;
    assert_int_equal(folder_make(scratch_at(&scratch, ".hidden"), 0700, &why), 0);
    int folder = folder_open(scratch_at(&scratch, ""), &why);
    assert_true(folder >= 0);
    assert_int_equal(folder_each(folder, see_name, &seen), 0);
    assert_int_equal(seen, 3);
    assert_int_equal(folder_each(folder, see_name, &seen), 0);
    assert_int_equal(seen, 6);
    assert_int_equal(close(folder), 0);
    assert_int_equal(folder_each(folder, see_name, &seen), -1);
    assert_int_equal(seen, 6);
}

static void all_of_it_is_removed(void **state)
{
    (void)state;
    assert_int_equal(folder_make(scratch_at(&scratch, "there/a/b"), 0700, &why), 0);
    assert_int_equal(
        symlink(scratch_at(&scratch, "file"), scratch_at(&scratch, "there/a/l")), 0);
    folder_remove(scratch_at(&scratch, "there"));
    assert_int_not_equal(access(scratch_at(&scratch, "there"), F_OK), 0);
    assert_int_equal(
        access(scratch_at(&scratch, "file"), F_OK), 0); // what a link names stays
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            one_that_is_not_there_is_judged_by_the_one_above, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_socket_needs_a_short_path_and_a_folder_of_ones_own, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_path_that_does_not_fit_is_no_path, setup, teardown),
        cmocka_unit_test_setup_teardown(
            each_name_is_seen_once_and_again_when_asked_again, setup, teardown),
        cmocka_unit_test_setup_teardown(all_of_it_is_removed, setup, teardown),
    };
    return test_group(tests, NULL, NULL);
}
