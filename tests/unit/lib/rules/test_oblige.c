// oblige: what a rule may say about duties, and what it is told when it may not.

#include "lib/base/file.h"
#include "lib/rules/rules.h"
#include "tests/lib/data.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

static scratch_t scratch;

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

static rules_t *load(const char *cites, const char *oblige, cause_t *why)
{
    char text[2048];
    const char *path = scratch_at(&scratch, "x.rules");
    (void)snprintf(text, sizeof text,
        TEST_PACK
        "rules = ( { id = \"r\"; cites = \"%s\"; on = \"k\"; from = [ \"nccis\" ];\n"
        "tell = \"none\"; deliver = [ \"to\" ]; oblige = (\n{ %s } ); },\n"
        "{ id = \"reply\"; cites = \"6\"; on = \"reply\"; from = [ \"isoc\" ];\n"
        "tell = \"none\"; deliver = [ \"re.author\" ]; } );\n",
        cites, oblige);
    assert_int_equal(file_replace(path, span_text(text), 0600, why), 0);
    return rules_open(path, why);
}

#define GOOD(rest)                                                                       \
    "duty = \"d\"; debtor = \"to\"; met_by = \"reply\"; from = \"accepted\"; " rest
#define DEFAULT " default = true; "

static void a_duty_says_all_this(void **state)
{
    (void)state;
    cause_t why = {""};
    rules_t *rules = load("15",
        "duty = \"told\"; debtor = \"author\"; towards = \"role:prosecutor\"; met_by = "
        "\"delivery\";"
        "from = \"/body/suspended_at\"; within = \"24 h\"; near = \"90 min\";"
        "tell = [ \"author\", \"role:nccis\" ];",
        &why);
    if (!rules)
        fail_msg("%s", why.text);
    const rule_t *rule = rules_at(rules, 0);
    assert_int_equal(rule->obliges, 1);
    const oblige_t *oblige = &rule->oblige[0];
    assert_string_equal(oblige->duty, "told");
    assert_int_equal(oblige->towards.type, TARGET_ROLE);
    assert_string_equal(oblige->towards.role, "prosecutor");
    assert_int_equal(oblige->met_by, MET_BY_DELIVERY);
    assert_string_equal(oblige->from, "/body/suspended_at");
    assert_int_equal(oblige->within_ms, 86400000);
    assert_int_equal(oblige->near_ms, 5400000);
    assert_int_equal(oblige->tells, 2);
    assert_false(oblige->by_default);
    assert_int_equal(oblige->line, 3);
    rules_close(&rules);
}

static void durations_have_a_unit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {{"1 s", 1000}, {"15 min", 900000}, {"24 h", 86400000}, {"2 d", 172800000},
        {"100000 d", INT64_C(8640000000000)}, {"24", -1}, {"24h", -1}, {"24 hours", -1},
        {"24 H", -1}, {"0 h", -1}, {"-1 h", -1}, {"1.5 h", -1}, {"", -1}, {" h", -1},
        {"24  h", -1}, {"24 ", -1}, {"024 h", -1}, {"100001 d", -1},
        {"99999999999999999999 h", -1}, {"1 h ", -1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t ms = -1;
        if (duration_parse(rows[i].text, &ms) != (rows[i].ms > 0) || ms != rows[i].ms)
            fail_msg("'%s' is %lld ms", rows[i].text, (long long)ms);
    }
}

static void what_is_wrong_is_named_with_its_line(void **state)
{
    (void)state;
    span_t rest = span_text(data_text("duties.rules")), name, text;
    size_t n = 0;
    for (; data_next(&rest, &name, &text); n++) {
        cause_t why = {""};
        char cites[8], complaint[256], duty[512];
        (void)snprintf(duty, sizeof duty, "%.*s", (int)text.size, text.data);
        assert_int_equal(
            sscanf((const char *)name.data, "%7[0-9]: %255[^\n]", cites, complaint), 2);
        rules_t *rules = load(cites, duty, &why);
        const char *said = strstr(why.text, "x.rules");
        if (rules || !said || strcmp(said, complaint) != 0)
            fail_msg("%s\ngot      %s\nexpected %s", duty, rules ? "taken" : why.text,
                complaint);
    }
    assert_true(n > 20);
}

static void the_plan_gives_two_times(void **state)
{
    (void)state;
    static const struct {
        const char *cites, *oblige;
    } rows[] = {{"15", GOOD("within = \"24 h\";")}, {"13", GOOD("within = \"48 h\";")},
        {"13", GOOD("within = \"2 d\";")}, {"14, 15", GOOD("within = \"1 d\";")},
        {"6", GOOD(DEFAULT "within = \"5 s\";")}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cause_t why = {""};
        rules_t *rules = load(rows[i].cites, rows[i].oblige, &why);
        if (!rules)
            fail_msg("row %zu: %s", i, why.text);
        rules_close(&rules);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_duty_says_all_this),
        cmocka_unit_test(durations_have_a_unit),
        cmocka_unit_test(what_is_wrong_is_named_with_its_line),
        cmocka_unit_test(the_plan_gives_two_times),
    };
    return test_group(tests, set_up, tear_down);
}
