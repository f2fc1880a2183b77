// Paths, queries and cookies: what is taken is what was meant, and whatever could be read
// in two ways is not taken.

#include "tests/lib/test.h"
#include "web/http/target.h"

static target_t target;

static bool parses(const char *raw)
{
    return target_parse(&target, span_text(raw));
}

static void steps_and_pairs_are_decoded_once(void **state)
{
    (void)state;
    assert_true(parses("/"));
    assert_int_equal(target.steps, 0);
    assert_true(parses("/api/messages/isoc%2Denergy/a%20b%2541"));
    assert_int_equal(target.steps, 4);
    assert_string_equal(target.step[2], "isoc-energy");
    assert_string_equal(target.step[3], "a b%41");
    assert_true(parses("/x?q=%D0%B4%D0%B0%D0%B1%D1%8B%D0%BB+a&level=3&&empty=&bare"));
    assert_string_equal(target_query(&target, "q"), "дабыл a");
    assert_string_equal(target_query(&target, "level"), "3");
    assert_string_equal(target_query(&target, "empty"), "");
    assert_string_equal(target_query(&target, "bare"), "");
    assert_string_equal(target_query(&target, "none"), "");
    assert_true(parses("/x+y?a=b=c"));
    assert_string_equal(target.step[0], "x+y"); // a plus is a space in a query alone
    assert_string_equal(target_query(&target, "a"), "b=c");
}

static void what_is_ambiguous_is_no_target(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "x", "*", "http://h/x", "//", "//x", "/x/",
        "/x//y", "/.", "/..", "/x/..", "/%2e%2e", "/%2E", "/a%2fb", "/a%2Fb", "/a%5cb",
        "/a\\b", "/%00", "/a%0ab", "/a%0d", "/a\tb", "/%7f", "/%", "/%1", "/%g0", "/%0g",
        "/\xff", "/%c0%ae", "/%ed%a0%80", "/1/2/3/4/5/6/7/8/9", "/?a=1&a=2", "/?=1",
        "/?a=%00", "/?a=%0a", "/?%"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (parses(bad[i]))
            fail_msg("%s was taken", bad[i]);
}

static void what_is_too_long_is_none(void **state)
{
    (void)state;
    char raw[TARGET_MAX + 2];
    memset(raw, 'a', sizeof raw);
    raw[0] = '/';
    raw[TARGET_STEP] = 0; // a step of one byte less than there is room for, with its zero
    assert_true(parses(raw));
    raw[TARGET_STEP] = 'a';
    raw[TARGET_STEP + 1] = 0;
    assert_false(parses(raw));
    memcpy(raw, "/?a=", 4);
    raw[TARGET_STEP + 1] = 'a';
    raw[TARGET_MAX - 1] = 0;
    assert_true(parses(raw));
    raw[TARGET_MAX - 1] = 'a';
    raw[TARGET_MAX] = 0;
    assert_false(parses(raw));
}

static void a_query_has_so_many_pairs(void **state)
{
    (void)state;
    char raw[1024] = "/?";
    for (size_t i = 0; i < TARGET_PAIRS; i++)
        (void)snprintf(raw + strlen(raw), sizeof raw - strlen(raw), "&k%zu=%zu", i, i);
    assert_true(parses(raw));
    assert_string_equal(target_query(&target, "k23"), "23");
    (void)snprintf(raw + strlen(raw), sizeof raw - strlen(raw), "&more=1");
    assert_false(parses(raw));
}

static void a_cookie_is_found_by_its_whole_name_once(void **state)
{
    (void)state;
    static const struct {
        const char *header, *value; // NULL: none
    } cases[] = {{"dabyl=abc", "abc"}, {"x=1; dabyl=abc; y=2", "abc"},
        {"x=1;dabyl=abc", "abc"}, {"dabyl=", ""}, {"", NULL}, {"xdabyl=1", NULL},
        {"dabylx=1", NULL}, {"dabyl", NULL}, {"a=dabyl=1", NULL},
        {"dabyl=1; dabyl=2", NULL}, {"dabyl=1;   dabyl=1", NULL},
        {"dabyl=0123456789abcdef0", NULL}, {";;; dabyl=x;", "x"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[16] = "";
        bool found = target_cookie(span_text(cases[i].header), "dabyl", out, sizeof out);
        if (found != (cases[i].value != NULL) ||
            (found && strcmp(out, cases[i].value) != 0))
            fail_msg("%s: %d %s", cases[i].header, found, out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_and_pairs_are_decoded_once),
        cmocka_unit_test(what_is_ambiguous_is_no_target),
        cmocka_unit_test(what_is_too_long_is_none),
        cmocka_unit_test(a_query_has_so_many_pairs),
        cmocka_unit_test(a_cookie_is_found_by_its_whole_name_once),
    };
    return test_group(tests, NULL, NULL);
}
