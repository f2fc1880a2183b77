// rules: what a rules file may say, how it decides, and what it is told, word for word,
// when it may not.

#include "lib/rules/rules.h"

#include "lib/base/file.h"
#include "tests/lib/data.h"
#include "tests/lib/pack.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"
#include "tests/lib/values.h"

#include <unistd.h>

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

static const char *at(const char *name)
{
    return scratch_at(&scratch, name);
}

static void put(const char *name, const char *text)
{
    cause_t why;
    assert_int_equal(file_replace(at(name), span_text(text), 0600, &why), 0);
}

// Of the plan, where the text does not say of which act it is.
static void put_pack(const char *name, const char *text)
{
    buf_t whole = {0};
    if (!strstr(text, "pack = {"))
        buf_put_text(&whole, TEST_PACK);
    buf_put_text(&whole, text);
    put(name, buf_text(&whole));
    buf_destroy(&whole);
}

static rules_t *load(const char *text, cause_t *why)
{
    put_pack("x.rules", text);
    return rules_open(at("x.rules"), why);
}

static rules_t *load_good(const char *text)
{
    cause_t why = {""};
    rules_t *rules = load(text, &why);
    if (rules == NULL)
        fail_msg("%s", why.text);
    return rules;
}

// The ids of the rules that apply, in order, with a space behind each.
static const char *applied(
    const rules_t *rules, const char *kind, const char *role, const char *message)
{
    static char ids[512];
    value_t *root = value_read(message);
    const rule_t *rule;
    rules_walk_t walk = rules_walk(rules, kind, role, root);
    ids[0] = '\0';
    while ((rule = rules_next(&walk)) != NULL) {
        (void)strncat(ids, rule->id, sizeof ids - strlen(ids) - 1);
        (void)strncat(ids, " ", sizeof ids - strlen(ids) - 1);
    }
    value_free(&root);
    return ids;
}

static void addressees_may_be_held_to_a_role(void **state)
{
    (void)state;
    rules_t *rules = load_good(data_part("right.rules", "addressees of a role"));
    const rule_t *rule = rules_at(rules, 0);
    assert_int_equal(rule->targets, 2);
    assert_int_equal(rule->target[0].type, TARGET_TO);
    assert_string_equal(rule->target[0].role, "owner");
    assert_string_equal(rule->target[0].word, "to:owner");
    assert_int_equal(rule->target[1].type, TARGET_TO);
    assert_string_equal(rule->target[1].role, "");
    rules_close(&rules);
}

// Whoever may be sent a kind is not for that offered it, nor the other way round.
static void an_offer_lets_nobody_send(void **state)
{
    (void)state;
    rules_t *rules = load_good(data_part("right.rules", "offers"));
    assert_int_equal(
        rules_at(rules, 1)->subscribers, role_bit("nccis") | role_bit("isoc"));
    assert_false(rule_allows(rules_at(rules, 1)));
    assert_true(rules_offer(rules, "a", "nccis") && rules_offer(rules, "a", "media"));
    assert_false(rules_offer(rules, "a", "hub") || rules_offer(rules, "b", "nccis"));
    assert_false(rules_permit(rules, "a", "nccis"));
    rules_close(&rules);
}

static void a_rule_says_all_this(void **state)
{
    (void)state;
    rules_t *rules = load_good(data_part("right.rules", "all that a rule can say"));
    assert_int_equal(rules_count(rules), 2);
    const rule_t *rule = rules_at(rules, 0);
    assert_string_equal(rule->id, "a.1");
    assert_string_equal(rule->cites, "488:14");
    assert_string_equal(rule->kind, "x");
    assert_int_equal(rule->tell, TELL_NONE);
    assert_true(rule->passes_marking);
    assert_int_equal(rule->targets, 8);
    static const target_type_t types[] = {TARGET_ROLE, TARGET_ALL, TARGET_OBJECT_OWNER,
        TARGET_OBJECT_ISOC, TARGET_TO, TARGET_RE_AUTHOR, TARGET_PARTIES, TARGET_AUTHOR};
    for (size_t i = 0; i < 8; i++)
        assert_int_equal(rule->target[i].type, types[i]);
    assert_string_equal(rule->target[0].role, "nccis");
    assert_int_equal(rule->emits, 1);
    assert_string_equal(rule->emit[0].kind, "y");
    assert_true(rule->emit[0].carry);
    assert_int_equal(rule->emit[0].fields, 2);
    assert_string_equal(rule->emit[0].field[1].name, "x");
    assert_string_equal(rule->emit[0].field[1].pointer, "/id");
    assert_string_equal(rules_at(rules, 1)->cites, "488:17, default");
    assert_false(rules_at(rules, 1)->passes_marking);
    assert_int_equal(rules_at(rules, 1)->tell, TELL_SENDER);
    rules_close(&rules);
    assert_null(rules);
    rules_close(&rules);
}

// Shorthand for the tables: a rule with these lines beside id, cites and tell.
#define RULE(id, lines)                                                                  \
    "{ id = \"" id "\"; cites = \"4\"; tell = \"none\"; deliver = [ \"to\" ]; " lines " }"

static void roles_kinds_and_tests_decide(void **state)
{
    (void)state;
    rules_t *rules = load_good(data_part("right.rules", "by role, kind and test"));
    static const struct {
        const char *kind, *role, *message, *ids;
        bool permit;
    } table[] = {
        {"b", "isoc", "{\"l\": 3}", "1 4 6 ", true},
        {"b", "isoc", "{\"l\": 2}", "1 6 ", true},
        {"b", "isoc", "{}", "1 6 ", true},
        {"b", "owner", "{\"l\": 5}", "1 6 ", true},
        {"b", "media", "{\"l\": 5}", "6 ", true},
        {"b", "hub", "{\"l\": 5}", "3 ", true},
        {"b", "officer", "{}", "", false},
        {"b", "", "{}", "", false},
        {"b", "isok", "{}", "", false},
        {"a", "partner", "{}", "2 ", true},
        {"a", "hub", "{}", "", false},
        {"c.c", "isoc", "{\"l\": 3, \"b\": true}", "5 ", true},
        {"c.c", "isoc", "{\"l\": 3, \"b\": false}", "", true},
        {"c.c", "isoc", "{\"l\": 2, \"b\": true}", "", true},
        {"c.c", "owner", "{\"l\": 3, \"b\": true}", "", false},
        {"c", "isoc", "{}", "", false},
        {"", "isoc", "{}", "", false},
        {"zzz", "isoc", "{}", "", false},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const char *ids = applied(rules, table[i].kind, table[i].role, table[i].message);
        if (strcmp(ids, table[i].ids) != 0)
            fail_msg("row %zu: '%s' applied", i, ids);
        if (rules_permit(rules, table[i].kind, table[i].role) != table[i].permit)
            fail_msg("row %zu: permit", i);
    }
    rules_close(&rules);
}

// A text that has no list of its own is the second line of a file.
static void whole_file(span_t text, buf_t *out)
{
    bool alone = text.size == 0 || memcmp(text.data, "rules", 5) == 0;
    buf_clear(out);
    if (!alone)
        buf_put_text(
            out, "rules = ( " RULE("first", "on = \"f\"; from = [ \"any\" ];") ",\n");
    buf_put(out, text.data, text.size);
    if (!alone)
        buf_put_text(out, ",\n" RULE("last", "on = \"l\"; from = [ \"hub\" ];") " );\n");
}

// The folder stands in front, and before a second file's name.
static void with_folder(span_t complaint, char *out, size_t room)
{
    const char *text = (const char *)complaint.data;
    const char *second = memmem(text, complaint.size, "by x.rules", 10);
    int rest = (int)complaint.size, first = second ? (int)(second - text) + 3 : rest;
    (void)snprintf(out, room, "%s/%.*s%s%s%.*s", scratch.path, first, text,
        second ? scratch.path : "", second ? "/" : "", rest - first, text + first);
}

static void what_is_wrong_is_named_with_its_line(void **state)
{
    (void)state;
    span_t rest = span_text(data_text("wrong.rules")), complaint, text;
    buf_t file = {0};
    size_t n = 0;
    for (; data_next(&rest, &complaint, &text); n++) {
        cause_t why = {""};
        char expected[1024];
        whole_file(text, &file);
        with_folder(complaint, expected, sizeof expected);
        if (load(buf_text(&file), &why) != NULL)
            fail_msg("this was taken:\n%s", buf_text(&file));
        if (strcmp(why.text, expected) != 0)
            fail_msg("%s\ngot      %s\nexpected %s", buf_text(&file), why.text, expected);
    }
    assert_true(n >= 100);
    buf_destroy(&file);
}

static void emissions_must_end(void **state)
{
    (void)state;
    span_t rest = span_text(data_text("circles.rules")), name, text;
    buf_t circle = {0};
    while (data_next(&rest, &name, &text)) {
        cause_t why = {""};
        buf_clear(&circle);
        buf_put(&circle, text.data, text.size);
        assert_null(load(buf_text(&circle), &why));
        if (!strstr(why.text, "leads back to") ||
            !strstr(why.text, "x.rules:3: rule 'a'"))
            fail_msg("%s", why.text);
    }
    buf_destroy(&circle);
    // two ways to the same end, and a chain, are no circle
    rules_t *rules = load_good(data_part("right.rules", "two ways to one end"));
    rules_close(&rules);
}

// A chain or a fan, it does not matter: eight kinds follow from one, and no ninth.
static void what_follows_has_a_bound(void **state)
{
    (void)state;
    char text[4096];
    for (int fan = 0; fan < 2; fan++)
        for (int n = 8; n <= 9; n++) {
            int at = snprintf(text, sizeof text, "rules = (\n");
            for (int i = 0; i <= n; i++) {
                int from = fan && i < 3 ? i * 4 + 1 : i + 1;
                int end = fan ? (i < 3 ? from + 4 : 0) : from + 1;
                at += snprintf(text + at, sizeof text - (size_t)at,
                    "%s{ id = \"r%d\"; cites = \"4\"; tell = \"none\"; on = \"k%d\"; "
                    "from = "
                    "[ \"hub\" ]; deliver = [ \"to\" ];",
                    i ? ",\n" : "", i, i);
                for (int k = from; k < end && k <= n; k++)
                    at += snprintf(text + at, sizeof text - (size_t)at,
                        "%s{ kind = \"k%d\"; }", k == from ? " emit = ( " : ", ", k);
                at += snprintf(text + at, sizeof text - (size_t)at, "%s }",
                    from < end && from <= n ? " );" : "");
            }
            (void)snprintf(text + at, sizeof text - (size_t)at, " );\n");
            cause_t why = {""};
            rules_t *rules = load(text, &why);
            if ((rules != NULL) != (n == 8))
                fail_msg("%s\n%s", text, why.text);
            if (!rules)
                assert_non_null(strstr(why.text,
                    "x.rules:2: rule 'r0': from one 'k0' messages of 9 kinds would be "
                    "derived in all, and 8 is the most"));
            rules_close(&rules);
        }
}

static void the_text_is_the_bytes_of_the_file(void **state)
{
    (void)state;
    static const char text[] = TEST_PACK
        "# \xd2\x9b\nrules = ( " RULE("r", "on = \"k\"; from = [ \"any\" ];") " );\n\n";
    rules_t *rules = load_good(text);
    assert_true(span_is(rules_pack_text(rules, 0), text));
    rules_close(&rules);
}

static void a_cut_file_never_breaks(void **state)
{
    (void)state;
    const char *text = data_part("right.rules", "to be cut anywhere");
    char cut[2048];
    rules_t *rules = load_good(text);
    rules_close(&rules);
    assert_in_range(strlen(text), 3, sizeof cut - 1);
    for (size_t size = 0; size < strlen(text) - 3; size++) {
        cause_t why = {""};
        memcpy(cut, text, size);
        cut[size] = '\0';
        assert_null(load(cut, &why));
        assert_int_not_equal(why.text[0], '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addressees_may_be_held_to_a_role),
        cmocka_unit_test(an_offer_lets_nobody_send),
        cmocka_unit_test(a_rule_says_all_this),
        cmocka_unit_test(roles_kinds_and_tests_decide),
        cmocka_unit_test(what_is_wrong_is_named_with_its_line),
        cmocka_unit_test(emissions_must_end),
        cmocka_unit_test(what_follows_has_a_bound),
        cmocka_unit_test(the_text_is_the_bytes_of_the_file),
        cmocka_unit_test(a_cut_file_never_breaks),
    };
    return test_group(tests, set_up, tear_down);
}
