// journal: what was appended comes back, byte for byte, whatever happened in between.

#include "hub/journal/journal.h"
#include "lib/base/file.h"
#include "lib/tlog/segments.h"
#include "tests/lib/fold.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <sys/stat.h>

static scratch_t scratch;
static cause_t why;
static fold_t fold;

static journal_options_t options;

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
        if (journal_read_placed(journal, position, &memory, &entry, &why) != 0)
            fail_msg("%s", why.text);
        assert_true(fold_same(&fold, position, &entry)); // and so is the path
        assert_int_equal(entry.proven, entry.placed);
    }
    assert_int_equal(journal_read(journal, fold.entries, &memory, &entry, &why), -1);
    assert_int_equal(
        journal_read_placed(journal, fold.entries, &memory, &entry, &why), -1);
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
    refused("lock: in use by process ");
    append(journal, 1);
    journal_close(&journal);
    journal = open_well();
    journal_close(&journal);
}

static void segment_path(const char *name, char path[PATH_MAX])
{
    (void)snprintf(path, PATH_MAX, "%s/segments/%s", scratch.path, name);
}

static void read_segment(const char *name, buf_t *out)
{
    char path[PATH_MAX];
    segment_path(name, path);
    buf_clear(out);
    assert_int_equal(file_read(path, 1 << 20, out, &why), 0);
}

static void write_segment(const char *name, span_t bytes)
{
    char path[PATH_MAX];
    segment_path(name, path);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(bytes.size == 0 || fwrite(bytes.data, bytes.size, 1, file) == 1);
    assert_int_equal(fclose(file), 0);
}

typedef struct {
    char file[SEGMENT_NAME];
    uint64_t offset, size;
} frame_t;

// Where the batches are.  Returns how many.
static size_t find_frames(frame_t *frame, size_t room)
{
    size_t n = 0;
    batch_t batch = {0};
    segments_t *walk = segments_open(scratch.path, options.origin, 0, &why);
    while (segments_next(walk, &batch, &why) == 1 && n < room) {
        memcpy(frame[n].file, batch.file, sizeof batch.file);
        frame[n].offset = batch.offset;
        frame[n++].size = batch.bytes.size;
    }
    batch_close(&batch);
    segments_close(&walk);
    return n;
}

enum { FRAMES = 64 };

// A journal of a few segments with small batches; its frames.
static size_t make_small(frame_t frame[FRAMES])
{
    fold.size = 30;
    options.segment_bytes = 2048;
    options.turn_bytes = 1024;
    journal_t *journal = open_well();
    for (size_t i = 0; i < 14; i++)
        append(journal, 1 + i % 3);
    journal_close(&journal);
    return find_frames(frame, FRAMES);
}

static void refused_at(const char *file, uint64_t offset)
{
    char place[80];
    (void)snprintf(place, sizeof place, "segments/%s: offset %llu: ", file,
        (unsigned long long)offset);
    refused(place);
}

static void test_every_flip_is_refused_with_its_place(void **state)
{
    (void)state;
    frame_t frame[FRAMES];
    buf_t bytes = {0};
    buf_t after = {0};
    size_t n = make_small(frame);
    assert_true(n == 14 && strcmp(frame[0].file, frame[n - 1].file) != 0);
    fold_t whole = fold;
    for (size_t i = 0; i < n; i++) {
        read_segment(frame[i].file, &bytes);
        for (size_t k = 0; k < frame[i].size; k++) {
            uint8_t *byte = &bytes.data[frame[i].offset + k];
            uint8_t before = *byte;
            *byte = (uint8_t)(before ^ 1 << (k * 5 + i) % 8);
            write_segment(frame[i].file, buf_span(&bytes));
            // What only looks like a write that was cut short is cut: see
            // lib/tlog/torn.c.
            // And the last one with a smaller length ends before its bytes do.
            if (i + 1 == n && k >= 8 && k < 12)
                refused(frame[i].file);
            else if (i + 1 < n || k + 1 < frame[i].size || *byte != 0)
                refused_at(frame[i].file, frame[i].offset);
            read_segment(frame[i].file, &after); // and nothing was touched
            assert_true(span_equal(buf_span(&bytes), buf_span(&after)));
            *byte = before;
        }
        write_segment(frame[i].file, buf_span(&bytes));
    }
    journal_t *journal = open_well();
    assert_int_equal(fold.entries, whole.entries);
    journal_close(&journal);
    buf_destroy(&bytes);
    buf_destroy(&after);
}

static void test_every_flip_in_a_segment_header_is_refused(void **state)
{
    (void)state;
    frame_t frame[FRAMES];
    buf_t bytes = {0};
    size_t n = make_small(frame);
    const char *files[] = {frame[0].file, frame[n - 1].file};
    for (size_t i = 0; i < 2; i++) {
        read_segment(files[i], &bytes);
        for (size_t bit = 0; bit < (size_t)8 * SEGMENT_HEADER; bit++) {
            // The first batch's number is known only from the first header; then the
            // batch itself contradicts.
            bool number = i == 0 && bit / 8 >= 24 && bit / 8 < 32;
            bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
            write_segment(files[i], buf_span(&bytes));
            refused_at(files[i], number ? SEGMENT_HEADER : 0);
            bytes.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        }
        write_segment(files[i], buf_span(&bytes));
    }
    buf_destroy(&bytes);
}

static void test_a_last_batch_cut_anywhere_is_cut(void **state)
{
    (void)state;
    frame_t frame[FRAMES];
    buf_t bytes = {0};
    size_t n = make_small(frame);
    const frame_t *last = &frame[n - 1];
    read_segment(last->file, &bytes);
    uint64_t entries = fold.entries;
    for (uint64_t size = 0; size < last->size; size++) {
        // As a file that ends there, and as one with zeros behind.
        bytes.size = (size_t)(last->offset + size);
        write_segment(last->file, buf_span(&bytes));
        journal_t *journal = open_well();
        assert_true(fold.entries < entries && fold.entries + 3 >= entries);
        assert_in_range(journal_cut_bytes(journal), size ? 1 : 0, size);
        append(journal, 2);
        journal_close(&journal);
    }
    buf_destroy(&bytes);
}

// A flip that looks like an interrupted write, a file cut shorter, a segment gone: the
// published size convicts each of them, and what is left stays as it is.
static void test_nothing_published_is_cut(void **state)
{
    (void)state;
    frame_t frame[FRAMES];
    buf_t bytes = {0};
    buf_t after = {0};
    char path[PATH_MAX];
    size_t n = make_small(frame);
    const frame_t *last = &frame[n - 1];
    options.published = fold.entries;
    journal_t *journal = open_well();
    journal_close(&journal);
    read_segment(last->file, &bytes);
    bytes.data[last->offset + last->size - 1] = 0;
    for (uint64_t size = last->size; size > 0; size -= size < 9 ? 1 : 9) {
        bytes.size = (size_t)(last->offset + size);
        write_segment(last->file, buf_span(&bytes));
        refused_at(last->file, last->offset);
        refused("entries were published");
        read_segment(last->file, &after);
        assert_true(span_equal(buf_span(&bytes), buf_span(&after)));
    }
    segment_path(last->file, path);
    assert_int_equal(unlink(path), 0);
    refused("entries were published");
    options.published = 0;
    journal = open_well();
    journal_close(&journal);
    buf_destroy(&bytes);
    buf_destroy(&after);
}

static void test_a_batch_in_the_wrong_place(void **state)
{
    (void)state;
    frame_t frame[FRAMES];
    buf_t bytes = {0};
    (void)make_small(frame);
    read_segment(frame[0].file, &bytes);
    // The first batch again behind itself: whole and sound, but not what follows.
    assert_true(frame[1].size >= frame[0].size);
    memmove(bytes.data + frame[1].offset, bytes.data + frame[0].offset, frame[0].size);
    write_segment(frame[0].file, buf_span(&bytes));
    refused_at(frame[1].file, frame[1].offset);
    refused("batch 0 at position 0 where batch 1");
    buf_destroy(&bytes);
}

static void test_missing_and_foreign_files(void **state)
{
    (void)state;
    frame_t frame[FRAMES];
    char path[PATH_MAX], aside[PATH_MAX];
    size_t n = make_small(frame);
    size_t second = 0;
    while (strcmp(frame[second].file, frame[0].file) == 0)
        second++;
    (void)snprintf(aside, sizeof aside, "%s/aside", scratch.path);
    segment_path(frame[0].file, path);
    assert_int_equal(rename(path, aside), 0);
    refused("the segments before this one are missing");
    assert_int_equal(rename(aside, path), 0);
    segment_path(frame[second].file, path);
    assert_int_equal(rename(path, aside), 0);
    refused("a segment or a part of one is missing");
    assert_int_equal(symlink(aside, path), 0);
    refused(frame[second].file);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    refused("not a regular file");
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rename(aside, path), 0);
    static const char *const strays[] = {"notes.txt", "00000000000000000000.seg.bak",
        "1.seg", "99999999999999999999.seg", "0000000000000000000x.seg"};
    for (size_t i = 0; i < sizeof strays / sizeof *strays; i++) {
        write_segment(strays[i], span_text("x"));
        refused(strays[i]);
        refused("move it away");
        segment_path(strays[i], path);
        assert_int_equal(unlink(path), 0);
    }
    options.origin = "another.example/log";
    refused_at(frame[0].file, 0);
    refused("another origin");
    options.origin = "hub.example/log";
    journal_t *journal = open_well();
    journal_close(&journal);
    assert_true(n > 0);
}

static void test_cut_in_an_earlier_segment_is_damage(void **state)
{
    (void)state;
    frame_t frame[FRAMES];
    buf_t bytes = {0};
    (void)make_small(frame);
    read_segment(frame[0].file, &bytes);
    size_t size = bytes.size;
    for (bytes.size = 0; bytes.size < size; bytes.size += 13) {
        write_segment(frame[0].file, buf_span(&bytes));
        refused("segments/0000000000000000");
    }
    bytes.size = size;
    write_segment(frame[0].file, buf_span(&bytes));
    buf_put_text(&bytes, "x");
    write_segment(frame[0].file, buf_span(&bytes));
    refused_at(frame[0].file, size);
    buf_destroy(&bytes);
}

// A power cut while a segment is being made; its name may be there before its bytes.
static void test_a_segment_without_a_header(void **state)
{
    (void)state;
    static const uint8_t zeros[2048];
    char name[SEGMENT_NAME];
    frame_t frame[FRAMES];
    (void)make_small(frame);
    uint64_t entries = fold.entries;
    static const size_t sizes[] = {0, 1, 63, 64, 2048};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        segment_name(entries, name);
        write_segment(name, span_of(zeros, sizes[i]));
        journal_t *journal = open_well();
        assert_int_equal(fold.entries, entries);
        journal_close(&journal);
        char path[PATH_MAX];
        segment_path(name, path);
        assert_int_not_equal(access(path, F_OK), 0);
    }
    segment_name(entries + 1, name); // the one before would have to be longer
    write_segment(name, span_of(zeros, sizeof zeros));
    refused_at(name, 0);
}

static void test_a_segment_that_only_has_its_header(void **state)
{
    (void)state;
    char name[SEGMENT_NAME];
    frame_t frame[FRAMES];
    buf_t bytes = {0};
    size_t n = make_small(frame);
    uint64_t entries = fold.entries;
    segment_header_t header = {entries, n, {{0}}};
    sha256(span_text(options.origin), &header.origin);
    segment_header_put(&bytes, &header);
    segment_name(entries, name);
    write_segment(name, buf_span(&bytes));
    journal_t *journal = open_well();
    assert_int_equal(fold.entries, entries);
    append(journal, 3);
    check_reads(journal);
    journal_close(&journal);
    journal = open_well();
    assert_int_equal(fold.entries, entries + 3);
    journal_close(&journal);
    buf_destroy(&bytes);
}

static void wrong_root(void *context, hash_t *root)
{
    fold_root(context, root);
    if (((const fold_t *)context)->entries == 3)
        root->bytes[0] ^= 1;
}

static int stop_at_three(
    void *context, uint64_t position, const entry_t *entry, cause_t *reason)
{
    if (position == 3)
        return cause_set(reason, "no more");
    return fold_entry(context, position, entry, reason);
}

static void test_what_replay_objects_to(void **state)
{
    (void)state;
    frame_t frame[FRAMES];
    (void)make_small(frame);
    fold_t again = {.size = fold.size};
    journal_replay_t replay = {fold_entry, wrong_root, &again};
    assert_null(journal_open(&options, &replay, &why));
    assert_int_equal(again.entries, 3);
    char place[64];
    (void)snprintf(place, sizeof place, "offset %llu: the batch was written behind other",
        (unsigned long long)frame[2].offset);
    assert_non_null(strstr(why.text, place));
    again = (fold_t){.size = fold.size};
    replay = (journal_replay_t){stop_at_three, fold_root, &again};
    assert_null(journal_open(&options, &replay, &why));
    buf_t bytes = {0};
    batch_header_t header;
    read_segment(frame[2].file, &bytes);
    assert_true(
        batch_header_take(&header, span_of(bytes.data + frame[2].offset, BATCH_HEADER)));
    (void)snprintf(place, sizeof place, "offset %llu: no more",
        (unsigned long long)frame[2].offset + BATCH_HEADER + header.front);
    buf_destroy(&bytes);
    assert_non_null(strstr(why.text, place));
}

static void test_batches_and_segments_of_the_wrong_size(void **state)
{
    (void)state;
    static char large[5000];
    hash_t root;
    entry_t entry = {.leaf = span_text("x"), .document = span_of(large, sizeof large)};
    journal_t *journal = open_well();
    fold_root(&fold, &root);
    assert_int_equal(journal_append(journal, 0, &root, &entry, 1, &why), JOURNAL_FAILED);
    assert_non_null(strstr(why.text, "above the limit of 4096"));
    journal_close(&journal);
    journal = open_well();
    assert_int_equal(fold.entries, 0);
    entry.document.size = (size_t)4096 - BATCH_AROUND - 2 - ENTRY_AROUND - 1; // just fits
    assert_int_equal(journal_append(journal, 0, &root, &entry, 1, &why), JOURNAL_OK);
    journal_close(&journal);
    options.turn_bytes = options.segment_bytes - SEGMENT_HEADER + 1;
    refused("does not fit into a segment");
    options.turn_bytes = 0;
    refused("does not fit into a segment");
    options.turn_bytes = 4096;
    options.segment_bytes = 1ull << 40;
    refused("above the limit");
}

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    options = (journal_options_t){.segment_bytes = 16384,
        .turn_bytes = 4096,
        .origin = "hub.example/log",
        .folder = scratch.path,
        .state = scratch.path};
    fold = (fold_t){.size = 150};
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
        TEST(test_a_new_journal_is_empty),
        TEST(test_entries_come_back_over_many_segments),
        TEST(test_another_position_is_a_conflict),
        TEST(test_one_hub_at_a_time),
        TEST(test_every_flip_is_refused_with_its_place),
        TEST(test_every_flip_in_a_segment_header_is_refused),
        TEST(test_a_last_batch_cut_anywhere_is_cut),
        TEST(test_nothing_published_is_cut),
        TEST(test_a_batch_in_the_wrong_place),
        TEST(test_missing_and_foreign_files),
        TEST(test_cut_in_an_earlier_segment_is_damage),
        TEST(test_a_segment_without_a_header),
        TEST(test_a_segment_that_only_has_its_header),
        TEST(test_what_replay_objects_to),
        TEST(test_batches_and_segments_of_the_wrong_size),
    };
    scratch_in_memory();
    return test_group(tests, NULL, NULL);
}
