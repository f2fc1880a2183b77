// snapshot: what was written is read again; whatever is wrong with it is said, and a disk
// that takes none leaves the one before.

#include "hub/state/snapshot.h"
#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <signal.h>
#include <sys/resource.h>

static scratch_t scratch;
static cause_t why;
static const hash_t root = {{7, 7, 7}};

static void write_one(snapshots_t *to, uint64_t size, int wanted)
{
    buf_t bytes = {0};
    snapshot_begin(&bytes, "hub.example/log", size, &root);
    for (uint32_t i = 0; i < 3000; i++)
        buf_put_u32(&bytes, i);
    assert_int_equal(snapshots_write(to, &bytes, &why), 0);
    assert_int_equal(bytes.size, 0);
    assert_true(snapshots_busy(to));
    snapshots_wait(to);
    assert_int_equal(snapshots_done(to, &why), wanted);
    assert_int_equal(snapshots_done(to, &why), 0);
    assert_false(snapshots_busy(to));
}

static void check(uint64_t size)
{
    snapshot_t snapshot;
    assert_int_equal(snapshot_read(&snapshot, scratch.path, "hub.example/log", &why), 1);
    assert_int_equal(snapshot.size, size);
    assert_true(hash_equal(&snapshot.root, &root));
    assert_true(snapshot.made_ms > 0);
    for (uint32_t i = 0; i < 3000; i++)
        assert_int_equal(take_u32(&snapshot.body), i);
    assert_true(reader_done(&snapshot.body));
    snapshot_close(&snapshot);
}

static int read_as(const char *origin)
{
    snapshot_t snapshot;
    int got = snapshot_read(&snapshot, scratch.path, origin, &why);
    snapshot_close(&snapshot);
    return got;
}

static void the_newest_is_read(void **state)
{
    (void)state;
    snapshots_t *to = snapshots_new(scratch.path, "/dev/shm", &why);
    assert_non_null(to);
    assert_int_equal(read_as("hub.example/log"), 0);
    write_one(to, 5, 1);
    check(5);
    write_one(to, 1ull << 40, 1);
    check(1ull << 40);
    assert_int_equal(read_as("hub.example/other"), -1);
    assert_non_null(strstr(why.text, "another log"));
    assert_int_equal(snapshot_forget(scratch.path, &why), 0);
    assert_int_equal(snapshot_forget(scratch.path, &why), 0);
    assert_int_equal(read_as("hub.example/log"), 0);
    snapshots_destroy(&to);
    snapshots_destroy(&to);
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void a_disk_that_takes_none_leaves_the_one_before(void **state)
{
    (void)state;
    (void)signal(SIGXFSZ, SIG_IGN);
    names_t names;
    snapshots_t *to = snapshots_new(scratch.path, scratch.path, &why);
    write_one(to, 5, 1);
    limit_files(2000);
    write_one(to, 6, -1);
    assert_non_null(strstr(why.text, "too large"));
    check(5);
    limit_files(RLIM_INFINITY);
    write_one(to, 7, 1);
    check(7);
    assert_int_equal(names_list(&names, scratch.path, "", &why), 0);
    assert_int_equal(names.n, 1); // no half of any
    names_free(&names);
    snapshots_destroy(&to);
}

// Every byte of the head, and some of the rest.
static void damage_and_what_is_cut_are_told(void **state)
{
    (void)state;
    buf_t bytes = {0};
    const char *path = scratch_at(&scratch, "snapshot");
    snapshots_t *to = snapshots_new(scratch.path, scratch.path, &why);
    write_one(to, 5, 1);
    snapshots_destroy(&to);
    assert_int_equal(file_read(path, 1 << 20, &bytes, &why), 0);
    for (size_t at = 0; at < bytes.size; at += at < 120 ? 1 : 97) {
        bytes.data[at] ^= 1;
        assert_int_equal(file_replace(path, buf_span(&bytes), 0600, &why), 0);
        assert_int_equal(read_as("hub.example/log"), -1);
        assert_non_null(strstr(why.text, "snapshot: it is damaged"));
        bytes.data[at] ^= 1;
    }
    for (size_t size = 0; size < bytes.size; size += size < 120 ? 1 : 997) {
        span_t cut = span_of(bytes.data, size);
        assert_int_equal(file_replace(path, cut, 0600, &why), 0);
        assert_int_equal(read_as("hub.example/log"), -1);
    }
    assert_int_equal(file_replace(path, buf_span(&bytes), 0600, &why), 0);
    check(5);
    buf_destroy(&bytes);
}

static int setup(void **state)
{
    (void)state;
    scratch_open(&scratch);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_newest_is_read, setup, teardown),
        cmocka_unit_test_setup_teardown(
            a_disk_that_takes_none_leaves_the_one_before, setup, teardown),
        cmocka_unit_test_setup_teardown(damage_and_what_is_cut_are_told, setup, teardown),
    };
    return test_group(tests, NULL, NULL);
}
