// erasure and erasing: the entry says what it says and nothing else; a document becomes
// zeros and all else stays, whenever the writing is interrupted.

#include "lib/base/file.h"
#include "lib/base/folder.h"
#include "lib/tlog/erasing.h"
#include "lib/tlog/segments.h"
#include "tests/lib/batches.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <unistd.h>

static scratch_t scratch;
static cause_t why;

static void path_of(const char *name, char path[PATH_MAX])
{
    (void)snprintf(path, PATH_MAX, "%s/%.64s", scratch.path, name);
}

static void put_file(const char *name, span_t bytes)
{
    char path[PATH_MAX];
    path_of(name, path);
    assert_int_equal(file_replace(path, bytes, 0600, &why), 0);
}

static void get_file(const char *name, buf_t *out)
{
    char path[PATH_MAX];
    path_of(name, path);
    buf_clear(out);
    assert_int_equal(file_read(path, 1 << 20, out, &why), 0);
}

static const char segment[] = "segments/00000000000000000000.seg";

// Two batches of six entries, as messages.
static void make(buf_t *bytes)
{
    char path[PATH_MAX];
    segment_header_t header = {0};
    segment_header_put(bytes, &header);
    for (uint64_t i = 0; i < 2; i++) {
        batch_mixed_t mixed;
        batch_header_t batch = {.sequence = i, .first = i * BATCH_MIXED};
        batch_mixed_open(&mixed, batch.first);
        batch_write(bytes, &batch, mixed.entry, BATCH_MIXED);
        batch_mixed_close(&mixed);
    }
    path_of("segments", path);
    assert_int_equal(folder_make(path, 0700, &why), 0);
    put_file(segment, buf_span(bytes));
}

// How many documents are gone; that all batches are sound.
static size_t gone(span_t bytes)
{
    size_t n = 0, at = SEGMENT_HEADER;
    while (at < bytes.size) {
        batch_header_t header;
        entry_t entry;
        assert_true(batch_header_take(&header, span_of(bytes.data + at, BATCH_HEADER)));
        size_t size = (size_t)header.length + BATCH_AROUND;
        assert_int_equal(
            batch_judge(span_of(bytes.data + at, size), NULL, &why), BATCH_SOUND);
        reader_t from = reader_of(span_of(
            bytes.data + at + BATCH_HEADER + header.front, header.length - header.front));
        for (uint32_t i = 0; i < header.count; i++) {
            entry = entry_take(&from, NULL, NULL);
            n += erasure_of(entry.document);
        }
        at += size;
    }
    return n;
}

static void test_text(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "dabyl-erasure/v1\n", "dabyl-erasure/v2\n",
        "dabyl-erasure/v1\nposition 0\n", "dabyl-erasure/v1\nposition 9\n",
        "dabyl-erasure/v1\nposition 3\nposition 3\n",
        "dabyl-erasure/v1\nposition 4\nposition 3\n", "dabyl-erasure/v1\nposition 03\n",
        "dabyl-erasure/v1\nposition 3\n\n", "dabyl-erasure/v1\nposition 3"};
    erasure_t made = {.n = 2, .position = {3, 8}}, read;
    buf_t text = {0};
    erasure_print(&made, &text);
    assert_int_equal(erasure_parse(&read, buf_span(&text), 9, &why), 0);
    assert_int_equal(read.n, 2);
    assert_int_equal(read.position[1], 8);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_not_equal(erasure_parse(&read, span_text(bad[i]), 9, &why), 0);
    buf_destroy(&text);
    assert_false(erasure_of(span_text("")));
    assert_false(erasure_of(span_of("\0\0x", 3)));
    assert_true(erasure_of(span_of("\0", 1)));
    assert_true(erasure_of(span_of("\0\0\0", 3)));
}

// Attachments have a version of their own, and stand behind the messages, in order.
static void test_files(void **state)
{
    (void)state;
    const char *const messages = "dabyl-erasure/v2\nposition 3\n";
    erasure_t made = {0}, read;
    hash_t digest = {{0}};
    buf_t text = {0}, wrong = {0};
    assert_true(erasure_add(&made, 8) && erasure_add(&made, 3) && erasure_add(&made, 8));
    for (uint8_t i = ERASURE_FILES; i > 0; i--) {
        digest.bytes[0] = i;
        assert_true(erasure_add_file(&made, &digest) && erasure_add_file(&made, &digest));
    }
    digest.bytes[0] = ERASURE_FILES + 1;
    assert_false(erasure_add_file(&made, &digest));
    assert_int_equal(made.n, 2);
    assert_int_equal(made.files, ERASURE_FILES);
    erasure_print(&made, &text);
    assert_int_equal(erasure_parse(&read, buf_span(&text), 9, &why), 0);
    assert_memory_equal(&read, &made, sizeof made);
    for (size_t cut = 1; cut < text.size; cut++) {
        bool whole = text.data[cut - 1] == '\n' && cut > 100;
        assert_int_equal(
            erasure_parse(&read, span_of(text.data, cut), 9, &why) == 0, whole);
    }
    assert_int_not_equal(erasure_parse(&read, span_text(messages), 9, &why), 0);
    buf_put_text(&wrong, messages);
    for (int i = 0; i < 2; i++) { // the same twice
        buf_put_text(&wrong, "attachment ");
        buf_put_hex(&wrong, span_of(&digest, sizeof digest));
        buf_put_u8(&wrong, '\n');
        assert_int_equal(erasure_parse(&read, buf_span(&wrong), 9, &why) == 0, i == 0);
    }
    wrong.data[15] = '1'; // the first version has none
    assert_int_not_equal(erasure_parse(&read, buf_span(&wrong), 9, &why), 0);
    buf_destroy(&text);
    buf_destroy(&wrong);
}

static void test_lists(void **state)
{
    (void)state;
    erasures_t self = {0};
    for (uint64_t i = 1; i < 40; i++)
        erasures_see(&self, i);
    assert_int_not_equal(erasures_check(&self, &why), 0);
    assert_non_null(strstr(why.text, "entry 1:"));
    for (uint64_t i = 1; i < 40; i++)
        erasures_name(&self, &(erasure_t){.n = 1, .position = {i}});
    assert_int_equal(erasures_check(&self, &why), 0);
    assert_int_equal(self.erased, 39);
    assert_int_equal(self.names, 0);
    erasures_name(&self, &(erasure_t){.n = 1, .position = {77}}); // to be done yet
    assert_int_equal(self.names, 1);
    assert_int_equal(erasures_check(&self, &why), 0);
    const hash_t file = {{1}}, other = {{2}};
    erasures_name(
        &self, &(erasure_t){.n = 1, .position = {78}, .files = 2, .file = {file, other}});
    erasures_name(
        &self, &(erasure_t){.n = 1, .position = {79}, .files = 1, .file = {file}});
    assert_int_equal(self.files, 2);
    erasures_handed_in(&self, &file);
    assert_false(erasures_has_file(&self, &file));
    assert_true(erasures_has_file(&self, &other));
    erasures_close(&self);
}

static void test_goes(void **state)
{
    (void)state;
    buf_t before = {0}, after = {0};
    make(&before);
    const erasure_t what = {.n = 2, .position = {3, 10}};
    assert_int_equal(erasing_run(scratch.path, &what, &why), 0);
    get_file(segment, &after);
    assert_int_equal(after.size, before.size);
    assert_int_equal(gone(buf_span(&after)), 2);
    assert_null(memmem(after.data, after.size, "{\"position\":3}", 14));
    assert_non_null(memmem(after.data, after.size, "{\"position\":4}", 14));
    assert_false(erasing_pending(scratch.path));
    assert_int_equal(erasing_run(scratch.path, &what, &why), 0); // and nothing is done
    get_file(segment, &before);
    assert_true(span_equal(buf_span(&before), buf_span(&after)));
    const erasure_t none = {.n = 1, .position = {12}};
    assert_int_not_equal(erasing_run(scratch.path, &none, &why), 0);
    buf_destroy(&before);
    buf_destroy(&after);
}

// Whatever of the new bytes is on the disk: what was begun is finished, and never stays.
static void test_interrupted(void **state)
{
    (void)state;
    buf_t before = {0}, after = {0}, order = {0}, half = {0};
    make(&before);
    char path[PATH_MAX];
    path_of("erasing", path);
    // what is written down, by a run that cannot write the segment
    const erasure_t what = {.n = 1, .position = {3}};
    assert_int_equal(erasing_order(scratch.path, 3, &why), 1);
    get_file("erasing", &order);
    get_file(segment, &half);
    assert_true(span_equal(buf_span(&half), buf_span(&before)));
    assert_int_equal(erasing_finish(scratch.path, &why), 0);
    get_file(segment, &after);
    assert_int_equal(gone(buf_span(&after)), 1);
    for (size_t cut = 0; cut <= before.size; cut++) {
        if (cut > 0 && cut < before.size && before.data[cut - 1] == after.data[cut - 1])
            continue;
        buf_clear(&half);
        buf_put(&half, after.data, cut);
        buf_put(&half, before.data + cut, before.size - cut);
        put_file(segment, buf_span(&half));
        put_file("erasing", buf_span(&order));
        assert_true(erasing_pending(scratch.path));
        assert_int_equal(erasing_run(scratch.path, &what, &why), 0);
        assert_false(erasing_pending(scratch.path));
        get_file(segment, &half);
        assert_true(span_equal(buf_span(&half), buf_span(&after)));
    }
    for (size_t i = 0; i < order.size; i++) { // a damaged order is nobody's
        order.data[i] ^= 1;
        put_file("erasing", buf_span(&order));
        assert_int_not_equal(erasing_finish(scratch.path, &why), 0);
        order.data[i] ^= 1;
    }
    assert_int_equal(unlink(path), 0);
    buf_destroy(&before);
    buf_destroy(&after);
    buf_destroy(&order);
    buf_destroy(&half);
}

// What is damaged is not made good by a new checksum.
static void test_damaged(void **state)
{
    (void)state;
    buf_t bytes = {0}, after = {0};
    make(&bytes);
    bytes.data[bytes.size - 40] ^= 1;
    put_file(segment, buf_span(&bytes));
    assert_int_not_equal(
        erasing_run(scratch.path, &(erasure_t){.n = 1, .position = {10}}, &why), 0);
    assert_non_null(strstr(why.text, "damaged"));
    get_file(segment, &after);
    assert_true(span_equal(buf_span(&bytes), buf_span(&after)));
    buf_destroy(&bytes);
    buf_destroy(&after);
}

static int open_scratch(void **state)
{
    (void)state;
    scratch_open(&scratch);
    return 0;
}

static int close_scratch(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_lists),
        cmocka_unit_test_setup_teardown(test_goes, open_scratch, close_scratch),
        cmocka_unit_test_setup_teardown(test_interrupted, open_scratch, close_scratch),
        cmocka_unit_test_setup_teardown(test_damaged, open_scratch, close_scratch),
    };
    return test_group(tests, NULL, NULL);
}
