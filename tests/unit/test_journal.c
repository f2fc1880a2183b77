// journal: what was appended comes back, byte for byte, whatever happened in between.

#include "hub/journal.h"
#include "lib/file.h"
#include "lib/segments.h"
#include "tests/lib/fold.h"
#include "tests/lib/scratch.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static scratch_t scratch;
static cause_t why;
static fold_t fold;

static journal_options_t options = {
    .segment_bytes = 16384, .turn_bytes = 4096, .origin = "hub.example/log"};

static journal_t *reopen(void)
{
    fold_t again = {.size = fold.size};
    journal_replay_t replay = {fold_entry, fold_root, &again};
    journal_t *journal = journal_open(&options, &replay, &why);
    if (journal) {
        assert_int_equal(again.wrong, 0);
        assert_int_equal(again.entries, journal_next(journal));
        fold = again;
    }
    return journal;
}

static journal_t *open_well(void)
{
    journal_t *journal = reopen();
    if (!journal)
        fail_msg("%s", why.text);
    return journal;
}

// The journal must be refused, for a reason that has these words in it.
static void refused(const char *words)
{
    journal_t *journal = reopen();
    assert_null(journal);
    if (!strstr(why.text, words))
        fail_msg("\"%s\" is not in \"%s\"", words, why.text);
}

static void append(journal_t *journal, size_t n)
{
    if (fold_append(&fold, journal, n, &why) != JOURNAL_OK)
        fail_msg("%s", why.text);
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
    assert_int_equal(journal_read(journal, fold.entries, &memory, &entry, &why), -1);
    buf_destroy(&memory);
}

static void test_a_new_journal_is_empty(void **state)
{
    (void)state;
    journal_t *journal = open_well();
    assert_int_equal(journal_next(journal), 0);
    assert_int_equal(journal_cut_bytes(journal), 0);
    assert_true(journal_has_room(journal));
    check_reads(journal);
    journal_close(&journal);
    journal = open_well();
    assert_int_equal(journal_next(journal), 0);
    journal_close(&journal);
    journal_close(&journal);
}

static void test_entries_come_back_over_many_segments(void **state)
{
    (void)state;
    journal_t *journal = open_well();
    for (size_t i = 0; i < 200; i++) {
        append(journal, 1 + i % 7);
        if (i % 50 == 0)
            check_reads(journal);
    }
    check_reads(journal);
    uint64_t next = journal_next(journal);
    journal_close(&journal);
    journal = open_well();
    assert_int_equal(journal_next(journal), next);
    check_reads(journal);
    append(journal, 3);
    journal_close(&journal);
    names_t names;
    assert_int_equal(names_list(&names, scratch_at(&scratch, "segments"), "", &why), 0);
    assert_true(names.n > 10); // more than are kept open for reading
    names_free(&names);
}

static void test_another_position_is_a_conflict(void **state)
{
    (void)state;
    entry_t entry = {.leaf = span_text("x")};
    hash_t root = {{0}};
    journal_t *journal = open_well();
    append(journal, 2);
    assert_int_equal(
        journal_append(journal, 1, &root, &entry, 1, &why), JOURNAL_CONFLICT);
    assert_int_equal(
        journal_append(journal, 3, &root, &entry, 1, &why), JOURNAL_CONFLICT);
    append(journal, 1);
    journal_close(&journal);
}

static void test_one_hub_at_a_time(void **state)
{
    (void)state;
    journal_t *journal = open_well();
    append(journal, 1);
    refused("in use by another hub, process ");
    append(journal, 1);
    journal_close(&journal);
    journal = open_well();
    journal_close(&journal);
}

static int setup(void **state)
{
    (void)state;
    scratch_open(&scratch);
    options.folder = options.state = scratch.path;
    fold = (fold_t){.size = 150};
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_new_journal_is_empty),
        TEST(test_entries_come_back_over_many_segments),
        TEST(test_another_position_is_a_conflict),
        TEST(test_one_hub_at_a_time),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
