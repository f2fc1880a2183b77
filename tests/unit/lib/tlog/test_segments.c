// segment and segments: a walk yields what was written with its places, and nothing else;
// no bytes make it read past them or go on for ever.

#include "lib/base/file.h"
#include "lib/tlog/segments.h"
#include "tests/lib/batches.h"
#include "tests/lib/fold.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

static scratch_t scratch;
static cause_t why;
static const char origin[] = "hub.example/log";

static void write_file(const char *name, span_t bytes)
{
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/segments/%.64s", scratch.path, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_true(bytes.size == 0 || fwrite(bytes.data, bytes.size, 1, file) == 1);
    assert_int_equal(fclose(file), 0);
}

// Batches of 1, 2, 3, ... entries from these on, appended to `out`.
static void make_batches(buf_t *out, fold_t *fold, uint64_t sequence, size_t batches)
{
    buf_t memory[16] = {0};
    entry_t entry[16];
    for (size_t b = 0; b < batches; b++) {
        size_t n = 1 + b % 16;
        batch_header_t header = {.sequence = sequence + b, .first = fold->entries};
        fold_root(fold, &header.root_before);
        for (size_t i = 0; i < n; i++) {
            fold_make(fold, fold->entries, &memory[i], &entry[i]);
            fold_add(fold, &entry[i]);
        }
        batch_write(out, &header, entry, n);
    }
    for (size_t i = 0; i < 16; i++)
        buf_destroy(&memory[i]);
}

static void put_header(buf_t *out, uint64_t first, uint64_t sequence)
{
    segment_header_t header = {.first = first, .sequence = sequence};
    sha256(span_text(origin), &header.origin);
    segment_header_put(out, &header);
}

// Two segments, the second with zeros behind its batches.
static fold_t make_journal(buf_t *first, buf_t *second)
{
    char name[SEGMENT_NAME];
    fold_t fold = {.size = 40};
    put_header(first, 0, 0);
    make_batches(first, &fold, 0, 5);
    segment_name(0, name);
    write_file(name, buf_span(first));
    segment_name(fold.entries, name);
    put_header(second, fold.entries, 5);
    make_batches(second, &fold, 5, 4);
    for (size_t i = 0; i < 3000; i++)
        buf_put_u8(second, 0);
    write_file(name, buf_span(second));
    return fold;
}

static void test_names(void **state)
{
    (void)state;
    uint64_t first = 0;
    char name[SEGMENT_NAME];
    segment_name(0, name);
    assert_string_equal(name, "00000000000000000000.seg");
    segment_name(UINT64_MAX, name);
    assert_string_equal(name, "18446744073709551615.seg");
    assert_true(segment_name_parse(name, &first));
    assert_true(first == UINT64_MAX);
    static const char *const bad[] = {"", "1", "18446744073709551616.seg",
        "99999999999999999999.seg", "0000000000000000000.segs",
        "00000000000000000000.sex", "0000000000000000000-.seg",
        " 0000000000000000000.seg", "00000000000000000000.seg ",
        "+0000000000000000000.seg"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(segment_name_parse(bad[i], &first));
}

static void test_a_walk_yields_everything_in_its_place(void **state)
{
    (void)state;
    buf_t first = {0};
    buf_t second = {0};
    fold_t fold = make_journal(&first, &second);
    fold_t seen = {.size = fold.size};
    batch_t batch = {0};
    segments_t *walk = segments_open(scratch.path, NULL, 0, &why);
    assert_non_null(walk);
    uint64_t batches = 0;
    int got;
    while ((got = segments_next(walk, &batch, &why)) == 1) {
        entry_t entry;
        hash_t root;
        fold_root(&seen, &root);
        assert_true(hash_equal(&root, &batch.header.root_before));
        assert_int_equal(batch.header.sequence, batches++);
        batch_prove(&batch);
        batch_entries_t entries = batch_entries(&batch);
        const buf_t *file = batch.segment == 0 ? &first : &second;
        for (uint64_t offset = entries.offset; batch_next(&entries, &entry);
             offset = entries.offset) {
            // The offset told is where the entry is in the file.
            span_t from_data = span_of(file->data + offset, file->size - offset);
            reader_t from = reader_of(from_data);
            entry_t again = entry_take(&from, NULL, NULL);
            size_t leaf = entry_leaf_start(from_data);
            assert_true(span_equal(
                span_of(from_data.data + leaf + 2, entry.leaf.size), entry.leaf));
            assert_true(span_equal(again.leaf, entry.leaf));
            assert_true(span_equal(again.record, entry.record));
            assert_int_equal(again.placed, entry.placed);
            assert_int_equal(again.index, entry.index);
            if (entry.placed)
                assert_int_equal(entry_back(from_data), offset - batch.offset);
            assert_int_equal(entry.proven, entry.placed);
            assert_int_equal(fold_entry(&seen, entries.position - 1, &entry, &why), 0);
        }
    }
    assert_int_equal(got, 0);
    assert_int_equal(seen.wrong, 0);
    assert_int_equal(seen.entries, fold.entries);
    const segments_tail_t *tail = segments_tail(walk);
    assert_int_equal(tail->position, fold.entries);
    assert_int_equal(tail->sequence, 9);
    assert_int_equal(tail->offset, second.size - 3000);
    assert_int_equal(tail->torn, 0);
    assert_string_equal(tail->unborn, "");
    assert_string_equal(tail->file, batch.file);
    assert_int_equal(segments_next(walk, &batch, &why), 0); // and it stays so
    segments_close(&walk);
    batch_close(&batch);
    buf_destroy(&first);
    buf_destroy(&second);
}

static int walk_through(const char *of, segments_tail_t *tail)
{
    batch_t batch = {0};
    segments_t *walk = segments_open(scratch.path, of, 8192, &why);
    if (!walk)
        return -1;
    int got;
    unsigned batches = 0;
    while ((got = segments_next(walk, &batch, &why)) == 1)
        assert_in_range(++batches, 1, 100);
    *tail = *segments_tail(walk);
    segments_close(&walk);
    batch_close(&batch);
    return got;
}

static void test_an_empty_journal_and_none(void **state)
{
    (void)state;
    segments_tail_t tail;
    assert_int_equal(walk_through(origin, &tail), 0);
    assert_int_equal(tail.position, 0);
    assert_string_equal(tail.file, "");
    assert_null(segments_open("/nonexistent", origin, 0, &why));
    assert_non_null(strstr(why.text, "/nonexistent"));
}

static void test_an_interrupted_write_is_measured(void **state)
{
    (void)state;
    char name[SEGMENT_NAME];
    buf_t first = {0};
    buf_t second = {0};
    segments_tail_t tail, whole;
    fold_t fold = make_journal(&first, &second);
    assert_int_equal(walk_through(origin, &whole), 0);
    uint64_t next = fold.entries;
    segment_name(whole.segment, name);
    second.size = (size_t)whole.offset;
    make_batches(&second, &fold, 9, 1);
    second.size -= 40; // the checksum and a little more are missing
    write_file(name, buf_span(&second));
    assert_int_equal(walk_through(origin, &tail), 0);
    assert_int_equal(tail.position, next);
    assert_int_equal(tail.offset, whole.offset);
    assert_int_equal(tail.torn, second.size - whole.offset);
    buf_destroy(&first);
    buf_destroy(&second);
}

static uint64_t state_ = 0x9e3779b97f4a7c15;

static uint64_t next_random(void)
{
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_ >> 11;
}

static void spoil(buf_t *bytes)
{
    size_t at = (size_t)(next_random() % bytes->size);
    size_t size = (size_t)(next_random() % 40);
    size = size < bytes->size - at ? size : bytes->size - at;
    switch (next_random() % 4) {
    case 0: // lengths and counts that promise too much
        memset(bytes->data + at, 0xff, size);
        break;
    case 1:
        memset(bytes->data + at, 0, size);
        break;
    case 2:
        bytes->data[at] = (uint8_t)next_random();
        break;
    default:
        bytes->size = at;
        break;
    }
}

// Whatever is in the files, the walk ends, and what it takes for good was written by us.
static void test_spoilt_files(void **state)
{
    (void)state;
    char name[SEGMENT_NAME];
    buf_t first = {0};
    buf_t second = {0};
    buf_t spoilt = {0};
    segments_tail_t tail, whole;
    (void)make_journal(&first, &second);
    assert_int_equal(walk_through(origin, &whole), 0);
    unsigned refused = 0;
    for (unsigned round = 0; round < 4000; round++) {
        bool earlier = next_random() % 4 == 0;
        const buf_t *from = earlier ? &first : &second;
        segment_name(earlier ? 0 : whole.segment, name);
        buf_clear(&spoilt);
        buf_put_span(&spoilt, buf_span(from));
        for (uint64_t n = 1 + next_random() % 3; n > 0 && spoilt.size > 0; n--)
            spoil(&spoilt);
        write_file(name, buf_span(&spoilt));
        if (walk_through(origin, &tail) != 0) {
            refused++;
            assert_non_null(strstr(why.text, "segments/"));
            assert_non_null(strstr(why.text, "offset "));
        } else {
            assert_true(tail.position <= whole.position);
        }
        write_file(name, buf_span(from));
    }
    assert_in_range(refused, 1000, 4000);
    buf_destroy(&first);
    buf_destroy(&second);
    buf_destroy(&spoilt);
}

// As if the batch had `n` entries.
static void sum_again(buf_t *file, size_t start, unsigned n)
{
    hash_t sum;
    buf_t summed = {0};
    entry_hashes_t hashes = {0};
    merkle_leaf(span_text("leaf"), &hashes.leaf);           // the others are empty
    buf_put(&summed, file->data + start, BATCH_HEADER + 2); // and no heads
    for (unsigned i = 0; i < n; i++) {
        buf_put_u8(&summed, 0);
        buf_put(&summed, &hashes, sizeof hashes);
    }
    sha256(buf_span(&summed), &sum);
    memcpy(file->data + file->size - sizeof sum, &sum, sizeof sum);
    buf_destroy(&summed);
}

// Right checksums over nonsense: written by a broken hub, and refused all the same.
static void test_a_sound_batch_that_makes_no_sense(void **state)
{
    (void)state;
    char name[SEGMENT_NAME];
    segments_tail_t tail;
    buf_t file = {0};
    segment_name(0, name);
    for (unsigned kind = 0; kind < 4; kind++) {
        entry_t entry[2] = {{.leaf = span_text("leaf")}, {.leaf = span_text("leaf")}};
        batch_header_t header = {
            .sequence = kind == 2 ? 1 : 0, .first = kind == 3 ? 5 : 0};
        buf_clear(&file);
        put_header(&file, 0, 0);
        size_t start = file.size;
        batch_write(&file, &header, entry, 2);
        if (kind < 2) { // one entry more or less than there are
            file.data[start + 19] = kind ? 3 : 1;
            sum_again(&file, start, kind ? 3 : 1);
        }
        write_file(name, buf_span(&file));
        assert_int_equal(walk_through(origin, &tail), -1);
        assert_non_null(strstr(why.text, "offset 64: "));
    }
    buf_destroy(&file);
}

// Hashes that the writer knows are those that a reader makes.
static void test_known_hashes(void **state)
{
    (void)state;
    buf_t one = {0};
    buf_t two = {0};
    batch_header_t header = {.first = 7};
    entry_hashes_t hashes = {0};
    entry_t entry[2] = {{.leaf = span_text("a leaf"), .seal = span_text("a seal")},
        {.leaf = span_text("leaf"), .record = span_text("a record")}};
    batch_write(&one, &header, entry, 2);
    merkle_leaf(entry[0].leaf, &hashes.leaf);
    sha256(entry[0].seal, &hashes.seal);
    entry[0].hashes = &hashes;
    batch_write(&two, &header, entry, 2);
    assert_true(span_equal(buf_span(&one), buf_span(&two)));
    assert_int_equal(batch_judge(buf_span(&two), NULL, &why), BATCH_SOUND);
    hashes.document.bytes[31] = 1;
    buf_clear(&two);
    batch_write(&two, &header, entry, 2);
    assert_int_equal(batch_judge(buf_span(&two), NULL, &why), BATCH_NONE);
    buf_destroy(&one);
    buf_destroy(&two);
}

static batch_verdict_t judge(span_t batch)
{
    // To its very end: reading beyond would be seen.
    uint8_t *copy = malloc(batch.size ? batch.size : 1);
    if (batch.size)
        memcpy(copy, batch.data, batch.size);
    batch_verdict_t verdict = batch_judge(span_of(copy, batch.size), NULL, &why);
    free(copy);
    return verdict;
}

static bool is_sound(span_t batch)
{
    return judge(batch) == BATCH_SOUND;
}

static void make_mixed(batch_mixed_t *mixed, buf_t *out)
{
    batch_header_t header = {.first = 100};
    batch_mixed_open(mixed, 100);
    batch_write(out, &header, mixed->entry, BATCH_MIXED);
    assert_int_equal(out->size, header.length + BATCH_AROUND);
}

// Each head once, whoever else's entries lie between those of it.
static void test_heads_stand_in_front(void **state)
{
    (void)state;
    batch_mixed_t mixed;
    batch_front_t front = {0};
    buf_t batch = {0};
    make_mixed(&mixed, &batch);
    assert_true(is_sound(buf_span(&batch)));
    size_t body = batch_body(buf_span(&batch));
    span_t seals = span_of(batch.data + BATCH_HEADER, body - BATCH_HEADER);
    assert_true(batch_front_take(&front, seals));
    assert_int_equal(front.n, 2);
    assert_int_equal(front.head[0].proof.size, 0); // both are there
    assert_int_equal(front.head[1].proof.size, 32);
    reader_t from =
        reader_of(span_of(batch.data + body, batch.size - body - sizeof(hash_t)));
    size_t size = 0;
    for (size_t i = 0; i < BATCH_MIXED; i++) {
        const entry_t *was = &mixed.entry[i];
        size_t before = from.rest.size;
        assert_int_equal(entry_back(from.rest),
            was->placed ? (size_t)(from.rest.data - batch.data) : 0);
        entry_t entry = entry_take(&from, &front, NULL);
        assert_true(span_equal(entry.leaf, was->leaf));
        assert_true(span_equal(entry.document, was->document));
        assert_true(span_equal(entry.seal, was->seal));
        assert_true(span_equal(entry.record, was->record));
        assert_true(entry.placed == was->placed && entry.index == was->index);
        assert_int_equal(before - from.rest.size, entry_size(was));
        size += entry_size(was);
    }
    assert_true(reader_done(&from));
    assert_int_equal(size, batch.size - body - sizeof(hash_t));
    for (size_t cut = 0; cut < seals.size; cut++)
        assert_false(batch_front_take(&front, span_of(seals.data, cut)));
    batch_front_close(&front);
    batch_mixed_close(&mixed);
    buf_destroy(&batch);
}

static void test_every_flipped_bit_of_a_batch_shows(void **state)
{
    (void)state;
    batch_mixed_t mixed;
    buf_t batch = {0};
    make_mixed(&mixed, &batch);
    for (size_t bit = 0; bit < 8 * batch.size; bit++) {
        batch.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (is_sound(buf_span(&batch)))
            fail_msg("bit %zu of octet %zu went unnoticed", bit % 8, bit / 8);
        batch.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t size = 0; size < batch.size; size++)
        assert_false(is_sound(span_of(batch.data, size)));
    assert_true(is_sound(buf_span(&batch)));
    batch_mixed_close(&mixed);
    buf_destroy(&batch);
}

// What a wrong hub could write with a checksum that fits: an entry that points elsewhere
// than to its batch, a head that is not there, a front of another length.  Where the
// parts can be told apart the checksum is right, so that it is no torn batch.
static void test_a_sound_sum_over_wrong_places(void **state)
{
    (void)state;
    batch_mixed_t mixed;
    buf_t batch = {0}, wrong = {0};
    make_mixed(&mixed, &batch);
    size_t body = batch_body(buf_span(&batch));
    size_t second = body + entry_size(&mixed.entry[0]);
    const struct {
        size_t at;
        uint8_t value;
        batch_verdict_t verdict;
        const char *words;
    } table[] = {
        {body + 4, (uint8_t)(body & 0xff), BATCH_SOUND, ""}, // back, as it is
        {body + 4, (uint8_t)((body & 0xff) ^ 1), BATCH_MALFORMED, "another place"},
        {body + 1, 1, BATCH_MALFORMED, "another place"},
        {body + 6, 1, BATCH_MALFORMED, "in another order"},
        {second + 6, 0, BATCH_MALFORMED, ""}, // of the first head, too
        {body + 10, 1, BATCH_MALFORMED, "do not rise"},
        {body + 6, 2, BATCH_NONE, ""},
        {body + 5, 1, BATCH_NONE, ""},
        {body, 3, BATCH_NONE, ""}, // no way to have a seal
        {body, 0, BATCH_NONE, ""},
        {15, (uint8_t)(batch.data[15] - 1), BATCH_NONE, ""}, // the front's length
        {15, (uint8_t)(batch.data[15] + 1), BATCH_NONE, ""},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        buf_clear(&wrong);
        buf_put_span(&wrong, buf_span(&batch));
        wrong.data[table[i].at] = table[i].value;
        batch_sum_again(wrong.data, wrong.size);
        why.text[0] = 0;
        if (judge(buf_span(&wrong)) != table[i].verdict ||
            !strstr(why.text, table[i].words))
            fail_msg("row %zu: %s", i, why.text);
    }
    batch_mixed_close(&mixed);
    buf_destroy(&batch);
    buf_destroy(&wrong);
}

// A front with one head more than the entries name, or an entry whose seal is a text of
// no octets: the sum is right, and it is no batch as one is written.
static void test_one_form_of_a_batch(void **state)
{
    (void)state;
    static const uint8_t idle[] = {0, 1, 0, 0, 0, 1, 'h', 0, 0, 0, 0};
    static const uint8_t none[] = {0, 0}, no_seal[] = {0}, empty[] = {2, 0, 0, 0, 0};
    static const uint8_t rest[] = {0, 1, 'l', 0, 0, 0, 0, 0, 0, 0, 0}; // a leaf
    const struct {
        span_t front, seal;
        batch_verdict_t verdict;
        const char *words;
    } table[] = {
        {span_of(none, 2), span_of(no_seal, 1), BATCH_SOUND, ""},
        {span_of(idle, sizeof idle), span_of(no_seal, 1), BATCH_MALFORMED,
            "a head that no entry names"},
        {span_of(none, 2), span_of(empty, 5), BATCH_MALFORMED, "a seal of no octets"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        buf_t batch = {0};
        size_t size = table[i].front.size + table[i].seal.size + sizeof rest;
        buf_put(&batch, "DBATCH01", 8);
        buf_put_u32(&batch, (uint32_t)size);
        buf_put_u32(&batch, (uint32_t)table[i].front.size);
        buf_put_u32(&batch, 1);
        for (size_t zeros = 0; zeros < 8; zeros++)
            buf_put_u64(&batch, 0);
        buf_put_span(&batch, table[i].front);
        buf_put_span(&batch, table[i].seal);
        buf_put(&batch, rest, sizeof rest);
        for (size_t zeros = 0; zeros < 4; zeros++)
            buf_put_u64(&batch, 0);
        batch_sum_again(batch.data, batch.size);
        why.text[0] = 0;
        if (judge(buf_span(&batch)) != table[i].verdict ||
            !strstr(why.text, table[i].words))
            fail_msg("row %zu: %s", i, why.text);
        buf_destroy(&batch);
    }
}

// It is the last of its journal, and a sector of it is of zeros: as a torn one might be.
static void test_what_was_written_so_is_not_torn(void **state)
{
    (void)state;
    char name[SEGMENT_NAME];
    static uint8_t zeros[2048];
    batch_header_t header = {0};
    batch_t batch = {0};
    buf_t file = {0}, bytes = {0};
    entry_t entry = {.leaf = span_text("leaf"),
        .document = span_of(zeros, sizeof zeros),
        .seal = span_text("seal")};
    batch_write(&bytes, &header, &entry, 1);
    size_t body = batch_body(buf_span(&bytes));
    for (int wrong = 0; wrong < 2; wrong++) {
        put_header(&file, 0, 0);
        size_t start = file.size;
        buf_put_span(&file, buf_span(&bytes));
        if (wrong) // one octet is its seal's no longer, but its leaf's
            memcpy(file.data + start + body, "\2\0\0\0\0\0\10", 7);
        batch_sum_again(file.data + start, file.size - start);
        segment_name(0, name);
        write_file(name, buf_span(&file));
        segments_t *walk = segments_open(scratch.path, origin, 0, &why);
        assert_non_null(walk);
        assert_int_equal(segments_next(walk, &batch, &why), wrong ? -1 : 1);
        if (wrong)
            assert_non_null(strstr(why.text, "offset 64: a batch as none is written"));
        assert_int_equal(segments_tail(walk)->written, wrong);
        segments_close(&walk);
        buf_clear(&file);
    }
    batch_close(&batch);
    buf_destroy(&file);
    buf_destroy(&bytes);
}

// The only batch of a journal, read with the paths that are known of it.
static void read_batch(span_t bytes, batch_t *batch)
{
    char name[SEGMENT_NAME];
    buf_t file = {0};
    put_header(&file, 0, 0);
    buf_put_span(&file, bytes);
    segment_name(0, name);
    write_file(name, buf_span(&file));
    segments_t *walk = segments_open(scratch.path, origin, 0, &why);
    if (!walk || segments_next(walk, batch, &why) != 1)
        fail_msg("%s", why.text);
    segments_close(&walk);
    buf_destroy(&file);
    batch_prove(batch);
}

// Which entries have a place that is proven: "1.0111", a dot for one without a place.
static void proven_are(span_t bytes, const char *expected)
{
    batch_t batch = {0};
    char all[BATCH_MIXED + 1] = "";
    entry_t entry;
    read_batch(bytes, &batch);
    batch_entries_t entries = batch_entries(&batch);
    for (size_t i = 0; batch_next(&entries, &entry); i++) {
        span_t path;
        assert_int_equal(batch_path(&batch, i, &path), entry.proven);
        all[i] = !entry.placed ? '.' : entry.proven ? '1' : '0';
    }
    assert_string_equal(all, expected);
    batch_close(&batch);
}

static void test_places_are_proven_by_head(void **state)
{
    (void)state;
    batch_mixed_t mixed;
    batch_header_t header = {0};
    batch_t batch = {0};
    entry_t entry;
    buf_t bytes = {0}, leaf = {0};
    batch_mixed_open(&mixed, 0);
    batch_write(&bytes, &header, mixed.entry, BATCH_MIXED);
    read_batch(buf_span(&bytes), &batch);
    batch_entries_t entries = batch_entries(&batch);
    for (size_t i = 0; batch_next(&entries, &entry); i++)
        if (entry.placed)
            assert_true(span_equal(entry.path, mixed.entry[i].path));
    batch_close(&batch);
    proven_are(buf_span(&bytes), "11.1.1");
    // One leaf that nobody can read does not take its neighbours' proof away, as long as
    // the document is there.
    buf_clear(&bytes);
    mixed.entry[3].leaf = span_text("no leaf");
    batch_write(&bytes, &header, mixed.entry, BATCH_MIXED);
    proven_are(buf_span(&bytes), "11.1.1");
    // Without it, those under the same head have none; others do not suffer.
    buf_clear(&bytes);
    mixed.entry[3].document = (span_t){0};
    batch_write(&bytes, &header, mixed.entry, BATCH_MIXED);
    proven_are(buf_span(&bytes), "01.0.1");
    // What was lawfully erased is told by its leaf.
    buf_clear(&bytes);
    mixed.entry[3].leaf = buf_span(&mixed.octets[3]);
    batch_write(&bytes, &header, mixed.entry, BATCH_MIXED);
    proven_are(buf_span(&bytes), "11.1.1");
    batch_mixed_close(&mixed);
    buf_destroy(&bytes);
    buf_destroy(&leaf);
}

// A proof that is cut or changed, an index beyond the count: under a sum that fits the
// batch is read, and nothing under that head is proven.
static void test_wrong_proofs_prove_nothing(void **state)
{
    (void)state;
    batch_mixed_t mixed;
    batch_header_t header = {0};
    batch_front_t front = {0};
    buf_t bytes = {0};
    batch_mixed_open(&mixed, 0);
    batch_write(&bytes, &header, mixed.entry, BATCH_MIXED);
    size_t body = batch_body(buf_span(&bytes));
    (void)batch_front_take(
        &front, span_of(bytes.data + BATCH_HEADER, body - BATCH_HEADER));
    uint8_t *proof = (uint8_t *)(uintptr_t)front.head[1].proof.data;
    *proof ^= 1;
    batch_sum_again(bytes.data, bytes.size);
    proven_are(buf_span(&bytes), "10.1.0");
    *proof ^= 1;
    size_t last = body;
    for (size_t i = 0; i < BATCH_MIXED - 1; i++)
        last += entry_size(&mixed.entry[i]);
    bytes.data[last + 10] = 4; // the last entry's index; its head's count is 4
    batch_sum_again(bytes.data, bytes.size);
    proven_are(buf_span(&bytes), "10.1.0");
    bytes.data[last + 10] = 3;
    batch_sum_again(bytes.data, bytes.size);
    proven_are(buf_span(&bytes), "11.1.1");
    batch_front_close(&front);
    batch_mixed_close(&mixed);
    buf_destroy(&bytes);
}

// What would not be proven is not written: `out` stays as it was.
static void test_no_batch_of_what_has_no_place(void **state)
{
    (void)state;
    batch_mixed_t mixed;
    batch_header_t header = {0};
    batcher_t *batcher = batcher_new();
    buf_t bytes = {0};
    buf_put_text(&bytes, "before");
    batch_mixed_open(&mixed, 0);
    mixed.entry[5].path.size -= sizeof(hash_t);
    assert_int_equal(
        batcher_put(batcher, &bytes, &header, mixed.entry, BATCH_MIXED, &why), -1);
    assert_true(span_is(buf_span(&bytes), "before"));
    mixed.entry[5].path.size += sizeof(hash_t);
    mixed.entry[5].index = 4; // of four
    assert_int_equal(
        batcher_put(batcher, &bytes, &header, mixed.entry, BATCH_MIXED, &why), -1);
    mixed.entry[5].index = 3;
    assert_int_equal(
        batcher_put(batcher, &bytes, &header, mixed.entry, BATCH_MIXED, &why), 0);
    batcher_destroy(&batcher);
    batch_mixed_close(&mixed);
    buf_destroy(&bytes);
}

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    return folder_make(scratch_at(&scratch, "segments"), 0700, &why);
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
        TEST(test_a_walk_yields_everything_in_its_place),
        TEST(test_an_empty_journal_and_none),
        TEST(test_an_interrupted_write_is_measured),
        TEST(test_spoilt_files),
        TEST(test_a_sound_batch_that_makes_no_sense),
        TEST(test_known_hashes),
        TEST(test_heads_stand_in_front),
        TEST(test_every_flipped_bit_of_a_batch_shows),
        TEST(test_a_sound_sum_over_wrong_places),
        TEST(test_one_form_of_a_batch),
        TEST(test_what_was_written_so_is_not_torn),
        TEST(test_places_are_proven_by_head),
        TEST(test_wrong_proofs_prove_nothing),
        TEST(test_no_batch_of_what_has_no_place),
    };
    scratch_in_memory();
    return test_group(tests, NULL, NULL);
}
