// A full disk: the hub is told before it takes anything in, nothing is half done, and it
// goes on when there is room again.

#include "tests/lib/disk.h"
#include "tests/lib/fold.h"

#include "lib/tlog/segments.h"
#include "tests/lib/test.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

static scratch_t scratch;
static fold_t fold;
static cause_t why;

static journal_t *open_journal(void)
{
    journal_options_t options = {.folder = scratch.path,
        .state = scratch.path,
        .segment_bytes = 65536,
        .turn_bytes = 16384,
        .origin = "hub.example/log"};
    fold_t again = {.size = fold.size};
    journal_replay_t replay = {fold_entry, fold_root, &again};
    journal_t *journal = journal_open(&options, &replay, &why);
    if (journal) {
        assert_int_equal(again.wrong, 0);
        fold = again;
    }
    return journal;
}

static journal_t *open_well(void)
{
    journal_t *journal = open_journal();
    if (!journal)
        fail_msg("%s", why.text);
    return journal;
}

static void record(void)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/segments", scratch.path);
    assert_int_equal(folder_make(path, 0700, &why), 0);
    disk_start(path);
}

// Batches until there is no more room, as a hub that does not ask before.
static uint64_t append_all(journal_t *journal)
{
    uint64_t before = fold.entries;
    journal_result_t result;
    while ((result = fold_append(&fold, journal, 10, &why)) == JOURNAL_OK)
        assert_in_range(fold.entries, before, before + 100000);
    assert_int_equal(result, JOURNAL_FULL);
    return fold.entries - before;
}

// As a hub does that takes nothing in unless there is room.
static uint64_t append_while_room(journal_t *journal, uint64_t most)
{
    uint64_t before = fold.entries;
    while (fold.entries - before < most && journal_has_room(journal)) {
        journal_result_t result = fold_append(&fold, journal, 10, &why);
        if (result != JOURNAL_OK)
            fail_msg("there was room, and then: %s", why.text);
    }
    return fold.entries - before;
}

static void check_reads(const journal_t *journal)
{
    buf_t memory = {0};
    entry_t entry;
    for (uint64_t position = 0; position < fold.entries; position++) {
        if (journal_read(journal, position, &memory, &entry, &why) != 0)
            fail_msg("%s", why.text);
        assert_true(fold_same(&fold, position, &entry));
    }
    buf_destroy(&memory);
}

static void test_room_is_known_before_intake(void **state)
{
    (void)state;
    static const int errors[] = {ENOSPC, EDQUOT};
    record();
    journal_t *journal = open_well();
    for (size_t i = 0; i < 2; i++) {
        disk.space_error = errors[i];
        assert_true(append_while_room(journal, 100000) < 100000);
        assert_false(journal_has_room(journal));
        (void)append_all(journal); // a smaller batch may still fit, and then it is full
        assert_non_null(strstr(why.text, strerror(errors[i])));
        check_reads(journal);
        disk.space_error = 0;
        assert_true(journal_has_room(journal));
        assert_true(append_while_room(journal, 500) >= 500);
    }
    check_reads(journal);
    uint64_t entries = fold.entries;
    journal_close(&journal);
    journal = open_well();
    assert_int_equal(fold.entries, entries);
    journal_close(&journal);
    disk_stop();
}

// The next segment was reserved while there was room: what it promised must hold.
static void test_reserved_room_stays(void **state)
{
    (void)state;
    record();
    journal_t *journal = open_well();
    uint64_t used = append_while_room(journal, 200);
    disk.space_error = ENOSPC;
    used += append_while_room(journal, 100000);
    assert_true(used > 200); // the rest of this segment and, if reserved, the next
    journal_close(&journal);
    disk.space_error = 0;
    disk_stop();
}

static void test_opening_on_a_full_disk(void **state)
{
    (void)state;
    record();
    disk.space_error = ENOSPC;
    assert_null(open_journal()); // there is not even a first segment
    assert_non_null(strstr(why.text, strerror(ENOSPC)));
    disk.space_error = 0;
    journal_t *journal = open_well();
    (void)append_while_room(journal, 100);
    journal_close(&journal);
    disk.space_error = ENOSPC;
    journal = open_well(); // what is there can be read, and has its room
    check_reads(journal);
    (void)append_while_room(journal, 100000);
    assert_false(journal_has_room(journal));
    journal_close(&journal);
    journal = open_well();
    check_reads(journal);
    journal_close(&journal);
    disk_stop();
}

// A hub's life of two segments in which the `when`th write or flush fails.  False when
// there were not so many.
static bool live_with_failure(unsigned *counter, unsigned when)
{
    fold = (fold_t){.size = 150};
    record();
    journal_t *journal = open_well();
    journal_result_t result = JOURNAL_OK;
    uint64_t acked = 0;
    *counter = when;
    while (result == JOURNAL_OK && fold.entries < 600) {
        acked = fold.entries;
        result = fold_append(&fold, journal, 30, &why);
    }
    bool failed = result != JOURNAL_OK;
    if (failed) {
        assert_int_equal(result, JOURNAL_FAILED);
        assert_non_null(strstr(why.text, strerror(EIO)));
        assert_int_equal(journal_next(journal), acked);
        // Nothing is tried again.
        assert_int_equal(fold_append(&fold, journal, 3, &why), JOURNAL_FAILED);
        assert_false(journal_has_room(journal));
    }
    journal_close(&journal);
    disk_stop();
    journal = open_well();
    assert_true(!failed || fold.entries == acked || fold.entries == acked + 30);
    check_reads(journal);
    journal_close(&journal);
    return failed;
}

static void test_each_flush_fails_in_turn(void **state)
{
    (void)state;
    unsigned when = 1;
    while (live_with_failure(&disk.fail_flush, when)) {
        when++;
        scratch_close(&scratch);
        scratch_open(&scratch);
    }
    assert_in_range(when, 22, 40); // one a batch, and two for the second segment
}

static void test_each_write_fails_in_turn(void **state)
{
    (void)state;
    unsigned when = 1;
    while (live_with_failure(&disk.fail_write, when)) {
        when++;
        scratch_close(&scratch);
        scratch_open(&scratch);
    }
    assert_in_range(when, 21, 80);
}

static const char *small_disk(const char *path)
{
    if (geteuid() != 0)
        return "not root, no file system can be mounted";
    if (unshare(CLONE_NEWNS) != 0 ||
        mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
        return "no mount namespace of our own";
    if (mount("tmpfs", path, "tmpfs", 0, "size=2m,mode=0700") != 0)
        return "no tmpfs can be mounted";
    return NULL;
}

// Leaves `pages` pages free.
static void fill_disk(const char *ballast, uint64_t pages)
{
    struct statvfs info;
    (void)unlink(ballast);
    assert_int_equal(statvfs(scratch.path, &info), 0);
    assert_true(info.f_bfree > pages);
    int fd = open(ballast, O_WRONLY | O_CREAT | O_EXCL, 0600);
    off_t size = (off_t)((info.f_bfree - pages) * info.f_frsize);
    assert_int_equal(fallocate(fd, 0, 0, size), 0);
    (void)close(fd);
}

// Where the newest segment's batches end.
static uint64_t find_tail(char file[SEGMENT_NAME])
{
    batch_t batch = {0};
    segments_t *walk = segments_open(scratch.path, NULL, 0, &why);
    while (segments_next(walk, &batch, &why) == 1)
        ;
    const segments_tail_t *tail = segments_tail(walk);
    uint64_t offset = tail->offset;
    memcpy(file, tail->file, SEGMENT_NAME);
    segments_close(&walk);
    batch_close(&batch);
    return offset;
}

// As `cp` leaves it: long, but without space of its own behind the batches.  They end in
// its first half: no next segment was reserved, whose space opening would give back.
static void make_sparse(void)
{
    char path[PATH_MAX], file[SEGMENT_NAME];
    uint64_t offset;
    journal_t *journal = open_well();
    while ((offset = find_tail(file)) > 32768)
        assert_int_equal(append_while_room(journal, 10), 10);
    journal_close(&journal);
    (void)snprintf(path, sizeof path, "%s/segments/%s", scratch.path, file);
    int fd = open(path, O_RDWR);
    assert_int_equal(
        fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)offset, 65536),
        0);
    (void)close(fd);
}

static void check_sparse_copy(const char *ballast)
{
    make_sparse();
    fill_disk(ballast, 8);
    journal_t *journal = open_well();
    assert_false(journal_has_room(journal));
    assert_int_equal(fold_append(&fold, journal, 10, &why), JOURNAL_FULL);
    check_reads(journal);
    assert_int_equal(unlink(ballast), 0);
    assert_int_equal(append_while_room(journal, 100), 100);
    check_reads(journal);
    journal_close(&journal);
}

// Everything, the caches too, is on a disk of two megabytes that fills up and gets room
// again.
static void test_a_small_disk(void **state)
{
    (void)state;
    char ballast[PATH_MAX];
    const char *reason = small_disk(scratch.path);
    if (reason) {
        // cmocka's own skip is "not ok", which prove takes for a failure
        (void)printf("# skipped: a real full disk: %s\n", reason);
        return;
    }
    (void)snprintf(ballast, sizeof ballast, "%s/ballast", scratch.path);
    journal_t *journal = open_well();
    for (uint64_t pages = 1; pages < 60; pages += 6) {
        fill_disk(ballast, pages > 3 ? pages : 3);
        (void)append_while_room(journal, 300);
        if (pages < 10)
            assert_false(journal_has_room(journal));
        check_reads(journal);
        journal_close(&journal);
        journal = open_well();
        check_reads(journal);
        assert_int_equal(unlink(ballast), 0);
        assert_true(journal_has_room(journal));
        assert_int_equal(append_while_room(journal, 20), 20);
    }
    check_reads(journal);
    journal_close(&journal);
    check_sparse_copy(ballast);
    (void)umount2(scratch.path, MNT_DETACH);
}

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    fold = (fold_t){.size = 150};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    disk_stop();
    scratch_close(&scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_room_is_known_before_intake),
        TEST(test_reserved_room_stays),
        TEST(test_opening_on_a_full_disk),
        TEST(test_each_flush_fails_in_turn),
        TEST(test_each_write_fails_in_turn),
        TEST(test_a_small_disk),
    };
    scratch_in_memory();
    return test_group(tests, NULL, NULL);
}
