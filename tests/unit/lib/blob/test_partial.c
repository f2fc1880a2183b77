// partial: pieces add up to the file whose hash was promised, over interruptions too, and
// to nothing else.

#include "lib/blob/partial.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <fcntl.h>

enum { SIZE = 3 * PARTIAL_FLUSH + 777, PIECE = 65536 };

static scratch_t scratch;
static cause_t why;
static uint8_t bytes[SIZE];
static hash_t digest;

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)(i * 2654435761u >> 13);
    sha256(span_of(bytes, SIZE), &digest);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

static partial_t *open_well(uint64_t size)
{
    partial_t *partial = partial_open(scratch_at(&scratch, "file"), size, &why);
    if (!partial)
        fail_msg("%s", why.text);
    assert_int_equal(partial_size(partial), size);
    return partial;
}

// Pieces of `data` from what is held up to `end`.
static void write_up_to(partial_t *partial, const uint8_t *data, uint64_t end)
{
    while (partial_held(partial) < end) {
        uint64_t left = end - partial_held(partial);
        span_t piece =
            span_of(data + partial_held(partial), left < PIECE ? (size_t)left : PIECE);
        assert_int_equal(partial_write(partial, piece, &why), PARTIAL_OK);
    }
}

static partial_result_t check(partial_t *partial, const hash_t *wanted)
{
    partial_result_t result = PARTIAL_MORE;
    for (int i = 0; i < 100 && result == PARTIAL_MORE; i++)
        result = partial_check(partial, wanted, &why);
    return result;
}

static void pieces_make_the_file(void **state)
{
    (void)state;
    buf_t file = {0};
    partial_t *partial = open_well(SIZE);
    assert_int_equal(partial_held(partial), 0);
    write_up_to(partial, bytes, SIZE);
    assert_int_equal(partial_check(partial, &digest, &why), PARTIAL_MORE); // by slices
    assert_int_equal(check(partial, &digest), PARTIAL_OK);
    partial_close(&partial);
    assert_int_equal(file_read(scratch_at(&scratch, "file"), SIZE, &file, &why), 0);
    assert_true(span_equal(buf_span(&file), span_of(bytes, SIZE)));
    buf_destroy(&file);
}

static void an_interruption_costs_a_mebibyte_at_most(void **state)
{
    (void)state;
    static const uint64_t cuts[] = {1, PIECE, PARTIAL_FLUSH - 1, PARTIAL_FLUSH,
        PARTIAL_FLUSH + 1, 2 * PARTIAL_FLUSH + PIECE, SIZE - 1, SIZE};
    for (size_t i = 0; i < sizeof cuts / sizeof *cuts; i++) {
        (void)unlink(scratch_at(&scratch, "file"));
        partial_t *partial = open_well(SIZE);
        write_up_to(partial, bytes, cuts[i]);
        partial_close(&partial);
        partial = open_well(SIZE);
        uint64_t held = partial_held(partial);
        assert_int_equal(held, (cuts[i] - 1) / PARTIAL_FLUSH * PARTIAL_FLUSH);
        write_up_to(partial, bytes, SIZE);
        assert_int_equal(check(partial, &digest), PARTIAL_OK);
        partial_close(&partial);
    }
}

// A power cut may leave the size and not the bytes behind the last flush.
static void unflushed_bytes_are_not_believed(void **state)
{
    (void)state;
    static const uint8_t zeros[PIECE];
    partial_t *partial = open_well(SIZE);
    write_up_to(partial, bytes, PARTIAL_FLUSH + PIECE);
    partial_close(&partial);
    int fd = open(scratch_at(&scratch, "file"), O_WRONLY);
    assert_int_equal(pwrite(fd, zeros, PIECE, PARTIAL_FLUSH), PIECE);
    assert_int_equal(close(fd), 0);
    partial = open_well(SIZE);
    write_up_to(partial, bytes, SIZE);
    assert_int_equal(check(partial, &digest), PARTIAL_OK);
    partial_close(&partial);
}

static void other_bytes_are_found(void **state)
{
    (void)state;
    static uint8_t other[SIZE];
    static const size_t places[] = {0, PARTIAL_FLUSH, SIZE - 1};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        memcpy(other, bytes, SIZE);
        other[places[i]] ^= 1;
        (void)unlink(scratch_at(&scratch, "file"));
        partial_t *partial = open_well(SIZE);
        write_up_to(partial, other, SIZE);
        assert_int_equal(check(partial, &digest), PARTIAL_WRONG);
        partial_close(&partial);
    }
}

static void an_empty_file_is_whole_at_once(void **state)
{
    (void)state;
    hash_t empty;
    sha256(span_of("", 0), &empty);
    partial_t *partial = open_well(0);
    assert_int_equal(check(partial, &empty), PARTIAL_OK);
    assert_int_equal(check(partial, &digest), PARTIAL_WRONG);
    partial_close(&partial);
}

static void what_is_longer_than_promised_begins_anew(void **state)
{
    (void)state;
    partial_t *partial = open_well(SIZE);
    write_up_to(partial, bytes, SIZE);
    partial_close(&partial);
    partial = open_well(PIECE);
    assert_int_equal(partial_held(partial), 0);
    partial_close(&partial);
}

static void what_is_no_file_is_not_opened(void **state)
{
    (void)state;
    assert_int_equal(symlink("elsewhere", scratch_at(&scratch, "link")), 0);
    assert_null(partial_open(scratch_at(&scratch, "link"), 1, &why));
    assert_null(partial_open(scratch.path, 1, &why));
    assert_null(partial_open(scratch_at(&scratch, "no/folder"), 1, &why));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pieces_make_the_file),
        TEST(an_interruption_costs_a_mebibyte_at_most),
        TEST(unflushed_bytes_are_not_believed),
        TEST(other_bytes_are_found),
        TEST(an_empty_file_is_whole_at_once),
        TEST(what_is_longer_than_promised_begins_anew),
        TEST(what_is_no_file_is_not_opened),
    };
    return test_group(tests, NULL, NULL);
}
