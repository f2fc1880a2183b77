// publisher and tiles: whoever reads the checkpoint finds the tiles and bundles it needs.

#include "hub/journal/publisher.h"
#include "lib/base/file.h"
#include "lib/tlog/merkle.h"
#include "lib/tlog/tiles.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

static scratch_t scratch;
static cause_t why;

static span_t leaf_of(uint64_t position)
{
    static char text[64];
    int length = snprintf(text, sizeof text, "leaf %" PRIu64 "\n", position);
    return span_of(text, (size_t)length);
}

// MTH(D[from : from + n]) as RFC 6962 defines it, n a power of two.
static void plain_root(uint64_t from, uint64_t n, hash_t *out)
{
    if (n == 1) {
        merkle_leaf(leaf_of(from), out);
        return;
    }
    hash_t left, right;
    plain_root(from, n / 2, &left);
    plain_root(from + n / 2, n / 2, &right);
    merkle_node(&left, &right, out);
}

static void check_file(const char *name, const buf_t *wanted)
{
    buf_t got = {0};
    if (file_read(scratch_at(&scratch, name), 1 << 22, &got, &why) != 0)
        fail_msg("%s", why.text);
    if (!span_equal(buf_span(&got), buf_span(wanted)))
        fail_msg("%s: not what the leaves yield", name);
    buf_destroy(&got);
}

static void check_hashes(int level, uint64_t index, unsigned width)
{
    char name[TILE_PATH];
    buf_t wanted = {0};
    uint64_t span = (uint64_t)1 << (8 * level);
    for (uint64_t i = 0; i < width; i++) {
        hash_t hash;
        plain_root((index * 256 + i) * span, span, &hash);
        buf_put(&wanted, hash.bytes, sizeof hash.bytes);
    }
    tile_path(level, index, width, name);
    check_file(name, &wanted);
    buf_destroy(&wanted);
}

static void check_bundle(uint64_t index, unsigned width)
{
    char name[TILE_PATH];
    buf_t wanted = {0};
    for (uint64_t i = 0; i < width; i++)
        buf_put_short(&wanted, leaf_of(index * 256 + i));
    tile_path(TILE_ENTRIES, index, width, name);
    check_file(name, &wanted);
    buf_destroy(&wanted);
}

// All that a reader of the checkpoint of this size may ask for.
static void check_tree(uint64_t size)
{
    for (int level = 0; size >> (8 * level) > 0; level++) {
        uint64_t count = size >> (8 * level);
        for (uint64_t index = 0; index * 256 < count; index++) {
            uint64_t left = count - index * 256;
            unsigned width = left < 256 ? (unsigned)left : 256;
            check_hashes(level, index, width);
            if (level == 0)
                check_bundle(index, width);
        }
    }
}

static bool there(const char *name)
{
    return access(scratch_at(&scratch, name), F_OK) == 0;
}

static void check_note(const char *text)
{
    buf_t wanted = {0};
    buf_put_text(&wanted, text);
    check_file("checkpoint", &wanted);
    buf_destroy(&wanted);
}

static publisher_t *open_well(int64_t interval_ms)
{
    publisher_t *publisher = publisher_open(
        &(publisher_setup_t){.folder = scratch.path, .interval_ms = interval_ms}, &why);
    if (!publisher)
        fail_msg("%s", why.text);
    return publisher;
}

static void give(publisher_t *publisher, uint64_t from, uint64_t to)
{
    for (uint64_t i = from; i < to; i++) {
        hash_t hash;
        merkle_leaf(leaf_of(i), &hash);
        publisher_leaf(publisher, leaf_of(i), &hash);
    }
}

// One run: leaves from the first on, one checkpoint, the end.
static void run(uint64_t size, const char *note)
{
    publisher_t *publisher = open_well(1000);
    give(publisher, 0, size);
    publisher_checkpoint(publisher, size, span_text(note));
    publisher_close(&publisher);
}

static void test_names(void **state)
{
    (void)state;
    char name[TILE_PATH];
    tile_path(0, 0, 256, name);
    assert_string_equal(name, "tile/0/000");
    tile_path(3, 1234067, 17, name);
    assert_string_equal(name, "tile/3/x001/x234/067.p/17");
    tile_path(TILE_ENTRIES, 1000, 256, name);
    assert_string_equal(name, "tile/entries/x001/000");
    tile_path(TILE_ENTRIES, UINT64_MAX / 256, 255, name);
    assert_string_equal(name, "tile/entries/x072/x057/x594/x037/x927/935.p/255");
}

static void test_nothing_without_a_checkpoint(void **state)
{
    (void)state;
    publisher_t *publisher = open_well(0);
    give(publisher, 0, 300);
    publisher_close(&publisher);
    assert_false(there("checkpoint"));
    assert_false(there("tile/0/001.p"));
    publisher_close(&publisher);
}

static void test_sizes_around_full_tiles(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {1, 2, 255, 256, 257, 511, 512, 513, 1000, 3000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        run(sizes[i], "note");
        check_tree(sizes[i]);
        check_note("note");
        assert_false(there(".new/tile"));
    }
    assert_false(there("tile/0/000.p")); // superseded by the full tile
    assert_false(there("tile/entries/000.p"));
    assert_false(there("tile/0/003.p"));
    run(3001, "note");
    check_tree(3000); // its checkpoint was published, so its partial tiles stay
}

static void test_the_example_of_the_specification(void **state)
{
    (void)state;
    run(70000, "note");
    check_hashes(0, 272, 256);
    check_hashes(0, 273, 112);
    check_bundle(273, 112);
    check_hashes(1, 0, 256);
    check_hashes(1, 1, 17);
    check_hashes(2, 0, 1);
    assert_false(there("tile/0/274"));
    assert_false(there("tile/1/001"));
    assert_false(there("tile/2/000"));
    assert_false(there("tile/3"));
}

static void test_many_checkpoints(void **state)
{
    (void)state;
    publisher_t *publisher = open_well(0);
    for (uint64_t size = 1; size <= 700; size++) {
        give(publisher, size - 1, size);
        char note[32];
        (void)snprintf(note, sizeof note, "size %" PRIu64, size);
        publisher_checkpoint(publisher, size, span_text(note));
    }
    publisher_close(&publisher);
    check_tree(700);
    check_note("size 700");
    assert_false(there("tile/0/000.p"));
    assert_false(there("tile/entries/001.p"));
}

static void test_leaves_beyond_the_checkpoint(void **state)
{
    (void)state;
    for (uint64_t more = 0; more < 700; more += 99) {
        publisher_t *publisher = open_well(1000);
        give(publisher, 0, 300 + more);
        publisher_checkpoint(publisher, 300, span_text("300"));
        publisher_close(&publisher);
        check_note("300");
        check_bundle(0, 256);
        if (more < 212)
            check_hashes(0, 1, 44);
        else
            check_hashes(0, 1, 256);
        assert_false(there("tile/0/002.p")); // no checkpoint asked for it
        scratch_close(&scratch);
        scratch_open(&scratch);
    }
}

static struct timespec changed(const char *name)
{
    struct stat info;
    assert_int_equal(stat(scratch_at(&scratch, name), &info), 0);
    return info.st_mtim;
}

static void spoil(const char *name, off_t size)
{
    assert_int_equal(truncate(scratch_at(&scratch, name), size), 0);
}

static void test_the_next_run_repairs_and_leaves_the_rest_alone(void **state)
{
    (void)state;
    run(1000, "one");
    struct timespec before = changed("tile/0/002");
    struct stat info;
    assert_int_equal(stat(scratch_at(&scratch, "tile/0/002"), &info), 0);
    spoil("tile/0/001", 0);
    spoil("tile/entries/000", 77);
    spoil("tile/0/003.p/232", 0); // of an older checkpoint, but still asked for
    assert_int_equal(unlink(scratch_at(&scratch, "tile/1/000.p/3")), 0);
    int fd = open(scratch_at(&scratch, "tile/0/003.p/250"), O_CREAT | O_WRONLY, 0644);
    assert_true(fd >= 0);
    (void)close(fd);
    run(1010, "two");
    check_tree(1000);
    check_tree(1010);
    check_note("two");
    assert_false(there("tile/0/003.p/250"));
    struct timespec after = changed("tile/0/002");
    assert_memory_equal(&before, &after, sizeof before);
    struct stat again;
    assert_int_equal(stat(scratch_at(&scratch, "tile/0/002"), &again), 0);
    assert_int_equal(info.st_ino, again.st_ino);
}

static void limit_files(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

// The limit on file sizes stands for a full disk.
static void test_trouble_is_told_and_gets_over(void **state)
{
    (void)state;
    (void)signal(SIGXFSZ, SIG_IGN);
    run(100, "before");
    publisher_t *publisher = open_well(1);
    assert_int_equal(publisher_trouble(publisher, &why), 0);
    limit_files(5000);
    give(publisher, 0, 600);
    publisher_checkpoint(publisher, 600, span_text("after"));
    while (publisher_trouble(publisher, &why) == 0)
        (void)sched_yield();
    assert_non_null(strstr(why.text, "tile/"));
    assert_non_null(strstr(why.text, "too large"));
    check_note("before");
    give(publisher, 600, 70000); // the hub is not held up
    limit_files(RLIM_INFINITY);
    publisher_checkpoint(publisher, 70000, span_text("later"));
    publisher_close(&publisher);
    check_note("later");
    for (uint64_t i = 0; i < 273; i++)
        check_bundle(i, 256);
    check_hashes(0, 273, 112);
    check_hashes(2, 0, 1);
}

static void wait_for_note(const char *text)
{
    buf_t got = {0};
    while (!span_is(buf_span(&got), text)) {
        (void)sched_yield();
        buf_clear(&got);
        (void)file_read(scratch_at(&scratch, "checkpoint"), 100, &got, &why);
    }
    buf_destroy(&got);
}

static void wait_for_trouble(publisher_t *publisher, const char *name)
{
    while (publisher_trouble(publisher, &why) == 0 || !strstr(why.text, name))
        (void)sched_yield();
}

// The bundle still fits, the tile of hashes does not.
static void test_half_of_a_partial_tile_is_removed_with_the_rest(void **state)
{
    (void)state;
    (void)signal(SIGXFSZ, SIG_IGN);
    publisher_t *publisher = open_well(1);
    give(publisher, 0, 1);
    publisher_checkpoint(publisher, 1, span_text("one"));
    wait_for_note("one");
    limit_files(5000);
    give(publisher, 1, 256);
    publisher_checkpoint(publisher, 256, span_text("one full"));
    wait_for_trouble(publisher, "tile/0/000:");
    limit_files(RLIM_INFINITY);
    wait_for_note("one full");
    limit_files(5000);
    give(publisher, 256, 500);
    publisher_checkpoint(publisher, 500, span_text("more"));
    wait_for_trouble(publisher, "tile/0/001.p/244:");
    assert_true(there("tile/entries/001.p/244"));
    assert_false(there("tile/0/001.p/244"));
    give(publisher, 500, 513);
    publisher_checkpoint(publisher, 513, span_text("full"));
    wait_for_trouble(publisher, "tile/0/001:");
    limit_files(RLIM_INFINITY);
    publisher_close(&publisher);
    check_tree(513);
    assert_false(there("tile/entries/001.p"));
    assert_false(there("tile/0/001.p"));
}

static void test_a_folder_that_cannot_be_used(void **state)
{
    (void)state;
    assert_null(publisher_open(
        &(publisher_setup_t){.folder = "/proc/nothing", .interval_ms = 1000}, &why));
    assert_non_null(strstr(why.text, "/proc/nothing"));
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
        TEST(test_names),
        TEST(test_nothing_without_a_checkpoint),
        TEST(test_sizes_around_full_tiles),
        TEST(test_the_example_of_the_specification),
        TEST(test_many_checkpoints),
        TEST(test_leaves_beyond_the_checkpoint),
        TEST(test_the_next_run_repairs_and_leaves_the_rest_alone),
        TEST(test_trouble_is_told_and_gets_over),
        TEST(test_half_of_a_partial_tile_is_removed_with_the_rest),
        TEST(test_a_folder_that_cannot_be_used),
    };
    return test_group(tests, NULL, NULL);
}
