// refusal: a table of stable codes, and texts that are always safe to show.

#include "lib/base/refusal.h"

#include "lib/base/text.h"
#include "tests/lib/test.h"

static void test_codes_are_words_and_unique(void **state)
{
    (void)state;
    for (const refusal_code_t *at = refusal_codes; at->code; at++) {
        size_t length = strlen(at->sentence);
        assert_true(text_is_word(span_text(at->code)));
        assert_non_null(strchr(at->code, '.'));
        assert_in_range(strlen(at->code), 3, 47); // CODE_MAX of a routing line
        for (const refusal_code_t *other = at + 1; other->code; other++)
            assert_string_not_equal(at->code, other->code);
        assert_true(length > 10 && at->sentence[length - 1] == '.');
    }
}

static void test_lookup(void **state)
{
    (void)state;
    assert_string_equal(refusal_code(span_text("doc.size")), "doc.size");
    assert_null(refusal_code(span_text("doc.siz")));
    assert_null(refusal_code(span_text("doc.size ")));
    assert_null(refusal_code(span_text("")));
    assert_true(strlen(refusal_sentence("doc.size")) > 0);
    assert_string_equal(refusal_sentence("no.such"), "");
}

static void test_a_refusal(void **state)
{
    (void)state;
    refusal_t refusal = {.retry = true};
    assert_int_equal(refuse(&refusal, "doc.schema", "/body/level", "incident.notice",
                         "%d is above %d", 6, 5),
        -1);
    assert_string_equal(refusal.code, "doc.schema");
    assert_ptr_equal(refusal.code, refusal_code(span_text("doc.schema")));
    assert_string_equal(refusal.pointer, "/body/level");
    assert_string_equal(refusal.by, "incident.notice");
    assert_string_equal(refusal.text, "6 is above 5");
    assert_false(refusal.retry);
}

static void test_hostile_texts_are_cleaned(void **state)
{
    (void)state;
    refusal_t refusal;
    (void)refuse(&refusal, "doc.schema", "/a\nb\x1b[0m", "x\xff", "\xc2\x9b%s", "31m");
    assert_string_equal(refusal.pointer, "/a?b?[0m");
    assert_string_equal(refusal.by, "x?");
    assert_string_equal(refusal.text, "??31m");
}

// Whatever is cut, is cut between characters.
static void test_long_texts_are_cut_between_characters(void **state)
{
    (void)state;
    for (size_t shift = 0; shift < 3; shift++) {
        refusal_t refusal;
        char text[1200] = "";
        memset(text, 'x', shift);
        for (size_t i = shift; i + 2 < sizeof text - 1; i += 2)
            memcpy(text + i, "\xd0\xb6", 2);
        (void)refuse(&refusal, "doc.schema", text, text, "%s", text);
        assert_true(text_is_line(span_text(refusal.pointer)));
        assert_true(text_is_line(span_text(refusal.by)));
        assert_true(text_is_line(span_text(refusal.text)));
        assert_null(strchr(refusal.pointer, '?'));
        assert_null(strchr(refusal.text, '?'));
        assert_in_range(
            strlen(refusal.text), sizeof refusal.text - 3, sizeof refusal.text - 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_codes_are_words_and_unique),
        cmocka_unit_test(test_lookup),
        cmocka_unit_test(test_a_refusal),
        cmocka_unit_test(test_hostile_texts_are_cleaned),
        cmocka_unit_test(test_long_texts_are_cut_between_characters),
    };
    return test_group(tests, NULL, NULL);
}
