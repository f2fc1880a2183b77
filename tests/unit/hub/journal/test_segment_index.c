// segment_index: an entry is read from where it was written, or its absence is said.

#include "hub/journal/segment_index.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <sodium.h>

enum { OFFSET = 64, SEGMENTS = 12 }; // more files than stay open

static scratch_t scratch;
static segment_index_t *places;
static cause_t why;

// A file with one entry whose leaf is the segment's number.
static size_t write_segment(uint64_t first)
{
    char name[SEGMENT_NAME], number[24];
    buf_t file = {0};
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)first);
    for (int i = 0; i < OFFSET; i++)
        buf_put_u8(&file, 0);
    buf_put_short(&file, span_text(number));
    for (int part = 0; part < 3; part++)
        buf_put_long(&file, span_text("part"));
    segment_name(first, name);
    assert_int_equal(
        file_replace(scratch_at(&scratch, name), buf_span(&file), 0600, &why), 0);
    size_t size = file.size - OFFSET;
    buf_destroy(&file);
    return size;
}

static int set_up(void **state)
{
    (void)state;
    assert_true(sodium_init() >= 0);
    scratch_open(&scratch);
    places = segment_index_open(scratch.path, scratch.path, &why);
    return places ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    segment_index_close(&places);
    scratch_close(&scratch);
    return 0;
}

static void reads_entries_of_many_segments(void **state)
{
    (void)state;
    buf_t memory = {0};
    entry_t entry;
    for (uint64_t i = 0; i < SEGMENTS; i++)
        assert_int_equal(segment_index_add(places, i, OFFSET, write_segment(i), &why), 0);
    for (uint64_t i = 0; i < (uint64_t)3 * SEGMENTS; i++) {
        char number[24];
        (void)snprintf(number, sizeof number, "%llu", (unsigned long long)i % SEGMENTS);
        if (segment_index_read(places, i % SEGMENTS, &memory, &entry, &why) != 0)
            fail_msg("%s", why.text);
        assert_true(span_is(entry.leaf, number));
        assert_true(span_is(entry.record, "part"));
    }
    assert_int_equal(segment_index_read(places, SEGMENTS, &memory, &entry, &why), -1);
    buf_destroy(&memory);
}

// However large the document before it; and what ends early is damage, at every length.
static void reads_a_record_alone(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 1000, 1100, 300000};
    buf_t memory = {0}, file = {0};
    span_t record;
    for (uint64_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char name[SEGMENT_NAME];
        uint64_t first = 100 + i, position = i;
        buf_clear(&file);
        for (int k = 0; k < OFFSET; k++)
            buf_put_u8(&file, 0);
        buf_put_short(&file, span_text("a leaf"));
        buf_t document = {0};
        while (document.size < sizes[i])
            buf_put_u8(&document, 'd');
        buf_put_long(&file, buf_span(&document));
        buf_destroy(&document);
        buf_put_long(&file, span_text("a seal"));
        buf_put_long(&file, span_text("a record"));
        segment_name(first, name);
        assert_int_equal(
            file_replace(scratch_at(&scratch, name), buf_span(&file), 0600, &why), 0);
        assert_int_equal(
            segment_index_add(places, first, OFFSET, file.size - OFFSET, &why), 0);
        assert_int_equal(
            segment_index_read_record(places, position, &memory, &record, &why), 0);
        assert_true(span_is(record, "a record"));
        assert_true(memory.size < 100);
    }
    for (size_t size = 0; size < 34; size++) {
        uint64_t position = 5 + size;
        assert_int_equal(segment_index_add(places, 100, OFFSET, size, &why), 0);
        assert_int_equal(
            segment_index_read_record(places, position, &memory, &record, &why), -1);
    }
    buf_destroy(&memory);
    buf_destroy(&file);
}

static void says_where_an_entry_is_missing(void **state)
{
    (void)state;
    buf_t memory = {0};
    entry_t entry;
    size_t size = write_segment(7);
    assert_int_equal(segment_index_add(places, 7, OFFSET, size, &why), 0);
    const char *path = scratch_at(&scratch, "00000000000000000007.seg");
    for (size_t cut = 0; cut < OFFSET + size; cut += 5) {
        assert_int_equal(truncate(path, (off_t)cut), 0);
        assert_int_equal(segment_index_read(places, 0, &memory, &entry, &why), -1);
        assert_non_null(strstr(why.text, "segments/00000000000000000007.seg: offset 64"));
        assert_int_equal(truncate(path, (off_t)(OFFSET + size)), 0);
    }
    buf_destroy(&memory);
}

static void takes_no_place_that_it_cannot_keep(void **state)
{
    (void)state;
    static const uint64_t beyond = (uint64_t)UINT32_MAX + 1;
    assert_int_equal(segment_index_add(places, 0, beyond, 100, &why), -1);
    assert_int_equal(segment_index_add(places, 0, 64, beyond, &why), -1);
    assert_int_equal(segment_index_add(places, 0, UINT32_MAX, 100, &why), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_entries_of_many_segments),
        TEST(reads_a_record_alone),
        TEST(says_where_an_entry_is_missing),
        TEST(takes_no_place_that_it_cannot_keep),
    };
    return test_group(tests, NULL, NULL);
}
