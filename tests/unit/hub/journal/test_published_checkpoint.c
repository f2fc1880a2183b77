// published: what is read back is what was signed for this log, or nothing.

#include "hub/journal/published_checkpoint.h"
#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <sodium.h>

static scratch_t scratch;
static cause_t why;
static log_vkey_t vkey;
static uint8_t secret[crypto_sign_SECRETKEYBYTES];

static void put(const buf_t *note)
{
    assert_int_equal(
        file_replace(scratch_at(&scratch, "checkpoint"), buf_span(note), 0644, &why), 0);
}

static void test_none_one_and_a_bad_one(void **state)
{
    (void)state;
    buf_t note = {0};
    checkpoint_t got;
    checkpoint_t wanted = {.origin = "hub.example/log", .size = 42};
    assert_int_equal(published_checkpoint_read(&got, scratch.path, &vkey, &why), 0);
    assert_int_equal(got.size, 0);
    checkpoint_sign(&wanted, &vkey, secret, &note);
    put(&note);
    assert_int_equal(published_checkpoint_read(&got, scratch.path, &vkey, &why), 0);
    assert_int_equal(got.size, 42);
    note.data[note.size - 10] ^= 1;
    put(&note);
    assert_int_equal(published_checkpoint_read(&got, scratch.path, &vkey, &why), -1);
    assert_non_null(strstr(why.text, "/checkpoint: "));
    buf_clear(&note);
    put(&note);
    assert_int_equal(published_checkpoint_read(&got, scratch.path, &vkey, &why), -1);
    buf_destroy(&note);
}

static int setup(void **state)
{
    uint8_t key[crypto_sign_PUBLICKEYBYTES];
    (void)state;
    scratch_open(&scratch);
    if (sodium_init() < 0 || crypto_sign_keypair(key, secret) != 0)
        return -1;
    return log_vkey_of(&vkey, "hub.example/log", key, &why);
}

static int teardown(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_none_one_and_a_bad_one),
    };
    return test_group(tests, setup, teardown);
}
