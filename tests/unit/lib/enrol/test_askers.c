// Who waits is counted by names alone, and whatever stands in the files does not matter.

#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include "lib/base/file.h"
#include "lib/base/folder.h"
#include "lib/base/times.h"
#include "lib/enrol/askers.h"

#include <limits.h>
#include <stdio.h>

static cause_t why;
static scratch_t scratch;

static int make_folder(void **state)
{
    (void)state;
    scratch_open(&scratch);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

static joins_limits_t limits_of(const char *folder)
{
    return (joins_limits_t){.folder = folder, .life_ms = 3600 * 1000};
}

// A file of the request whose name is this digit 64 times.
static void put(char digit, const char *ending)
{
    char path[PATH_MAX], name[HASH_HEX + 16];
    memset(name, digit, HASH_HEX - 1);
    (void)snprintf(name + HASH_HEX - 1, 17, "%s", ending);
    assert_int_equal(path_join(path, sizeof path, scratch.path, name, &why), 0);
    assert_int_equal(file_create(path, span_text("garbage"), 0600, &why), 0);
}

static void nobody_asks(void **state)
{
    (void)state;
    const joins_limits_t none = limits_of("/nonexistent"),
                         empty = limits_of(scratch.path);
    assert_int_equal(askers_count(&none, clock_now().wall_ms), 0);
    assert_int_equal(askers_count(&empty, clock_now().wall_ms), 0);
}

static void whom_nobody_has_looked_at_is_counted(void **state)
{
    (void)state;
    const joins_limits_t limits = limits_of(scratch.path);
    static const char *const marks[] = {".accepted", ".answer", ".refused"};
    put('a', ".pem");
    put('5', ".pem");
    assert_int_equal(askers_count(&limits, clock_now().wall_ms), 2);
    for (int i = 0; i < 3; i++) {
        put((char)('b' + i), ".pem");
        put((char)('b' + i), marks[i]);
    }
    assert_int_equal(askers_count(&limits, clock_now().wall_ms), 2);
    put('a', ".refused");
    assert_int_equal(askers_count(&limits, clock_now().wall_ms), 1);
}

static void what_has_expired_or_is_something_else_is_not(void **state)
{
    (void)state;
    const joins_limits_t limits = limits_of(scratch.path);
    put('a', ".pem");
    put('b', ".pem.tmp");
    put('c', "");
    assert_int_equal(askers_count(&limits, clock_now().wall_ms), 1);
    assert_int_equal(
        askers_count(&limits, clock_now().wall_ms + limits.life_ms + 2000), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(nobody_asks, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(
            whom_nobody_has_looked_at_is_counted, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(
            what_has_expired_or_is_something_else_is_not, make_folder, remove_folder),
    };
    return test_group(tests, NULL, NULL);
}
