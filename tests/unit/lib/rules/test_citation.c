// citation: the paragraphs of the plan, and nothing that only looks like one.

#include "lib/rules/citation.h"

#include "tests/lib/test.h"

static bool cited(const char *text, citation_t *out)
{
    cause_t why = {""};
    int result = citation_parse(text, out, &why);
    assert_int_equal(result == -1, why.text[0] != '\0');
    return result == 0;
}

static void every_paragraph_can_be_cited(void **state)
{
    (void)state;
    for (int paragraph = 0; paragraph <= 25; paragraph++) {
        char text[32];
        citation_t citation;
        (void)snprintf(text, sizeof text, "%d", paragraph);
        assert_int_equal(cited(text, &citation), paragraph >= 1 && paragraph <= 23);
        for (int sub = 0; sub <= 12; sub++) {
            bool there = sub > 0 &&
                         ((paragraph == 3 && sub <= 8) || (paragraph == 8 && sub <= 11));
            (void)snprintf(text, sizeof text, "%d.%d", paragraph, sub);
            assert_int_equal(cited(text, &citation), there);
        }
    }
}

static void lists_and_the_default(void **state)
{
    (void)state;
    citation_t citation;
    assert_true(cited("8.3, 8.5, 10", &citation));
    assert_int_equal(citation, CITATION_PLAN);
    assert_true(cited("default", &citation));
    assert_int_equal(citation, CITATION_DEFAULT);
}

static void nothing_else(void **state)
{
    (void)state;
    static const char *const bad[] = {"", " ", "8,", "8, ", ",8", "8,10", "8,  10",
        "8 , 10", "08", "8.03", "+8", "-8", "8.", ".3", "8..3", "8.3.1", "8.3 ", "para 8",
        "Default", "default, 8", "8, default", "18446744073709551617",
        "8.18446744073709551617", "8;10", "\xd9\xa8"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        citation_t citation;
        if (cited(bad[i], &citation))
            fail_msg("'%s' was taken", bad[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_paragraph_can_be_cited),
        cmocka_unit_test(lists_and_the_default),
        cmocka_unit_test(nothing_else),
    };
    return test_group(tests, NULL, NULL);
}
