// replaced: what takes the place of something between two looks at its name is neither
// followed, nor written to, nor waited for.
//
// The calls below take the place of the C library's: just before a name is opened for the
// n-th time, something else lies there.  n goes over all of the times.

#include "hub/journal/journal.h"
#include "hub/journal/roll.h"
#include "lib/base/file.h"
#include "lib/tlog/segments.h"
#include "nodes/outbox/tray.h"
#include "tests/lib/fold.h"
#include "tests/lib/planted.h"
#include "tests/lib/test.h"

#include <fcntl.h>
#include <sys/syscall.h>

static struct {
    const char *path; // below the scratch folder; NULL: nothing is replaced
    unsigned left;    // openings until then
    kind_t kind;
    bool there;
    bool far; // no rename reaches what is not in the same folder
} swap;

static const char *base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

// One opening later everything is as it was, as if nothing had been.
static void strike(const char *path)
{
    int error = errno;
    if (!swap.path || strcmp(base(path), base(swap.path)) != 0)
        return;
    const char *here = scratch_at(&scratch, swap.path);
    const char *before = scratch_at(&scratch, "before");
    if (swap.left > 0 && --swap.left == 0) {
        (void)rename(here, before);
        plant(swap.path, swap.kind);
        swap.there = true;
    } else if (swap.there) {
        swap.there = false;
        (void)rename(here, scratch_at(&scratch, "after"));
        (void)rename(before, here);
    }
    errno = error;
}

static int open_really(int folder, const char *path, int flags, mode_t mode)
{
    strike(path);
    return (int)syscall(SYS_openat, folder, path, flags, mode);
}

static mode_t mode_of(int flags, va_list args)
{
    return flags & O_CREAT ? va_arg(args, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = mode_of(flags, args);
    va_end(args);
    return open_really(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = mode_of(flags, args);
    va_end(args);
    return open_really(folder, path, flags, mode);
}

int renameat2(int from, const char *old, int to, const char *new, unsigned flags)
{
    bool far = swap.far;
    swap.far = false; // from where it goes next it is reached
    errno = EXDEV;
    return far ? -1 : (int)syscall(SYS_renameat2, from, old, to, new, flags);
}

typedef struct {
    const char *name, *path;
    void (*make)(void);
    bool (*run)(void); // true: it holds what it should
} subject_t;

// --- a file of the outbox
// ---------------------------------------------------------------

static void make_outbox(void)
{
    assert_int_equal(mkdir(scratch_at(&scratch, "outbox"), 0700), 0);
    assert_int_equal(mkdir(scratch_at(&scratch, "state"), 0700), 0);
    assert_int_equal(
        file_create(scratch_at(&scratch, "outbox/name"), span_text("ours"), 0600, &why),
        0);
}

static bool holds(look_result_t result, look_t *look, const char *text)
{
    buf_t bytes = {0};
    bool same = result == LOOK_GOOD &&
                file_read_open(look->fd, 4096, &bytes, &why) == 0 &&
                span_is(buf_span(&bytes), text);
    buf_destroy(&bytes);
    look_close(look);
    return same;
}

static bool run_look(void)
{
    look_t look;
    tray_t *tray = tray_open(scratch.path, &why);
    assert_non_null(tray);
    look_result_t result = tray_look(tray, "name", &look, &why);
    tray_close(&tray);
    assert_true(result != LOOK_BARRED);
    bool good = result == LOOK_GOOD;
    look_close(&look);
    return good;
}

// Where state/ is on another file system: it is taken into outbox/.taken.
static bool run_beside(void)
{
    char take[TAKEN_MAX];
    look_t look;
    bool good = false;
    tray_t *tray = tray_open(scratch.path, &why);
    assert_non_null(tray);
    assert_int_equal(tray_look(tray, "name", &look, &why), LOOK_GOOD);
    swap.far = true;
    tray_result_t taken = tray_take(tray, "name", &look, 1, take, &why);
    swap.far = false;
    look_close(&look);
    if (taken == TRAY_TAKEN)
        good = holds(tray_look_taken(tray, take, &look, &why), &look, "ours");
    else
        assert_true(reads(scratch_at(&scratch, "outbox/name"), "ours"));
    tray_close(&tray);
    return good;
}

static void count_visit(void *context, const char *take)
{
    (void)take;
    ++*(size_t *)context;
}

// --- the journal
// ------------------------------------------------------------------------

enum { ENTRIES = 3 }; // one in each segment, and behind them a segment that is empty
static const journal_options_t options_of_all = {
    .segment_bytes = 1024, .turn_bytes = 960, .origin = "hub.example/log"};

static journal_options_t options_here(void)
{
    static char folder[PATH_MAX], state[PATH_MAX];
    journal_options_t options = options_of_all;
    (void)snprintf(folder, sizeof folder, "%s", scratch.path);
    (void)snprintf(state, sizeof state, "%s", scratch_at(&scratch, "state"));
    options.folder = folder;
    options.state = state;
    return options;
}

// As a power cut leaves it when the next segment has just got its name.
static void begin_segment(void)
{
    char name[SEGMENT_NAME + 16];
    batch_t batch = {0};
    buf_t bytes = {0};
    segments_t *walk = segments_open(scratch.path, NULL, 0, &why);
    while (segments_next(walk, &batch, &why) == 1)
        continue;
    const segments_tail_t *tail = segments_tail(walk);
    segment_header_t header = {tail->position, tail->sequence, {{0}}};
    sha256(span_text(options_of_all.origin), &header.origin);
    segment_header_put(&bytes, &header);
    (void)strcpy(name, "segments/");
    segment_name(header.first, name + strlen(name));
    assert_int_equal(
        file_create(scratch_at(&scratch, name), buf_span(&bytes), 0600, &why), 0);
    batch_close(&batch);
    segments_close(&walk);
    buf_destroy(&bytes);
}

static const struct timespec long_ago[2] = {{1, 0}, {1, 0}};

// The victim is what a link would be taken for: a true copy of the segment.
static void copy_to_victim(void)
{
    buf_t bytes = {0};
    assert_int_equal(
        file_read(scratch_at(&scratch, swap.path), 1 << 20, &bytes, &why), 0);
    assert_int_equal(
        file_replace(scratch_at(&scratch, "victim"), buf_span(&bytes), 0600, &why), 0);
    assert_int_equal(utimensat(AT_FDCWD, scratch_at(&scratch, "victim"), long_ago, 0), 0);
    assert_int_equal(
        file_replace(scratch_at(&scratch, "copy"), buf_span(&bytes), 0600, &why), 0);
    buf_destroy(&bytes);
}

static void make_journal(void)
{
    journal_options_t options = options_here();
    fold_t fold = {.size = 500};
    journal_replay_t replay = {fold_entry, fold_root, &fold};
    assert_int_equal(mkdir(options.state, 0700), 0);
    journal_t *journal = journal_open(&options, &replay, &why);
    assert_non_null(journal);
    for (size_t i = 0; i < ENTRIES; i++)
        assert_int_equal(fold_append(&fold, journal, 1, &why), JOURNAL_OK);
    journal_close(&journal);
    begin_segment();
    copy_to_victim();
}

static bool run_journal(void)
{
    journal_options_t options = options_here();
    fold_t fold = {.size = 500};
    journal_replay_t replay = {fold_entry, fold_root, &fold};
    journal_t *journal = journal_open(&options, &replay, &why);
    buf_t memory = {0};
    entry_t entry;
    bool good = journal != NULL;
    for (uint64_t i = 0; i < ENTRIES && good; i++)
        good = journal_read(journal, i, &memory, &entry, &why) == 0 &&
               fold_same(&fold, i, &entry);
    good = good && fold.wrong == 0;
    buf_destroy(&memory);
    journal_close(&journal);
    return good;
}

static void victim_is_as_it_was(const char *what, kind_t kind)
{
    buf_t before = {0}, now = {0};
    assert_int_equal(file_read(scratch_at(&scratch, "copy"), 1 << 20, &before, &why), 0);
    assert_int_equal(file_read(scratch_at(&scratch, "victim"), 1 << 20, &now, &why), 0);
    struct stat info;
    assert_int_equal(stat(scratch_at(&scratch, "victim"), &info), 0);
    // Also when it was written over with the same bytes.
    if (!span_equal(buf_span(&before), buf_span(&now)) ||
        info.st_mtim.tv_sec != long_ago[1].tv_sec)
        fail_msg("%s, over %s: the victim was changed", what, kinds[kind]);
    buf_destroy(&before);
    buf_destroy(&now);
    nothing_was_followed(what, kind);
}

// --- the next segment
// -------------------------------------------------------------------

static void make_nothing(void)
{
}

static bool run_roll(void)
{
    static const char name[] = "00000000000000000000.seg";
    segment_header_t header = {0};
    roll_t *roll = roll_open(scratch.path, 1024, 512, &why);
    bool good = roll && roll_next(roll, &header, &why) == RESERVE_OK &&
                roll_write(roll, span_text("ours"), &why) == 0;
    roll_close(&roll);
    char ours[4] = "";
    int fd = (int)syscall(SYS_openat, AT_FDCWD, scratch_at(&scratch, name),
        O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    good = good && pread(fd, ours, sizeof ours, SEGMENT_HEADER) == sizeof ours &&
           memcmp(ours, "ours", sizeof ours) == 0;
    if (fd >= 0)
        (void)close(fd);
    return good;
}

// --- all moments
// ------------------------------------------------------------------------

typedef enum { NEVER, EITHER, ALWAYS } good_t;

// Whether it was opened often enough for something to be replaced.
static bool replaced_at(const subject_t *subject, kind_t kind, unsigned n, good_t wanted)
{
    open_world();
    swap.path = subject->path;
    swap.left = 0;
    swap.there = false;
    subject->make();
    swap.left = n;
    swap.kind = kind;
    alarm(60); // whoever waits for a pipe does so for ever
    bool good = subject->run();
    alarm(0);
    bool reached = swap.left == 0;
    swap.path = NULL;
    if (!reached && !good)
        fail_msg("%s, over nothing: %s", subject->name, why.text);
    if (reached && (good ? wanted == NEVER : wanted == ALWAYS))
        fail_msg("%s, over %s, at opening %u: %s", subject->name, kinds[kind], n,
            good ? "it was used" : why.text);
    return reached;
}

static void at_all_openings(
    const subject_t *subject, good_t wanted, void (*check)(const char *what, kind_t kind))
{
    enum { MOST = 16 };
    for (int kind = 0; kind < KINDS; kind++) {
        // A second name is a file like others.
        if (kind == HARD_LINK && wanted == NEVER)
            continue;
        unsigned n = 1;
        for (; n < MOST && replaced_at(subject, (kind_t)kind, n, wanted); n++) {
            check(subject->name, (kind_t)kind);
            scratch_close(&scratch);
        }
        scratch_close(&scratch);
        assert_true(n > 1 && n < MOST);
    }
}

static void no_file_of_the_outbox_is_replaced(void **state)
{
    (void)state;
    static const subject_t look = {
        "a file of the outbox", "outbox/name", make_outbox, run_look};
    at_all_openings(&look, NEVER, nothing_happened);
}

static void nothing_is_taken_elsewhere(void **state)
{
    (void)state;
    static const subject_t beside = {
        "outbox/.taken", "outbox/.taken", make_outbox, run_beside};
    at_all_openings(&beside, EITHER, nothing_happened);
}

// Neither into a folder that others may enter nor out of one, nor out of one that a link
// leads to.
static void nothing_is_taken_where_others_may_enter(void **state)
{
    (void)state;
    static const mode_t modes[] = {0701, 0710, 0720, 0702, 0755, 0770, 0777};
    static const char batch[] = "elsewhere/0123456789ab-0123456789abcdef0123456789abcdef";
    char inside[PATH_MAX];
    for (size_t i = 0; i <= sizeof modes / sizeof *modes; i++) {
        open_world();
        make_outbox();
        assert_int_equal(mkdir(scratch_at(&scratch, batch), 0700), 0);
        (void)snprintf(inside, sizeof inside, "%s/%s/theirs", scratch.path, batch);
        assert_int_equal(file_create(inside, span_text("theirs"), 0600, &why), 0);
        const char *taken = scratch_at(&scratch, "outbox/.taken");
        if (i < sizeof modes / sizeof *modes) {
            assert_int_equal(rename(scratch_at(&scratch, "elsewhere"), taken), 0);
            assert_int_equal(chmod(taken, modes[i]), 0);
        } else
            assert_int_equal(symlink(scratch_at(&scratch, "elsewhere"), taken), 0);
        size_t visited = 0;
        tray_t *tray = tray_open(scratch.path, &why);
        assert_non_null(tray);
        assert_int_equal(tray_each(tray, count_visit, &visited, &why), 0);
        assert_int_equal(visited, 0);
        tray_close(&tray);
        assert_false(run_beside());
        scratch_close(&scratch);
    }
}

static void no_segment_is_replaced(void **state)
{
    (void)state;
    char path[SEGMENT_NAME + 16] = "segments/";
    for (uint64_t first = 0; first <= ENTRIES; first++) {
        const subject_t segment = {"a segment", path, make_journal, run_journal};
        segment_name(first, path + strlen("segments/"));
        at_all_openings(&segment, NEVER, victim_is_as_it_was);
    }
}

static void the_next_segment_is_our_own(void **state)
{
    (void)state;
    static const subject_t next = {"the next segment", ".next", make_nothing, run_roll};
    at_all_openings(&next, ALWAYS, nothing_happened);
}

int main(void)
{
    scratch_in_memory();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_file_of_the_outbox_is_replaced),
        cmocka_unit_test(nothing_is_taken_elsewhere),
        cmocka_unit_test(nothing_is_taken_where_others_may_enter),
        cmocka_unit_test(no_segment_is_replaced),
        cmocka_unit_test(the_next_segment_is_our_own),
    };
    return test_group(tests, NULL, NULL);
}
