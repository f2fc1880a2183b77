// What reaches a terminal: no escape sequence, no change of direction, nothing that is
// not UTF-8.

#include "nodes/cli/screen.h"

#include "tests/lib/test.h"

static char *shown; // of the last call, freed by the next

static const char *show(const char *bytes, size_t size)
{
    size_t length = 0;
    free(shown);
    FILE *out = open_memstream(&shown, &length);
    assert_non_null(out);
    screen_span(out, span_of(bytes, size));
    fclose(out);
    return shown;
}

static void plain_text_passes(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "plain", "Қазақша дабыл", "по-русски", "日本",
        "\xf0\x9f\x94\xa5", "\xf4\x8f\xbf\xbf"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_string_equal(show(texts[i], strlen(texts[i])), texts[i]);
}

static void harm_is_shown_not_done(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
    } cases[] = {
        {"\x1b[2J", "?[2J"},
        {"a\nb\tc\rd", "a b c d"},
        {"\a\b\x7f", "???"},
        {"\xc2\x9b"
         "2J",
            "?2J"}, // CSI as one character
        {"\xe2\x80\xae"
         "drow",
            "?drow"}, // right-to-left override
        {"\xe2\x81\xa6x\xe2\x81\xa9", "?x?"},
        {"\xe2\x80\xa8", "?"}, // line separator
        {"\xff\xfe", "??"},
        {"\xc0\xaf", "??"},           // overlong
        {"\xe0\x80\xaf", "???"},      // overlong
        {"\xed\xa0\x80", "???"},      // surrogate
        {"\xf4\x90\x80\x80", "????"}, // beyond Unicode
        {"\xe2\x82", "??"},           // cut short
        {"\xd0x", "?x"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(show(cases[i].from, strlen(cases[i].from)), cases[i].to);
    assert_string_equal(show("a\0b", 3), "a?b");
}

// Whatever the bytes are: printable ASCII or well-formed UTF-8 comes out.
static void any_bytes_are_safe(void **state)
{
    (void)state;
    srand(7);
    for (int round = 0; round < 20000; round++) {
        char bytes[16];
        size_t size = (size_t)(rand() % (int)sizeof bytes);
        for (size_t i = 0; i < size; i++)
            bytes[i] = (char)(rand() & 0xFF);
        for (const char *c = show(bytes, size); *c; c++)
            assert_true((unsigned char)*c >= 0x20 && *c != 0x7F);
    }
}

static void no_colours_in_a_pipe(void **state)
{
    (void)state;
    size_t length = 0;
    free(shown);
    FILE *out = open_memstream(&shown, &length);
    assert_non_null(out);
    screen_paint(out, PAINT_BAD, "%s %d", "LEVEL", 4);
    fputc('|', out);
    screen_time(out, "2026-11-22T11:39:30.123+05:00");
    fputc('|', out);
    screen_time(out, "no\ntime");
    fputc('|', out);
    screen_column(out, "қала", 6);
    fputc('|', out);
    screen_column(out, "longer than that", 6);
    fclose(out);
    assert_string_equal(
        shown, "LEVEL 4|2026-11-22 06:39:30 UTC|no time|қала  |longer than that ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_text_passes),
        cmocka_unit_test(harm_is_shown_not_done),
        cmocka_unit_test(any_bytes_are_safe),
        cmocka_unit_test(no_colours_in_a_pipe),
    };
    int failed = test_group(tests, NULL, NULL);
    free(shown);
    return failed;
}
