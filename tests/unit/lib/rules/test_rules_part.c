// rules_part and rules_parse: a folder's rules, kept as one text, come apart where the
// files began, and bytes that only look like a beginning do not count.

#include "lib/rules/rules.h"
#include "lib/rules/rules_part.h"
#include "tests/lib/test.h"

#define RULE(id, kind)                                                                   \
    "{ id = \"" id "\"; cites = \"4\"; on = \"" kind                                     \
    "\"; from = [\"nccis\"]; deliver = [\"all\"]; tell = \"sender\"; }"
#define FILE_A "# one\nrules = (\n" RULE("a", "x") "\n);\n"
#define FILE_B "# two: rules = ( here )\nrules = (\n" RULE("b", "y") "\n);\n"

static size_t part(const char *text)
{
    return rules_part(span_text(text));
}

static void test_where_files_begin(void **state)
{
    (void)state;
    static const char *const whole[] = {"", "rules", "rules = ();",
        "rules = ( rules = 1 );", "rules = (); // rules\n", "rules = (); # rules",
        "rules = (); /* rules = () */", "rules = ( \"\\\" ); rules\" );",
        "rules = (); xrules = 1;", "rules = (); rules2 = 1;", "rules = (); \"rules",
        "rules = (); /* rules", "rules = ((( rules = 1;", "rules = ( \"\\"};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        assert_int_equal(part(whole[i]), strlen(whole[i]));
    assert_int_equal(part("rules = (); rules = ();"), strlen("rules = (); "));
    assert_int_equal(
        part("a = 1; rules = ();\n\n#\nrules"), strlen("a = 1; rules = ();\n\n#\n"));
    assert_int_equal(part(")]} rules = 1; rules"), strlen(")]} rules = 1; "));
}

// No bytes make it read past the end or stand still.
static void test_any_bytes(void **state)
{
    (void)state;
    static const char alphabet[] = "rules()[]{}\"\\#/*\n x=;";
    srand(11);
    for (int round = 0; round < 3000; round++) {
        size_t size = (size_t)rand() % 60;
        char *text = malloc(size + 1); // from the heap, to its very end
        assert_non_null(text);
        for (size_t i = 0; i < size; i++)
            text[i] = alphabet[(size_t)rand() % (sizeof alphabet - 1)];
        span_t rest = span_of(text, size);
        while (rest.size > 0) {
            size_t taken = rules_part(rest);
            assert_in_range(taken, 1, rest.size);
            rest = span_of(rest.data + taken, rest.size - taken);
        }
        free(text);
    }
}

static void test_a_folder_in_one_text(void **state)
{
    (void)state;
    cause_t why;
    rules_t *rules = rules_parse("then", span_text(FILE_A FILE_B), &why);
    if (!rules)
        fail_msg("%s", why.text);
    assert_int_equal(rules_count(rules), 2);
    assert_string_equal(rules_at(rules, 1)->id, "b");
    assert_true(span_is(rules_text(rules), FILE_A FILE_B));
    rules_close(&rules);
    assert_null(rules_parse("then", span_text(FILE_A FILE_A), &why));
    assert_non_null(strstr(why.text, "then:2: rule id 'a' is taken"));
    assert_null(rules_parse("then", span_text(""), &why));
    assert_string_equal(why.text, "then: no rule in it");
    assert_null(rules_parse("then", span_text(FILE_A "rules = ( nonsense );"), &why));
    assert_null(rules_parse("then", span_text("other = 1;"), &why));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_where_files_begin),
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_a_folder_in_one_text),
    };
    return test_group(tests, NULL, NULL);
}
