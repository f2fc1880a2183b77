// citation: the paragraphs of the plan, and nothing that only looks like one.

#include "lib/rules/citation.h"

#include "tests/lib/pack.h"
#include "tests/lib/test.h"

static rules_t *rules;

static int set_up(void **state)
{
    cause_t why;
    (void)state;
    rules = pack_rules("x.rules",
        span_text(
            "rules = ( { id = \"a\"; cites = \"4\"; on = \"k\"; tell = \"none\"; from = "
            "[ \"any\" ]; deliver = [ \"all\" ]; } );"),
        &why);
    return rules ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    rules_close(&rules);
    return 0;
}

static bool cited(const char *text, citation_t *out)
{
    cause_t why = {""};
    int result = citation_parse(text, rules_pack(rules, 0), out, &why);
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
    assert_false(citation.by_default);
    assert_string_equal(citation.paragraphs, "8.3, 8.5, 10");
    assert_true(cited("488:8.3, 10", &citation));
    assert_string_equal(citation.paragraphs, "8.3, 10");
    assert_true(cited("default", &citation));
    assert_true(citation.by_default);
}

static void nothing_else(void **state)
{
    (void)state;
    static const char *const bad[] = {"", " ", "8,", "8, ", ",8", "8,10", "8,  10",
        "8 , 10", "08", "8.03", "+8", "-8", "8.", ".3", "8..3", "8.3.1", "8.3 ", "para 8",
        "Default", "default, 8", "8, default", "18446744073709551617",
        "8.18446744073709551617", "8;10", ":8", "488:", "489:8", "48:8", "488:8, 488:10",
        "488:default", "488: 8", "\xd9\xa8"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        citation_t citation;
        if (cited(bad[i], &citation))
            fail_msg("'%s' was taken", bad[i]);
    }
}

static void what_is_named(void **state)
{
    (void)state;
    assert_true(citation_names("488:8.3, 10", "10"));
    assert_true(citation_names("488:8.3, 10", "8"));
    assert_true(citation_names("488:8.3, 10", "488:8"));
    assert_true(citation_names("488:8.3, 10", "488:10"));
    assert_true(citation_names("488:17, default", "default"));
    assert_true(citation_names("default", "default"));
    assert_false(citation_names("488:8.3, 10", "1"));
    assert_false(citation_names("488:8.3, 10", "3"));
    assert_false(citation_names("488:8.3, 10", "8.30"));
    assert_false(citation_names("488:8.3, 10", "489:10"));
    assert_false(citation_names("488:8.3, 10", "48:8"));
    assert_false(citation_names("default", "488:17"));
    assert_true(citation_by_default("488:17, default"));
    assert_false(citation_by_default("488:17"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_paragraph_can_be_cited),
        cmocka_unit_test(lists_and_the_default),
        cmocka_unit_test(nothing_else),
        cmocka_unit_test(what_is_named),
    };
    return test_group(tests, set_up, tear_down);
}
