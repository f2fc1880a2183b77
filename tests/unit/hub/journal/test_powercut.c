// A power cut at any moment, with any subset of what was not flushed, loses nothing that
// was acknowledged.  Also during recovery, and after a flush that failed.
//
//     test_powercut [ROUNDS [SEED]]      more rounds than `make test` takes

#include "tests/lib/disk.h"
#include "tests/lib/fold.h"

#include "lib/tlog/segments.h"
#include "tests/lib/test.h"

#include <time.h>

static scratch_t
    scratch; // "live" is where the hub ran; "cut" and "again", what was left of it
static unsigned rounds = 1;
static uint64_t seed = 1;
static cause_t why;

enum { DOCUMENT = 120 };

// A mark in the record: so many entries were acknowledged, or handed over to be written.
#define ACKED(n) ((uint64_t)(n) << 1)
#define GIVEN(n) ((uint64_t)(n) << 1 | 1)

static journal_t *open_in(const char *name, fold_t *fold)
{
    char state[PATH_MAX];
    (void)snprintf(state, sizeof state, "%s/state", scratch.path);
    journal_options_t options = {.folder = scratch_at(&scratch, name),
        .state = state,
        .segment_bytes = 12288,
        .turn_bytes = 6144,
        .origin = "hub.example/log"};
    *fold = (fold_t){.size = DOCUMENT};
    journal_replay_t replay = {fold_entry, fold_root, fold};
    return journal_open(&options, &replay, &why);
}

static void empty(const char *name)
{
    char path[PATH_MAX];
    scratch_t old;
    (void)snprintf(old.path, sizeof old.path, "%.200s/%.20s", scratch.path, name);
    scratch_close(&old);
    (void)snprintf(path, sizeof path, "%s/segments", old.path);
    assert_int_equal(folder_make(path, 0700, &why), 0);
}

static void make_cut(const char *name, size_t until, disk_cut_t cut)
{
    char path[64];
    (void)snprintf(path, sizeof path, "%.20s/segments", name);
    empty(name);
    disk_make(until, cut, scratch_at(&scratch, path));
}

// How many entries had been acknowledged, and handed over, by the first `until`
// operations.
static void marks(size_t until, uint64_t *acked, uint64_t *given)
{
    *acked = *given = 0;
    for (size_t i = 0; i < until; i++)
        if (disk.op[i].type == DISK_MARK) {
            uint64_t n = disk.op[i].offset >> 1;
            if ((disk.op[i].offset & 1) == 0)
                *acked = n;
            *given = n > *given ? n : *given;
        }
}

typedef struct {
    size_t until;
    disk_cut_t cut;
} moment_t;

static void give_up(const moment_t *moment, const char *what)
{
    fail_msg(
        "%s\n  %s\n  operation %zu of %zu, grain %u, percent %u, random %llu; seed %llu",
        what, why.text, moment->until, disk.n, moment->cut.grain, moment->cut.percent,
        (unsigned long long)moment->cut.random, (unsigned long long)seed);
}

// The folder `name` holds what the power cut left.  Returns how many entries there are.
static uint64_t check_survival(
    const char *name, const moment_t *moment, uint64_t acked, uint64_t given)
{
    fold_t fold;
    journal_t *journal = open_in(name, &fold);
    if (!journal)
        give_up(moment, "the journal is refused");
    if (fold.wrong != 0 || fold.entries != journal_next(journal))
        give_up(moment, "an entry is not what it was");
    if (fold.entries < acked)
        give_up(moment, "acknowledged entries are lost");
    if (fold.entries > given)
        give_up(moment, "entries from nowhere");
    journal_close(&journal);
    return fold.entries;
}

static void read_all(const char *name, buf_t *out)
{
    char path[PATH_MAX];
    names_t names;
    (void)snprintf(path, sizeof path, "%s/%s/segments", scratch.path, name);
    assert_int_equal(names_list(&names, path, "", &why), 0);
    for (size_t i = 0; i < names.n; i++) {
        (void)snprintf(
            path, sizeof path, "%s/%s/segments/%s", scratch.path, name, names.name[i]);
        buf_put_text(out, names.name[i]);
        assert_int_equal(file_read(path, 1 << 20, out, &why), 0);
    }
    names_free(&names);
}

// A second recovery finds nothing left to do, and the journal goes on.
static void check_after(const char *name, const moment_t *moment, uint64_t entries)
{
    fold_t fold;
    buf_t before = {0};
    buf_t after = {0};
    read_all(name, &before);
    journal_t *journal = open_in(name, &fold);
    if (!journal || fold.entries != entries || journal_cut_bytes(journal) != 0)
        give_up(moment, "the second recovery is not the first");
    journal_close(&journal);
    read_all(name, &after);
    if (!span_equal(buf_span(&before), buf_span(&after)))
        give_up(moment, "the second recovery changed the files");
    buf_destroy(&before);
    buf_destroy(&after);
    journal = open_in(name, &fold);
    for (size_t n = 1; n < 9; n += 3)
        if (!journal || fold_append(&fold, journal, n, &why) != JOURNAL_OK)
            give_up(moment, "the journal does not go on");
    uint64_t next = fold.entries;
    journal_close(&journal);
    journal = open_in(name, &fold);
    if (!journal || fold.entries != next || fold.wrong != 0)
        give_up(moment, "what was appended later is not there");
    journal_close(&journal);
}

// The power fails again while the hub recovers.
static void check_recovery_cut(const moment_t *moment, uint64_t *random)
{
    char segments[PATH_MAX];
    fold_t fold;
    struct {
        disk_op_t *op;
        size_t n, room;
    } outer = {disk.op, disk.n, disk.room};
    uint64_t acked, given;
    marks(moment->until, &acked, &given);
    make_cut("cut", moment->until, moment->cut);
    (void)snprintf(segments, sizeof segments, "%s/cut/segments", scratch.path);
    disk.op = NULL; // the outer record is kept aside
    disk.n = disk.room = 0;
    size_t files = disk.files;
    disk_start(segments);
    size_t start = disk.n;
    journal_t *journal = open_in("cut", &fold);
    if (!journal)
        give_up(moment, "the journal is refused");
    uint64_t survived = fold.entries;
    journal_close(&journal);
    for (unsigned i = 0; i < 4; i++) {
        moment_t inner = {start + disk_random(random) % (disk.n - start + 1),
            {disk_random(random) | 1, i % 2 ? 512 : 4096, 25 * (i + 1)}};
        // What a finished recovery told its caller is as good as acknowledged.
        uint64_t least = inner.until == disk.n ? survived : acked;
        make_cut("again", inner.until, inner.cut);
        check_after("again", &inner, check_survival("again", &inner, least, given));
    }
    disk_stop();
    disk.op = outer.op;
    disk.n = outer.n;
    disk.room = outer.room;
    disk.files = files;
}

static void check_moment(size_t until, uint64_t *random)
{
    static const unsigned percents[] = {0, 100, 50, 10, 90};
    uint64_t acked, given;
    marks(until, &acked, &given);
    for (unsigned i = 0; i < 5; i++) {
        moment_t moment = {
            until, {disk_random(random) | 1, i & 1 ? 4096 : 512, percents[i]}};
        make_cut("cut", until, moment.cut);
        check_after("cut", &moment, check_survival("cut", &moment, acked, given));
    }
}

// Runs a hub's life into the record: batches of many sizes over several segments.
static void append_some(
    journal_t *journal, fold_t *fold, unsigned batches, uint64_t *random)
{
    for (unsigned i = 0; i < batches; i++) {
        size_t n = 1 + disk_random(random) % (i % 5 == 0 ? 22 : 4);
        (void)journal_has_room(journal);
        disk_mark(GIVEN(fold->entries + n));
        if (fold_append(fold, journal, n, &why) != JOURNAL_OK)
            return;
        disk_mark(ACKED(fold->entries));
    }
}

static journal_t *begin(fold_t *fold)
{
    char segments[PATH_MAX];
    empty("live");
    (void)snprintf(segments, sizeof segments, "%s/live/segments", scratch.path);
    disk_start(segments);
    journal_t *journal = open_in("live", fold);
    if (!journal)
        fail_msg("%s", why.text);
    return journal;
}

static void test_a_cut_at_any_moment(void **state)
{
    (void)state;
    for (unsigned round = 0; round < rounds; round++) {
        fold_t fold;
        uint64_t random = (seed + round) * 0x9e3779b97f4a7c15;
        journal_t *journal = begin(&fold);
        append_some(journal, &fold, 25, &random);
        journal_close(&journal);
        *disk.folder = 0; // nothing more is recorded
        for (size_t until = 0; until <= disk.n; until++)
            check_moment(until, &random);
        disk_stop();
    }
}

static void test_a_cut_during_recovery(void **state)
{
    (void)state;
    for (unsigned round = 0; round < rounds; round++) {
        fold_t fold;
        uint64_t random = (seed + round) * 0x9e3779b97f4a7c15 + 1;
        journal_t *journal = begin(&fold);
        append_some(journal, &fold, 12, &random);
        journal_close(&journal);
        *disk.folder = 0;
        for (unsigned i = 0; i < 60; i++) {
            moment_t moment = {disk_random(&random) % (disk.n + 1),
                {disk_random(&random) | 1, i % 2 ? 512 : 4096, 20 * (i % 6)}};
            check_recovery_cut(&moment, &random);
        }
        disk_stop();
    }
}

// After a write or flush that failed the hub exits and starts again.  It then sees, in
// the page cache, a batch that the disk may never get; from the moment it acts on it, it
// must be safe.
static void test_a_failed_write_or_flush_and_then_a_cut(void **state)
{
    (void)state;
    for (unsigned round = 0; round < 20 * rounds; round++) {
        fold_t fold;
        uint64_t random = (seed + round) * 0x9e3779b97f4a7c15 + 2;
        journal_t *journal = begin(&fold);
        append_some(journal, &fold, 1 + round % 7, &random);
        uint64_t before = fold.entries;
        if (round % 2)
            disk.fail_flush = 1;
        else
            disk.fail_write = 1;
        disk_mark(GIVEN(before + 5));
        assert_int_equal(fold_append(&fold, journal, 5, &why), JOURNAL_FAILED);
        assert_int_equal(fold_append(&fold, journal, 5, &why), JOURNAL_FAILED);
        assert_false(journal_has_room(journal));
        journal_close(&journal);
        journal = open_in("live", &fold);
        if (!journal)
            fail_msg("%s", why.text);
        assert_true(fold.entries == before || fold.entries == before + 5);
        disk_mark(ACKED(fold.entries)); // it may be delivered from now on
        size_t from = disk.n;
        append_some(journal, &fold, 3, &random);
        journal_close(&journal);
        *disk.folder = 0;
        for (size_t until = from; until <= disk.n; until++)
            check_moment(until, &random);
        disk_stop();
    }
}

static int setup(void **state)
{
    char path[PATH_MAX];
    (void)state;
    scratch_in_memory();
    scratch_open(&scratch);
    (void)snprintf(path, sizeof path, "%s/state", scratch.path);
    return folder_make(path, 0700, &why);
}

static int teardown(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_cut_at_any_moment),
        cmocka_unit_test(test_a_cut_during_recovery),
        cmocka_unit_test(test_a_failed_write_or_flush_and_then_a_cut),
    };
    if (argc > 1)
        rounds = (unsigned)strtoul(argv[1], NULL, 10);
    seed = argc > 2 ? strtoull(argv[2], NULL, 10) : argc > 1 ? (uint64_t)time(NULL) : 1;
    (void)printf("# rounds %u, seed %llu\n", rounds, (unsigned long long)seed);
    return test_group(tests, setup, teardown);
}
