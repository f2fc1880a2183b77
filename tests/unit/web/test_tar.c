// What is packed, GNU tar unpacks as it was; what does not fit is left out whole.

#include "web/tar.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#define FOLDER "dabyl-01933f2a-1234-7abc-8def-0123456789ab"

static void unpacked_it_is_the_same(void **state)
{
    (void)state;
    scratch_t scratch;
    cause_t why;
    buf_t tar = {0}, text = {0}, large = {0};
    char command[1024];
    scratch_open(&scratch);
    for (int i = 0; i < 1000; i++)
        buf_printf(&large, "%d\n", i);
    assert_true(tar_add(&tar, FOLDER, "empty", span_text(""), 0));
    assert_true(tar_add(&tar, FOLDER, "certs/a.pem", span_text("pem\n"), 1795347570));
    assert_true(tar_add(&tar, FOLDER, "large", buf_span(&large), INT64_MAX));
    tar_end(&tar);
    assert_int_equal(tar.size % 512, 0);
    assert_int_equal(
        file_replace(scratch_at(&scratch, "x.tar"), buf_span(&tar), 0600, &why), 0);
    (void)snprintf(command, sizeof command, "cd '%s' && tar -xf x.tar", scratch.path);
    assert_int_equal(system(command), 0);
    assert_int_equal(
        file_read(scratch_at(&scratch, FOLDER "/large"), 1 << 20, &text, &why), 0);
    assert_true(span_equal(buf_span(&text), buf_span(&large)));
    buf_clear(&text);
    assert_int_equal(
        file_read(scratch_at(&scratch, FOLDER "/certs/a.pem"), 64, &text, &why), 0);
    assert_string_equal(buf_text(&text), "pem\n");
    buf_clear(&text);
    assert_int_equal(
        file_read(scratch_at(&scratch, FOLDER "/empty"), 64, &text, &why), 0);
    assert_int_equal(text.size, 0);
    buf_destroy(&text);
    buf_destroy(&tar);
    buf_destroy(&large);
    scratch_close(&scratch);
}

static void what_does_not_fit_is_left_out(void **state)
{
    (void)state;
    buf_t tar = {0};
    char name[102], folder[157];
    memset(name, 'n', sizeof name);
    memset(folder, 'f', sizeof folder);
    name[101] = folder[156] = 0;
    assert_false(tar_add(&tar, "f", name, span_text("x"), 0));
    assert_false(tar_add(&tar, folder, "n", span_text("x"), 0));
    assert_false(tar_add(&tar, "f", "", span_text("x"), 0));
    assert_int_equal(tar.size, 0);
    assert_true(tar_add(&tar, folder + 1, name + 1, span_text("x"), 0));
    buf_destroy(&tar);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unpacked_it_is_the_same),
        cmocka_unit_test(what_does_not_fit_is_left_out),
    };
    return test_group(tests, NULL, NULL);
}
