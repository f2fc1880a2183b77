// edition: a text of another version is told by both, and one of another format by its
// own name.

#include "lib/base/edition.h"
#include "tests/lib/test.h"

static void says(const char *line, const char *words)
{
    cause_t why = {""};
    int result = edition_line(span_text(line), "dabyl-seal/v1", "a seal", &why);
    assert_int_equal(result, words ? -1 : 0);
    if (words)
        assert_string_equal(why.text, words);
}

static void test_lines(void **state)
{
    static const char other[] = "not a seal: its first line is not dabyl-seal/v1";
    (void)state;
    says("dabyl-seal/v1", NULL);
    says("dabyl-seal/v2", "a seal of version 2, and this program reads version 1");
    says("dabyl-seal/v18446744073709551615",
        "a seal of version 18446744073709551615, and this program reads version 1");
    says("dabyl-seal/v01", other);
    says("dabyl-seal/v1 ", other);
    says("dabyl-seal/v", other);
    says("dabyl-ack/v1", other);
    says("dabyl-sea", other);
    says("", other);
}

static void test_numbers(void **state)
{
    cause_t why = {""};
    (void)state;
    assert_int_equal(edition_number(1, 1, "a leaf", &why), 0);
    assert_int_equal(edition_number(9, 1, "a leaf", &why), -1);
    assert_string_equal(
        why.text, "a leaf of version 9, and this program reads version 1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_numbers),
    };
    return test_group(tests, NULL, NULL);
}
