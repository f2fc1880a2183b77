// Lines that wrap: between words, at the width of the terminal, below the column where
// they were; characters of two columns and of none.

#include "nodes/cli/page.h"

#include "tests/lib/test.h"

#include <stdlib.h>
#include <unistd.h>

static char shown[8192];

// What a terminal of so many columns is given for these pieces, each flushed.
static const char *wrap(unsigned columns, const char *const *pieces)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    FILE *out = page_stream(ends[1], columns);
    assert_non_null(out);
    for (; *pieces; pieces++) {
        fputs(*pieces, out);
        assert_int_equal(fflush(out), 0);
    }
    fclose(out);
    close(ends[1]);
    ssize_t n = read(ends[0], shown, sizeof shown - 1);
    close(ends[0]);
    shown[n > 0 ? n : 0] = 0;
    return shown;
}

#define wrapped(columns, ...) wrap(columns, (const char *const[]){__VA_ARGS__, NULL})

static void test_words_are_not_broken(void **state)
{
    (void)state;
    assert_string_equal(wrapped(20, "short\n"), "short\n");
    assert_string_equal(
        wrapped(20, "one two three four five\n"), "one two three four\nfive\n");
    assert_string_equal(wrapped(20, "a 0123456789012345678901234 b\n"),
        "a\n0123456789012345678901234\nb\n");
    assert_string_equal(
        wrapped(20, "exactly twenty colum\nnext\n"), "exactly twenty colum\nnext\n");
}

static void test_a_line_goes_on_below_its_column(void **state)
{
    (void)state;
    assert_string_equal(wrapped(24, "  --lang  the language of words\n"),
        "  --lang  the language\n          of words\n");
    assert_string_equal(wrapped(20, "    indented text that is long\n"),
        "    indented text\n    that is long\n");
    // A column far to the right is none.
    assert_string_equal(
        wrapped(20, "0123456789  abc def ghi\n"), "0123456789  abc def\nghi\n");
}

static void test_widths_are_those_of_characters(void **state)
{
    (void)state;
    assert_string_equal(
        wrapped(20, "Қазақстан дабыл қақты бүгін\n"), "Қазақстан дабыл\nқақты бүгін\n");
    assert_string_equal(
        wrapped(20, "日本日本日本日本 日本日本\n"), "日本日本日本日本\n日本日本\n");
    // The mark above a letter and a colour take no room.
    assert_string_equal(wrapped(20, "\033[1;31mexactly twenty e\xcc\x81olum\033[0m\n"),
        "\033[1;31mexactly twenty e\xcc\x81olum\033[0m\n");
}

static void test_paragraphs_fill_the_width(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    page_run_on(
        out, "One line\nand its  end.\n\n  a    table\n  b    too\nThe next\none.\n");
    fclose(out);
    assert_string_equal(
        text, "One line and its end.\n\n  a    table\n  b    too\nThe next one.\n");
    free(text);
}

static void test_a_question_is_there_at_once(void **state)
{
    (void)state;
    assert_string_equal(wrapped(20, "Type yes: ", "no\n"), "Type yes: no\n");
    assert_string_equal(wrapped(20, "\r 10 %", "\r 20 %", "\n"), "\r 10 %\r 20 %\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_are_not_broken),
        cmocka_unit_test(test_a_line_goes_on_below_its_column),
        cmocka_unit_test(test_widths_are_those_of_characters),
        cmocka_unit_test(test_paragraphs_fill_the_width),
        cmocka_unit_test(test_a_question_is_there_at_once),
    };
    return test_group(tests, NULL, NULL);
}
