// The SHA-256 of a file: the whole of it, and of nothing else than a file.

#include "lib/base/digest.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

static scratch_t scratch;

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

static void it_is_that_of_all_bytes(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, 256 * 1024, 256 * 1024 + 1, 1000000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        cause_t why;
        hash_t expected, found;
        uint64_t size;
        char *bytes = calloc(1, sizes[i] + 1);
        memset(bytes, 'd', sizes[i]);
        sha256(span_of(bytes, sizes[i]), &expected);
        assert_int_equal(
            file_replace(scratch_at(&scratch, "a"), span_of(bytes, sizes[i]), 0600, &why),
            0);
        assert_int_equal(digest_file(scratch_at(&scratch, "a"), &found, &size, &why), 0);
        assert_true(hash_equal(&expected, &found));
        assert_int_equal(size, sizes[i]);
        free(bytes);
    }
}

static void what_is_no_file_has_none(void **state)
{
    (void)state;
    cause_t why;
    hash_t found;
    uint64_t size;
    assert_int_equal(digest_file(scratch_at(&scratch, "none"), &found, &size, &why), -1);
    assert_int_equal(digest_file(scratch.path, &found, &size, &why), -1);
    assert_int_equal(symlink("/etc/passwd", scratch_at(&scratch, "link")), 0);
    assert_int_equal(digest_file(scratch_at(&scratch, "link"), &found, &size, &why), -1);
    assert_int_equal(mkfifo(scratch_at(&scratch, "pipe"), 0600), 0);
    assert_int_equal(digest_file(scratch_at(&scratch, "pipe"), &found, &size, &why), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_that_of_all_bytes),
        TEST(what_is_no_file_has_none),
    };
    return test_group(tests, NULL, NULL);
}
