// packs: what a rules file says of the act it carries out, and several of them together.

#include "lib/base/file.h"
#include "lib/rules/packset.h"
#include "lib/rules/rules.h"
#include "tests/lib/data.h"
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

static void put(const char *name, const char *text)
{
    cause_t why;
    assert_int_equal(
        file_replace(scratch_at(&scratch, name), span_text(text), 0600, &why), 0);
}

#define RULES(lines) "rules = (\n" lines "\n);\n"
#define TO_ALL(id, kind)                                                                 \
    "{ id = \"" id "\"; cites = \"4\"; on = \"" kind                                     \
    "\"; tell = \"none\"; from = [ \"isoc\" ]; deliver = [ \"all\" ]; }"
#define OURS(id, kind, more)                                                             \
    "{ id = \"" id "\"; cites = \"default\"; default = true; on = \"" kind               \
    "\"; tell = \"none\"; from = [ \"isoc\" ]; " more " }"
#define ORDER TEST_PACK_OF("48", "order", "paragraphs = [ ]; ")
#define PLAN TEST_PACK RULES(TO_ALL("first", "notice"))

static rules_t *both(const char *plan, const char *order, cause_t *why)
{
    *why = (cause_t){""};
    put("plan.rules", plan);
    put("exchange.rules", order);
    return rules_open(scratch.path, why);
}

static void good(const char *order)
{
    cause_t why;
    rules_t *rules = both(PLAN, order, &why);
    if (!rules)
        fail_msg("%s", why.text);
    rules_close(&rules);
}

static void refused(const char *order, const char *complaint)
{
    cause_t why;
    rules_t *rules = both(PLAN, order, &why);
    if (rules)
        fail_msg("this was taken:\n%s", order);
    if (!strstr(why.text, complaint))
        fail_msg("%s\ngot      %s\nexpected %s", order, why.text, complaint);
}

// What a pack says, and what it is told when it says it wrongly.
static void a_pack_says_all_this(void **state)
{
    (void)state;
    cause_t why;
    buf_t there = {0};
    rules_t *rules = rules_open("hub/etc/plan.rules", &why);
    if (!rules)
        fail_msg("%s", why.text);
    const pack_t *pack = rules_pack(rules, 0);
    assert_int_equal(rules_packs(rules), 1);
    assert_string_equal(pack->instrument, "488");
    assert_int_equal(pack->act, ACT_RESOLUTION);
    assert_string_equal(pack->date, "2018-08-09");
    for (size_t i = 0; i < TONGUES; i++)
        assert_true(strlen(pack->title.text[i]) > 20);
    pack_print_paragraphs(pack, &there);
    assert_string_equal(buf_text(&there), "1 to 23, 3.1 to 3.8, 8.1 to 8.11");
    assert_true(pack_gives(pack, "488:8, 15", INT64_C(24) * 3600 * 1000));
    assert_false(pack_gives(pack, "488:14", INT64_C(24) * 3600 * 1000));
    assert_false(pack_gives(pack, "488:15", INT64_C(25) * 3600 * 1000));
    // Every paragraph has its few words.
    for (size_t i = 0; i < pack->ranges; i++)
        for (uint64_t n = pack->range[i].first; n <= pack->range[i].last; n++) {
            char paragraph[PARAGRAPH_MAX];
            (void)snprintf(paragraph, sizeof paragraph, "%.0d%s%d",
                (int)pack->range[i].above, pack->range[i].above ? "." : "", (int)n);
            if (!pack_says(pack, paragraph))
                fail_msg("of %s nothing is said", paragraph);
        }
    assert_null(pack_says(pack, "24"));
    buf_destroy(&there);
    rules_close(&rules);
}

// A name holds from its first day on and up to that of the next.
static void names_hold_between_days(void **state)
{
    (void)state;
    cause_t why;
    rules_t *rules = rules_open("hub/etc/plan.rules", &why);
    assert_non_null(rules);
    const pack_t *pack = rules_pack(rules, 0);
    static const struct {
        const char *day, *name;
    } rows[] = {{"2016-10-05", NULL},
        {"2018-08-09", "Ministry of Defence and Aerospace Industry"},
        {"2025-09-17", "Ministry of Digital Development, Innovations"},
        {"2025-09-18", "Ministry of Artificial Intelligence"},
        {"2030-01-01", "Ministry of Artificial Intelligence"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const body_t *body = pack_body(pack, "authority", rows[i].day);
        assert_int_equal(body != NULL, rows[i].name != NULL);
        if (body)
            assert_ptr_equal(strstr(body->name.text[TONGUE_EN], rows[i].name),
                body->name.text[TONGUE_EN]);
    }
    assert_null(pack_body(pack, "partner", "2025-01-01"));
    rules_close(&rules);
}

static void what_is_wrong_with_a_pack_is_named(void **state)
{
    (void)state;
    span_t rest = span_text(data_text("packs.rules")), complaint, text;
    buf_t file = {0};
    size_t n = 0;
    for (; data_next(&rest, &complaint, &text); n++) {
        char expected[512];
        buf_clear(&file);
        buf_put_span(&file, text);
        buf_put_text(&file, RULES(OURS("r", "own", "deliver = [ \"to\" ];")));
        (void)snprintf(expected, sizeof expected, "exchange.rules%.*s",
            (int)complaint.size, (const char *)complaint.data);
        refused(buf_text(&file), expected);
    }
    assert_true(n >= 10);
    buf_destroy(&file);
}

static void the_higher_act_comes_first(void **state)
{
    (void)state;
    cause_t why;
    rules_t *rules =
        both(PLAN, ORDER RULES(OURS("added", "notice", "deliver = [ \"to\" ];")), &why);
    if (!rules)
        fail_msg("%s", why.text);
    assert_int_equal(rules_packs(rules), 2);
    assert_string_equal(rules_pack(rules, 0)->instrument, "488");
    assert_string_equal(rules_pack(rules, 1)->instrument, "48");
    assert_true(span_is(rules_pack_text(rules, 0), PLAN));
    assert_string_equal(rules_at(rules, 0)->id, "first");
    assert_string_equal(rules_at(rules, 1)->id, "added");
    assert_ptr_equal(rules_at(rules, 1)->pack, rules_pack(rules, 1));
    rules_close(&rules);
}

static void two_packs_share_no_name(void **state)
{
    (void)state;
    refused(ORDER RULES(OURS("first", "own", "deliver = [ \"to\" ];")),
        "exchange.rules:2: rule id 'first' is taken by ");
    refused(PLAN, "plan.rules: its instrument is 488, and so is that of ");
}

static void each_cites_its_own(void **state)
{
    (void)state;
    refused(ORDER RULES(TO_ALL("r", "own")), "exchange.rules:2: cites: '4' is neither a "
                                             "paragraph of 48 (none: its text is not "
                                             "at hand) nor the word \"default\"");
    refused(TEST_PACK_OF("48", "order", "paragraphs = [ \"1 to 3\" ]; ")
                RULES(TO_ALL("r", "own")),
        "'4' is neither a paragraph of 48 (1 to 3)");
    refused(
        TEST_PACK_OF("48", "order", "paragraphs = [ \"1 to 4\" ]; ") RULES(
            "{ id = \"r\"; cites = \"488:4\"; on = \"own\"; tell = \"none\"; from = [ "
            "\"isoc\" ]; deliver = [ \"all\" ]; }"),
        "'488:4' cites another instrument than 48");
    good(TEST_PACK_OF("48", "order", "paragraphs = [ \"1 to 4\" ]; ")
            RULES(TO_ALL("r", "own")));
}

#define DEBTOR "debtor"
#define MEETS "met_by = \"notice\"; within = \"1 h\"; default = true;"

// A lower act adds to what a higher one lets pass, and keeps nothing of it from passing.
static void a_lower_act_only_adds(void **state)
{
    (void)state;
    good(ORDER RULES(OURS("r", "notice",
        "oblige = ( { duty = \"d\"; " DEBTOR " = \"author\"; from = \"accepted\"; " MEETS
        " } );")));
    refused(ORDER RULES(OURS("r", "notice", "seals = 1;")),
        "rule 'r' of 48 wants seals on 'notice', which is a kind of 488: a lower act may "
        "add to it, and must not have it refused");
    refused(ORDER RULES(OURS(
                "r", "notice", "require = ( { of = \"re\"; kind = \"notice\"; } );")),
        "exchange.rules:2: rule 'r' of 48 requires something of 'notice'");
    refused(ORDER RULES(OURS("r", "notice",
                "oblige = ( { duty = \"d\"; " DEBTOR
                " = \"author\"; from = \"/body/at\"; " MEETS " } );")),
        "counts by a moment that must stand in 'notice'");
    refused(ORDER RULES(OURS("r", "notice",
                "oblige = ( { duty = \"d\"; debtor = \"author\"; from = \"accepted\"; "
                "until = "
                "\"/body/due\"; " MEETS " } );")),
        "counts by a moment that must stand in 'notice'");
    refused(ORDER RULES(OURS("r", "notice",
                "joins = ( { of = \"self\"; nodes = \"/body/members\"; } );")),
        "says who belongs or acts by 'notice'");
    // Of a kind of its own it asks what it likes.
    good(ORDER RULES(OURS("r", "own", "deliver = [ \"to\" ]; seals = 1;")));
}

// As the journal keeps them: the same packs again, and nothing of a text that was cut.
static void the_set_is_recalled(void **state)
{
    (void)state;
    cause_t why;
    rules_t *rules =
        both(PLAN, ORDER RULES(OURS("own", "own", "deliver = [ \"to\" ];")), &why);
    assert_non_null(rules);
    span_t text = rules_text(rules);
    rules_t *again = rules_recall(text, &why);
    if (!again)
        fail_msg("%s", why.text);
    assert_true(span_equal(rules_text(again), text));
    assert_int_equal(rules_count(again), 2);
    assert_string_equal(rules_pack_path(again, 1), "exchange.rules");
    rules_close(&again);
    size_t whole = 0;
    for (size_t cut = 0; cut < text.size; cut++) {
        again = rules_recall(span_of(text.data, cut), &why);
        whole += again != NULL; // after the first pack: one pack is a set too
        rules_close(&again);
    }
    assert_in_range(whole, 0, 1);
    // One text has one beginning.
    buf_t twice = {0};
    buf_put_span(&twice, text);
    packset_begin(&twice);
    assert_null(rules_recall(buf_span(&twice), &why));
    buf_destroy(&twice);
    put("set", "");
    assert_int_equal(file_replace(scratch_at(&scratch, "set"), text, 0600, &why), 0);
    again = rules_open(scratch_at(&scratch, "set"), &why);
    assert_non_null(again);
    assert_int_equal(rules_packs(again), 2);
    rules_close(&again);
    rules_close(&rules);
}

// No bytes make it read past the end or stand still.
static void any_bytes_come_to_an_end(void **state)
{
    (void)state;
    static const char alphabet[] = "pack ab.019\n";
    srand(11);
    for (int round = 0; round < 5000; round++) {
        buf_t text = {0};
        char file[PACK_FILE_MAX];
        cause_t why;
        span_t one;
        if (round % 2 == 0)
            packset_begin(&text);
        for (int n = rand() % 4; n > 0; n--)
            packset_put(&text, "x", span_of("pack y 9\n", (size_t)(rand() % 10)));
        for (int n = rand() % 30; n > 0; n--)
            buf_put_u8(&text, (uint8_t)alphabet[(size_t)rand() % (sizeof alphabet - 1)]);
        span_t rest = buf_span(&text);
        (void)packset_open(rest, &rest);
        size_t before = rest.size + 1;
        while (packset_next(&rest, file, &one, &why) == 1) {
            assert_true(rest.size < before && one.size < before);
            before = rest.size;
        }
        buf_destroy(&text);
    }
}

static void a_folder_without_packs_is_no_law(void **state)
{
    (void)state;
    cause_t why;
    (void)unlink(scratch_at(&scratch, "plan.rules"));
    (void)unlink(scratch_at(&scratch, "exchange.rules"));
    put("x.rules.seal", "not a rules file");
    assert_null(rules_open(scratch.path, &why));
    assert_non_null(strstr(why.text, ": no rule in it"));
    put("x.rules", RULES(TO_ALL("r", "k")));
    assert_null(rules_open(scratch.path, &why));
    assert_non_null(
        strstr(why.text, "x.rules: which act its rules carry out is missing"));
    assert_null(rules_open(scratch_at(&scratch, "none.rules"), &why));
    assert_non_null(strstr(why.text, "none.rules"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pack_says_all_this),
        cmocka_unit_test(names_hold_between_days),
        cmocka_unit_test(what_is_wrong_with_a_pack_is_named),
        cmocka_unit_test(the_higher_act_comes_first),
        cmocka_unit_test(two_packs_share_no_name),
        cmocka_unit_test(each_cites_its_own),
        cmocka_unit_test(a_lower_act_only_adds),
        cmocka_unit_test(the_set_is_recalled),
        cmocka_unit_test(any_bytes_come_to_an_end),
        cmocka_unit_test(a_folder_without_packs_is_no_law),
    };
    return test_group(tests, set_up, tear_down);
}
