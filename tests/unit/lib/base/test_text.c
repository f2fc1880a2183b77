// text: which bytes make a word, a line, a character; and how the others are cleaned
// away.

#include "lib/base/text.h"

#include "tests/lib/test.h"

static void test_words(void **state)
{
    (void)state;
    assert_true(text_is_word(span_text("isoc-energy")));
    assert_true(text_is_word(span_text("~!")));
    assert_false(text_is_word(span_text("")));
    for (int c = 0; c < 256; c++) {
        const char text[] = {'a', (char)c, 'b'};
        assert_int_equal(text_is_word(span_of(text, 3)), c > ' ' && c < 0x7f);
    }
}

// Whatever the length and the place: several bytes are looked at together.
static void test_one_byte_makes_it_no_word(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 40; size++)
        for (size_t at = 0; at <= size; at++) {
            char text[41];
            memset(text, '~', sizeof text);
            assert_true(text_is_word(span_of(text, size)));
            text[at] = at % 2 ? ' ' : '\x7f';
            assert_int_equal(text_is_word(span_of(text, size)), at == size);
        }
}

typedef struct {
    const char *bytes;
    size_t size; // of the character at the start; 0: none
    uint32_t code;
} sample_t;

// The limits of each length, and what RFC 3629 forbids.
static const sample_t samples[] = {
    {"\x7f", 1, 0x7f}, {"\xc2\x80", 2, 0x80}, {"\xdf\xbf", 2, 0x7ff},
    {"\xe0\xa0\x80", 3, 0x800}, {"\xed\x9f\xbf", 3, 0xd7ff}, {"\xee\x80\x80", 3, 0xe000},
    {"\xef\xbf\xbf", 3, 0xffff}, {"\xf0\x90\x80\x80", 4, 0x10000},
    {"\xf4\x8f\xbf\xbf", 4, 0x10ffff}, {"\x80", 0, 0}, // continuation without a start
    {"\xc1\xbf", 0, 0},                                // overlong
    {"\xe0\x9f\xbf", 0, 0},                            // overlong
    {"\xf0\x8f\xbf\xbf", 0, 0},                        // overlong
    {"\xed\xa0\x80", 0, 0},                            // surrogate
    {"\xed\xbf\xbf", 0, 0},                            // surrogate
    {"\xf4\x90\x80\x80", 0, 0},                        // beyond U+10FFFF
    {"\xf5\x80\x80\x80", 0, 0}, {"\xff", 0, 0}, {"\xc3", 0, 0}, // cut short
    {"\xe2\x80", 0, 0},                                         // cut short
    {"\xf0\x90\x80", 0, 0},                                     // cut short
    {"\xc3\x28", 0, 0},                                         // not a continuation
};

static void test_code_points(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        uint32_t code = 0;
        assert_int_equal(
            text_code_point(span_text(samples[i].bytes), &code), samples[i].size);
        assert_int_equal(code, samples[i].code);
    }
}

static void test_lines(void **state)
{
    (void)state;
    assert_true(text_is_line(span_text("")));
    assert_true(text_is_line(span_text(
        "8.3, 10 \xe2\x80\x94 \xd0\xb6\xd0\xbe\xd1\x81\xd0\xbf\xd0\xb0\xd1\x80")));
    assert_false(text_is_line(span_text("two\nlines")));
    assert_false(text_is_line(span_text("a\tb")));
    assert_false(text_is_line(span_text("\x1b[31m")));
    assert_false(text_is_line(span_text("\x7f")));
    assert_false(text_is_line(span_text("\xc2\x9b"))); // C1: a terminal's escape
    assert_true(text_is_line(span_text("\xc2\xa0")));
    assert_false(text_is_line(span_of("a\0b", 3)));
    assert_false(text_is_line(span_text("good \xff")));
}

static void test_lines_are_counted_by_their_ends(void **state)
{
    (void)state;
    assert_int_equal(text_lines(span_of(NULL, 0)), 0);
    assert_int_equal(text_lines(span_text("a")), 0);
    assert_int_equal(text_lines(span_text("a\n\nb\n")), 3);
    assert_int_equal(text_lines(span_of("a\n\n", 2)), 1);
}

static void test_copies_fit_or_are_empty(void **state)
{
    (void)state;
    char out[4] = "xxx";
    assert_true(text_copy(span_text("abc"), out, sizeof out));
    assert_string_equal(out, "abc");
    assert_false(text_copy(span_text("abcd"), out, sizeof out));
    assert_string_equal(out, "");
    assert_false(text_copy(span_of("a\0b", 3), out, sizeof out));
    assert_string_equal(out, "");
    assert_true(text_copy(span_of(NULL, 0), out, sizeof out));
    assert_string_equal(out, "");
}

static void test_cleaning(void **state)
{
    (void)state;
    char text[] = "a\nb\xff\xd0\xb6\xc2\x9b\xe2\x80";
    text_clean(text);
    assert_string_equal(text, "a?b?\xd0\xb6????");
    assert_true(text_is_line(span_text(text)));
    char clean[] = "nothing to do";
    text_clean(clean);
    assert_string_equal(clean, "nothing to do");
}

static void shows_any_name(void **state)
{
    (void)state;
    static const struct {
        const char *name, *shown;
    } sample[] = {{"a b.json", "a b.json"}, {"дабыл", "дабыл"}, {"a\nb", "a\\x0ab"},
        {"\xff\xc3(", "\\xff\\xc3("}, {"\"\\", "\\x22\\x5c"},
        {"\xe2\x80\xae", "\\xe2\\x80\\xae"}, {"\xc2\x9b", "\\xc2\\x9b"}, {"", ""}};
    char shown[TEXT_SHOWN_MAX], longest[256];
    for (size_t i = 0; i < sizeof sample / sizeof *sample; i++) {
        text_show(sample[i].name, shown);
        assert_string_equal(shown, sample[i].shown);
    }
    memset(longest, 1, 255);
    longest[255] = 0;
    text_show(longest, shown);
    assert_int_equal(strlen(shown), 4 * 255);
    assert_true(text_is_line(span_text(shown)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_one_byte_makes_it_no_word),
        cmocka_unit_test(test_code_points),
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_lines_are_counted_by_their_ends),
        cmocka_unit_test(test_copies_fit_or_are_empty),
        cmocka_unit_test(test_cleaning),
        cmocka_unit_test(shows_any_name),
    };
    return test_group(tests, NULL, NULL);
}
