// segment_index: an entry is read from where it was written, or its absence is said.

#include "hub/journal/segment_index.h"

#include "lib/base/file.h"
#include "tests/lib/batches.h"
#include "tests/lib/scratch.h"

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
    buf_put_u8(&file, 2);
    buf_put_long(&file, span_text("a seal's text"));
    buf_put_short(&file, span_text(number));
    for (int part = 0; part < 2; part++)
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
        assert_true(span_is(entry.seal, "a seal's text"));
        assert_true(span_is(entry.record, "part"));
        assert_false(entry.placed || entry.proven);
    }
    assert_int_equal(segment_index_read(places, SEGMENTS, &memory, &entry, &why), -1);
    buf_destroy(&memory);
}

// An entry with this way to have a seal, and a document of so many octets.
static void put_entry(buf_t *out, unsigned seal, size_t text, size_t size)
{
    static const char place[ENTRY_PLACE] = {0};
    buf_put_u8(out, (uint8_t)seal);
    if (seal == 1)
        buf_put(out, place, sizeof place);
    if (seal == 2) {
        buf_put_u32(out, (uint32_t)text);
        for (size_t i = 0; i < text; i++)
            buf_put_u8(out, 's');
    }
    buf_put_short(out, span_text("a leaf"));
    buf_put_u32(out, (uint32_t)size);
    for (size_t i = 0; i < size; i++)
        buf_put_u8(out, 'd');
    buf_put_long(out, span_text("a record"));
}

// However large the document and the seal before it; and what ends early is damage, at
// every length.
static void reads_a_record_alone(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 1000, 1100, 300000};
    static const struct {
        unsigned seal;
        size_t text;
    } seals[] = {{0, 0}, {1, 0}, {2, 0}, {2, 9}, {2, 10}, {2, 11}, {2, 400}, {2, 70000}};
    buf_t memory = {0}, file = {0};
    span_t record, leaf;
    uint64_t position = 0;
    for (size_t k = 0; k < sizeof seals / sizeof seals[0]; k++)
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++, position++) {
            char name[SEGMENT_NAME];
            uint64_t first = 100 + position;
            buf_clear(&file);
            for (int zero = 0; zero < OFFSET; zero++)
                buf_put_u8(&file, 0);
            put_entry(&file, seals[k].seal, seals[k].text, sizes[i]);
            segment_name(first, name);
            assert_int_equal(
                file_replace(scratch_at(&scratch, name), buf_span(&file), 0600, &why), 0);
            assert_int_equal(
                segment_index_add(places, first, OFFSET, file.size - OFFSET, &why), 0);
            if (segment_index_read_record(places, position, &memory, &record, &why) != 0)
                fail_msg("%s", why.text);
            assert_true(span_is(record, "a record"));
            assert_true(memory.size < 100);
            if (segment_index_read_leaf(places, position, &memory, &leaf, &why) != 0)
                fail_msg("%s", why.text);
            assert_true(span_is(leaf, "a leaf"));
            assert_true(memory.size < 400);
        }
    for (size_t k = 0; k < 3; k++) {
        buf_clear(&file);
        for (int zero = 0; zero < OFFSET; zero++)
            buf_put_u8(&file, 0);
        put_entry(&file, (unsigned)k, 7, 9);
        char name[SEGMENT_NAME];
        segment_name(k, name);
        assert_int_equal(
            file_replace(scratch_at(&scratch, name), buf_span(&file), 0600, &why), 0);
        for (size_t size = 0; size < file.size - OFFSET; size++, position++) {
            entry_t entry;
            assert_int_equal(segment_index_add(places, k, OFFSET, size, &why), 0);
            assert_int_equal(
                segment_index_read_record(places, position, &memory, &record, &why), -1);
            assert_int_equal(
                segment_index_read(places, position, &memory, &entry, &why), -1);
        }
    }
    buf_destroy(&memory);
    buf_destroy(&file);
}

enum { BATCHES = 3 };

// Batches of one segment, each with the same kinds of entries, and where these are.
typedef struct {
    batch_mixed_t mixed[BATCHES];
    size_t offset[BATCHES]; // of the batch
    buf_t file;
} sealed_file_t;

static void write_sealed(const sealed_file_t *sealed)
{
    char name[SEGMENT_NAME];
    segment_name(0, name);
    // In its place, for files that are open: the same bytes are read through them.
    FILE *file = fopen(scratch_at(&scratch, name), "r+e");
    if (!file)
        file = fopen(scratch_at(&scratch, name), "we");
    assert_non_null(file);
    assert_int_equal(fwrite(sealed->file.data, sealed->file.size, 1, file), 1);
    assert_int_equal(fclose(file), 0);
}

static void make_sealed(sealed_file_t *sealed)
{
    *sealed = (sealed_file_t){0};
    for (int zero = 0; zero < OFFSET; zero++)
        buf_put_u8(&sealed->file, 0);
    for (size_t b = 0; b < BATCHES; b++) {
        batch_header_t header = {.sequence = b, .first = b * BATCH_MIXED};
        batch_mixed_t *mixed = &sealed->mixed[b];
        batch_mixed_open(mixed, header.first);
        sealed->offset[b] = sealed->file.size;
        batch_write(&sealed->file, &header, mixed->entry, BATCH_MIXED);
        size_t at = sealed->offset[b] + BATCH_HEADER + header.front;
        for (size_t i = 0; i < BATCH_MIXED; i++) {
            size_t size = entry_size(&mixed->entry[i]);
            assert_int_equal(segment_index_add(places, 0, at, size, &why), 0);
            at += size;
        }
    }
    write_sealed(sealed);
}

static void free_sealed(sealed_file_t *sealed)
{
    for (size_t b = 0; b < BATCHES; b++)
        batch_mixed_close(&sealed->mixed[b]);
    buf_destroy(&sealed->file);
}

static void is_read(const sealed_file_t *sealed, uint64_t position, bool placed)
{
    const entry_t *was =
        &sealed->mixed[position / BATCH_MIXED].entry[position % BATCH_MIXED];
    buf_t memory = {0};
    entry_t entry;
    if ((placed ? segment_index_read_placed : segment_index_read)(
            places, position, &memory, &entry, &why) != 0)
        fail_msg("%s", why.text);
    assert_true(span_equal(entry.leaf, was->leaf));
    assert_true(span_equal(entry.document, was->document));
    assert_true(span_equal(entry.seal, was->seal));
    assert_true(span_equal(entry.record, was->record));
    assert_true(entry.placed == was->placed && entry.index == was->index);
    if (placed) {
        assert_int_equal(entry.proven, was->placed);
        assert_true(span_equal(entry.path, was->path));
    }
    buf_destroy(&memory);
}

// In any order, with the path and without: what is kept of a batch serves the next of it,
// and no other.
static void reads_entries_under_seals(void **state)
{
    (void)state;
    sealed_file_t sealed;
    make_sealed(&sealed);
    for (unsigned round = 0; round < 400; round++)
        is_read(
            &sealed, (round * 7 + round / 5) % (BATCHES * BATCH_MIXED), round % 3 > 0);
    for (uint64_t position = 0; position < (uint64_t)BATCHES * BATCH_MIXED; position++) {
        is_read(&sealed, position, false);
        is_read(&sealed, position, true);
        is_read(&sealed, position, false);
    }
    free_sealed(&sealed);
}

// One octet of the segment is another: the entry is read as it was but for it, or it is
// said what cannot be read; a path that is proven is the right one.
static void believes_no_other_place(void **state)
{
    (void)state;
    sealed_file_t sealed;
    buf_t memory = {0};
    make_sealed(&sealed);
    const uint64_t position = BATCH_MIXED + 3; // under a head with the first of its batch
    const entry_t *was = &sealed.mixed[1].entry[3];
    for (size_t at = sealed.offset[1]; at < sealed.offset[2]; at++) {
        entry_t entry;
        segment_index_close(&places); // nothing is kept from the time before
        assert_int_equal(unlink(scratch_at(&scratch, "places")), 0);
        places = segment_index_open(scratch.path, scratch.path, &why);
        size_t where = OFFSET;
        for (size_t b = 0; b < BATCHES; b++) {
            where =
                sealed.offset[b] + batch_body(span_of(sealed.file.data + sealed.offset[b],
                                       sealed.file.size - sealed.offset[b]));
            for (size_t i = 0; i < BATCH_MIXED; i++) {
                size_t size = entry_size(&sealed.mixed[b].entry[i]);
                assert_int_equal(segment_index_add(places, 0, where, size, &why), 0);
                where += size;
            }
        }
        sealed.file.data[at] ^= 0x11;
        write_sealed(&sealed);
        if (segment_index_read_placed(places, position, &memory, &entry, &why) != 0)
            assert_true(why.text[0] != 0);
        else if (entry.proven) {
            assert_true(span_equal(entry.path, was->path));
            assert_int_equal(entry.index, was->index);
        }
        sealed.file.data[at] ^= 0x11;
    }
    write_sealed(&sealed);
    buf_destroy(&memory);
    free_sealed(&sealed);
}

// How far the batch is behind an entry: beyond the file's beginning, at something that is
// no batch, at one that has not this entry; and a head that is not there.
static void says_which_place_is_wrong(void **state)
{
    (void)state;
    sealed_file_t sealed;
    buf_t memory = {0};
    entry_t entry;
    make_sealed(&sealed);
    const uint64_t position = BATCH_MIXED; // the first of its batch
    size_t at = sealed.offset[1] + batch_body(span_of(sealed.file.data + sealed.offset[1],
                                       sealed.file.size - sealed.offset[1]));
    const struct {
        uint32_t back;
        uint16_t head;
        const char *words;
    } table[] = {
        {(uint32_t)at + 1, 0, "is not where it was written"},
        {UINT32_MAX, 0, "is not where it was written"},
        {(uint32_t)(at - sealed.offset[1]) + 1, 0, "there is no batch at offset"},
        {0, 0, "there is no batch at offset"},
        {(uint32_t)(at - sealed.offset[0]), 0, "is not where it was written"},
        {(uint32_t)(at - sealed.offset[1]), 2, "is not where it was written"},
        {(uint32_t)(at - sealed.offset[1]), UINT16_MAX, "is not where it was written"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        buf_t place = {0};
        buf_put_u32(&place, table[i].back);
        buf_put_u16(&place, table[i].head);
        uint8_t saved[6];
        memcpy(saved, sealed.file.data + at + 1, sizeof saved);
        memcpy(sealed.file.data + at + 1, place.data, place.size);
        write_sealed(&sealed);
        for (int placed = 0; placed < 2; placed++) {
            assert_int_equal((placed ? segment_index_read_placed : segment_index_read)(
                                 places, position, &memory, &entry, &why),
                -1);
            if (!strstr(why.text, table[i].words))
                fail_msg("row %zu: %s", i, why.text);
        }
        memcpy(sealed.file.data + at + 1, saved, sizeof saved);
        buf_destroy(&place);
    }
    write_sealed(&sealed);
    is_read(&sealed, 0, true); // of another batch: what was read of this one is forgotten
    is_read(&sealed, position, true);
    buf_destroy(&memory);
    free_sealed(&sealed);
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
        TEST(reads_entries_under_seals),
        TEST(believes_no_other_place),
        TEST(says_which_place_is_wrong),
        TEST(says_where_an_entry_is_missing),
        TEST(takes_no_place_that_it_cannot_keep),
    };
    return test_group(tests, NULL, NULL);
}
