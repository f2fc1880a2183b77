// logmarks: what an empty journal folder means, for everything that may be known outside
// of it.

#include "hub/journal/logmarks.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <sodium.h>
#include <unistd.h>

#define ORIGIN "hub.example/log"

typedef struct {
    log_vkey_t vkey;
    uint8_t secret[64];
} log_key_t;

typedef enum { NONE, OWN, OTHER_KEY, OTHER_NAME, DAMAGED, MARKS } mark_state_t;

static cause_t why;
static scratch_t scratch;
static log_key_t own, other_key, other_name;
static char mark[PATH_MAX], state[PATH_MAX], journal[PATH_MAX];
static hub_options_t options;

static void make_key(log_key_t *self, const char *origin)
{
    uint8_t public_key[32];
    crypto_sign_keypair(public_key, self->secret);
    assert_int_equal(log_vkey_of(&self->vkey, origin, public_key, &why), 0);
}

static void note_of(const log_key_t *key, uint64_t size, buf_t *note)
{
    checkpoint_t checkpoint = {.size = size, .root = {{(uint8_t)size}}};
    memcpy(checkpoint.origin, key->vkey.origin, sizeof checkpoint.origin);
    buf_clear(note);
    checkpoint_sign(&checkpoint, &key->vkey, key->secret, note);
}

static int set_up(void **unused)
{
    (void)unused;
    assert_true(sodium_init() >= 0);
    scratch_open(&scratch);
    make_key(&own, ORIGIN);
    make_key(&other_key, ORIGIN);
    make_key(&other_name, "hub.example/new");
    (void)snprintf(mark, sizeof mark, "%s/log.mark", scratch.path);
    (void)snprintf(state, sizeof state, "%s/state", scratch.path);
    (void)snprintf(journal, sizeof journal, "%s/journal", scratch.path);
    options = (hub_options_t){.mark = mark, .state = state, .journal = journal};
    assert_int_equal(folder_make(state, 0700, &why), 0);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    scratch_close(&scratch);
    return 0;
}

static void put_mark(const char *path, mark_state_t what, uint64_t size)
{
    static const log_key_t *const keys[] = {
        [OWN] = &own, [OTHER_KEY] = &other_key, [OTHER_NAME] = &other_name};
    buf_t note = {0};
    (void)unlink(path);
    if (what == DAMAGED)
        assert_int_equal(file_replace(path, span_text("dabyl-log/v1\n"), 0600, &why), 0);
    else if (what != NONE) {
        note_of(keys[what], size, &note);
        assert_int_equal(
            logmark_write(path, &keys[what]->vkey, buf_span(&note), &why), 0);
    }
    buf_destroy(&note);
}

static void put_file(const char *name, bool there)
{
    if (there)
        assert_int_equal(
            file_replace(scratch_at(&scratch, name), span_text("x"), 0600, &why), 0);
    else
        (void)unlink(scratch_at(&scratch, name));
}

// What must not start: a second log of a name and key, another log unasked, one that is
// begun where a journal ought to be.
static bool may_start(
    const mark_state_t marks[2], bool segments, bool caches, const char *told)
{
    bool begins = told && strcmp(told, ORIGIN) == 0;
    if (told && !begins)
        return false;
    for (size_t i = 0; i < 2; i++) {
        if (marks[i] == DAMAGED || (marks[i] == OWN && !segments))
            return false;
        if ((marks[i] == OTHER_KEY || marks[i] == OTHER_NAME) && !begins)
            return false;
    }
    return segments || begins || !caches;
}

static void no_absence_is_a_first_start(void **unused)
{
    (void)unused;
    static const char *const told[] = {NULL, ORIGIN, "hub.example/new"};
    assert_int_equal(
        folder_make(scratch_at(&scratch, "journal/segments"), 0700, &why), 0);
    for (unsigned i = 0; i < MARKS * MARKS * 4 * 3; i++) {
        const mark_state_t marks[] = {i % MARKS, i / MARKS % MARKS};
        bool segments = i / (MARKS * MARKS) & 1, caches = i / (MARKS * MARKS) & 2;
        const char *word = told[i / (MARKS * MARKS * 4)];
        logmarks_t known;
        put_mark(mark, marks[0], 7);
        put_mark(scratch_at(&scratch, "state/log.mark"), marks[1], 9);
        put_file("journal/segments/00000000000000000000.seg", segments);
        put_file("state/hashes", caches);
        int result = logmarks_open(&known, &options, &own.vkey, word, &why);
        if ((result == 0) != may_start(marks, segments, caches, word))
            fail_msg("marks %d %d, segments %d, caches %d, told %s: %s", marks[0],
                marks[1], segments, caches, word ? word : "nothing",
                result == 0 ? "started" : why.text);
        if (result != 0)
            continue;
        assert_int_equal(known.newest.size, marks[1] == OWN   ? 9
                                            : marks[0] == OWN ? 7
                                                              : 0);
        assert_true(known.marked == (marks[0] == OWN && marks[1] == OWN));
    }
}

static void a_folder_that_was_never_there_is_one(void **unused)
{
    (void)unused;
    logmarks_t known;
    assert_int_equal(logmarks_open(&known, &options, &own.vkey, NULL, &why), 0);
    assert_int_equal(known.newest.size, 0);
    assert_false(known.marked);
    assert_int_equal(logmarks_check(&known, &why), 0);
    options.mark = "/proc/nothing/log.mark";
    assert_int_equal(logmarks_open(&known, &options, &own.vkey, NULL, &why), 0);
    assert_int_equal(logmarks_check(&known, &why), -1);
}

// Every byte of a mark counts: what is spoiled is no mark, and says where it is.
static void a_spoiled_mark_is_told(void **unused)
{
    (void)unused;
    buf_t note = {0}, text = {0};
    logmarks_t known;
    logmark_t read;
    assert_int_equal(logmarks_open(&known, &options, &own.vkey, NULL, &why), 0);
    note_of(&own, 12, &note);
    assert_int_equal(logmarks_keep(&known, buf_span(&note), &why), 0);
    assert_int_equal(logmark_read(&read, mark, &why), 0);
    assert_true(read.there);
    assert_int_equal(read.checkpoint.size, 12);
    assert_int_equal(file_read(mark, 4096, &text, &why), 0);
    for (size_t i = 0; i < text.size; i++) {
        text.data[i] ^= 1;
        assert_int_equal(file_replace(mark, buf_span(&text), 0600, &why), 0);
        text.data[i] ^= 1;
        assert_int_equal(logmarks_open(&known, &options, &own.vkey, NULL, &why), -1);
        assert_non_null(strstr(why.text, mark));
        assert_int_equal(file_replace(mark, span_of(text.data, i), 0600, &why), 0);
        assert_int_equal(logmarks_open(&known, &options, &own.vkey, NULL, &why), -1);
    }
    buf_destroy(&note);
    buf_destroy(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(no_absence_is_a_first_start),
        TEST(a_folder_that_was_never_there_is_one),
        TEST(a_spoiled_mark_is_told),
    };
    return test_group(tests, NULL, NULL);
}
