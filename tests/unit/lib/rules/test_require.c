// require: what a rule may demand of the message that another names, against a small log.

#include "lib/rules/require.h"

#include "tests/lib/story.h"
#include "tests/lib/test.h"
#include "tests/lib/values.h"

// The refusal as "code pointer", or "met".
static const char *ask(
    const char *require_text, story_t *story, document_t *asking, refusal_t *refusal)
{
    static char answer[256];
    settings_t file;
    char whole[512];
    require_t require;
    cause_t why;
    const precedents_t log = story_precedents(story);
    (void)snprintf(whole, sizeof whole, "require = { %s };", require_text);
    assert_int_equal(settings_parse(&file, "x", span_text(whole), &why), 0);
    const config_setting_t *root = config_root_setting(&file.config);
    if (require_read(&require, &file, config_setting_get_member(root, "require"), &why))
        fail_msg("%s", why.text);
    settings_close(&file);
    *refusal = (refusal_t){0};
    int result = require_check(&require, &log, asking, "r.x", "17", refusal);
    assert_int_equal(result == 0, refusal->code == NULL);
    if (result == 0)
        (void)snprintf(answer, sizeof answer, "met");
    else
        (void)snprintf(answer, sizeof answer, "%s %s", refusal->code, refusal->pointer);
    require_close(&require);
    return answer;
}

static void check(const char *require, const story_row_t *rows, size_t n, const char *to,
    const char *body, const char *expected)
{
    story_t story = {.n = n};
    document_t asking = {.kind = "release", .re = {"a", "0"}};
    refusal_t refusal;
    char text[256];
    memcpy(story.row, rows, n * sizeof *rows);
    (void)snprintf(text, sizeof text, "{\"body\": {%s}}", body);
    asking.root = value_read(text);
    for (; *to; to += strcspn(to, " "), to += strspn(to, " "))
        (void)snprintf(
            asking.to[asking.to_count++], NODE_ID_MAX, "%.*s", (int)strcspn(to, " "), to);
    const char *answer = ask(require, &story, &asking, &refusal);
    if (strcmp(answer, expected) != 0)
        fail_msg(
            "%s\ngot      %s (%s)\nexpected %s", require, answer, refusal.text, expected);
    if (refusal.code) {
        assert_string_equal(refusal.by, "r.x");
        assert_memory_equal(refusal.text, "paragraph 17: ", 14);
    }
    value_free(&asking.root);
    buf_destroy(&story.record);
}

#define CHECK(require, to, body, expected, ...)                                          \
    do {                                                                                 \
        const story_row_t rows[] = {__VA_ARGS__};                                        \
        check(require, rows, sizeof rows / sizeof rows[0], to, body, expected);          \
    } while (0)

#define MEASURE                                                                          \
    {                                                                                    \
        .kind = "measure", .field = REFERS, .body = "\"treaty\": \"T\""                  \
    }
#define POSITION(says)                                                                   \
    {                                                                                    \
        "position", REFER_RE, 0, "\"position\": \"" says "\""                            \
    }
#define AGREED                                                                           \
    "of = \"re\"; latest = \"position\"; "                                               \
    "where = ( { field = \"/body/position\"; equals = \"agreed\"; } );"

static void the_latest_position_counts(void **state)
{
    (void)state;
    CHECK(AGREED, "", "", "precondition.unmet /re", MEASURE);
    CHECK(AGREED, "", "", "met", MEASURE, POSITION("agreed"));
    CHECK(AGREED, "", "", "precondition.unmet /re", MEASURE, POSITION("declined"));
    CHECK(AGREED, "", "", "precondition.unmet /re", MEASURE, POSITION("agreed"),
        POSITION("declined"));
    CHECK(AGREED, "", "", "met", MEASURE, POSITION("declined"), POSITION("agreed"));
    // one about another measure
    CHECK(AGREED, "", "", "precondition.unmet /re", MEASURE, MEASURE,
        {"position", REFER_RE, 1, "\"position\": \"agreed\""});
    // another kind that says the same
    CHECK(AGREED, "", "", "precondition.unmet /re", MEASURE,
        {"opinion", REFER_RE, 0, "\"position\": \"agreed\""});
    // a document that can no longer be read shows nothing
    CHECK(AGREED, "", "", "precondition.unmet /re", MEASURE, POSITION("agreed"),
        {"position", REFER_RE, 0, NULL});
}

static void a_withdrawn_position_does_not_count(void **state)
{
    (void)state;
    CHECK(AGREED, "", "", "precondition.withdrawn /re", MEASURE, POSITION("agreed"),
        {"position", REFER_SUPERSEDES, 1, "\"position\": \"agreed\""});
    CHECK(AGREED, "", "", "precondition.withdrawn /re", MEASURE, POSITION("agreed"),
        {"position", REFER_CANCELS, 1, ""});
    // nor does the one before it come back
    CHECK(AGREED, "", "", "precondition.withdrawn /re", MEASURE, POSITION("agreed"),
        POSITION("declined"), {"position", REFER_CANCELS, 2, ""});
}

static void the_subject_is_of_a_kind_and_stands(void **state)
{
    (void)state;
#define KIND "of = \"re\"; kind = \"measure\";"
#define STANDS KIND " stands = true;"
    CHECK(KIND, "", "", "met", MEASURE);
    CHECK(KIND, "", "", "reference.kind /re", {"item", REFERS, 0, ""});
#define EITHER "of = \"re\"; kind = [ \"plan\", \"measure\" ];"
    CHECK(EITHER, "", "", "met", MEASURE);
    CHECK(EITHER, "", "", "met", {"plan", REFERS, 0, ""});
    CHECK(EITHER, "", "", "reference.kind /re", {"item", REFERS, 0, ""});
    CHECK(STANDS, "", "", "met", MEASURE, POSITION("agreed"));
    CHECK(KIND, "", "", "met", MEASURE, {"measure", REFER_SUPERSEDES, 0, ""});
    CHECK(STANDS, "", "", "precondition.withdrawn /re", MEASURE,
        {"measure", REFER_SUPERSEDES, 0, ""});
    CHECK(STANDS, "", "", "precondition.withdrawn /re", MEASURE,
        {"measure", REFER_CANCELS, 0, ""});
    CHECK(STANDS, "", "", "precondition.withdrawn /re", {"measure", REFER_CANCELS, 1, ""},
        MEASURE);
    CHECK(KIND " where = ( { field = \"/body/treaty\"; equals = \"T\"; } );", "", "",
        "met", MEASURE);
    CHECK(KIND " where = ( { field = \"/body/treaty\"; equals = \"U\"; } );", "", "",
        "precondition.unmet /re", MEASURE);
}

static void a_field_may_have_to_agree(void **state)
{
    (void)state;
#define TREATY KIND " same = \"/body/treaty\";"
    CHECK(TREATY, "", "\"treaty\": \"T\"", "met", MEASURE);
    CHECK(TREATY, "", "\"treaty\": \"U\"", "precondition.unmet /body/treaty", MEASURE);
    CHECK(TREATY, "", "", "precondition.unmet /body/treaty", MEASURE);
    CHECK(TREATY, "", "", "met", {"measure", REFERS, 0, ""}); // in neither
    CHECK(TREATY, "", "\"treaty\": \"T\"", "precondition.unmet /body/treaty",
        {"measure", REFERS, 0, NULL});
}

// Also with an answer to the subject, and by its digest, which in a story is all zeros.
static void an_answer_may_have_to_agree(void **state)
{
    (void)state;
#define KEPT AGREED " same = \"/body/kept\"; digest = \"/body/digest\";"
#define ZEROS "\"digest\": \"" ZEROS_16 ZEROS_16 ZEROS_16 ZEROS_16 "\""
#define ZEROS_16 "0000000000000000"
#define UNDER(conditions) {"position", REFER_RE, 0, "\"position\": \"agreed\"" conditions}
    CHECK(KEPT, "", ZEROS, "met", MEASURE, UNDER(""));
    CHECK(KEPT, "", ZEROS ", \"kept\": [\"a\"]", "precondition.unmet /body/kept", MEASURE,
        UNDER(""));
    CHECK(KEPT, "", ZEROS ", \"kept\": [\"a\", \"b\"]", "met", MEASURE,
        UNDER(", \"kept\": [\"a\", \"b\"]"));
    CHECK(KEPT, "", ZEROS ", \"kept\": [\"a\"]", "precondition.unmet /body/kept/1",
        MEASURE, UNDER(", \"kept\": [\"a\", \"b\"]"));
    CHECK(KEPT, "", "", "precondition.unmet /body/digest", MEASURE, UNDER(""));
    CHECK(KEPT, "", "\"digest\": \"0\"", "precondition.unmet /body/digest", MEASURE,
        UNDER(""));
    // only the latest is looked at, and none that does not agree is some
    CHECK(KEPT, "", ZEROS, "precondition.unmet /body/kept", MEASURE, UNDER(""),
        UNDER(", \"kept\": []"));
#define SOME_KEPT "of = \"re\"; some = \"position\"; same = \"/body/kept\";"
    CHECK(SOME_KEPT, "", "", "met", MEASURE, UNDER(""), UNDER(", \"kept\": []"));
    CHECK(SOME_KEPT, "", "\"kept\": 1", "precondition.unmet /re", MEASURE, UNDER(""),
        UNDER(", \"kept\": []"));
}

static void an_end_ends(void **state)
{
    (void)state;
#define OPEN "of = \"re\"; none = \"adjournment\";"
    CHECK(OPEN, "", "", "met", MEASURE, POSITION("agreed"));
    CHECK(OPEN, "", "", "precondition.ended /re", MEASURE,
        {"adjournment", REFER_RE, 0, ""});
    CHECK(OPEN, "", "", "met", MEASURE, {"adjournment", REFER_RE, 0, ""},
        {"adjournment", REFER_CANCELS, 1, ""}); // it was a mistake
    CHECK(OPEN, "", "", "precondition.ended /re", MEASURE,
        {"adjournment", REFER_RE, 0, ""}, {"adjournment", REFER_CANCELS, 1, ""},
        {"adjournment", REFER_RE, 0, ""});
}

static void one_answer_among_others_is_enough(void **state)
{
    (void)state;
#define TAKEN                                                                            \
    "\"ack\"; where = ( { field = \"/body/answer\"; in = [ \"taken\", \"declined\" ]; "  \
    "} );"
#define ACK(says) {"ack", REFER_RE, 0, "\"answer\": \"" says "\""}
#define SOME "of = \"re\"; some = " TAKEN
#define NONE "of = \"re\"; none = " TAKEN
    CHECK(SOME, "", "", "precondition.unmet /re", MEASURE);
    CHECK(SOME, "", "", "precondition.unmet /re", MEASURE, ACK("read"));
    CHECK(SOME, "", "", "met", MEASURE, ACK("taken"), ACK("read")); // not the newest
    CHECK(SOME, "", "", "precondition.unmet /re", MEASURE, ACK("taken"),
        {"ack", REFER_CANCELS, 1, ""});
    CHECK(SOME, "", "", "precondition.unmet /re", MEASURE, MEASURE,
        {"ack", REFER_RE, 1, "\"answer\": \"taken\""});
    CHECK("of = \"re\"; some = \"ack\";", "", "", "met", MEASURE, ACK("read"));
    CHECK(NONE, "", "", "met", MEASURE, ACK("read"));
    CHECK(NONE, "", "", "precondition.ended /re", MEASURE, ACK("declined"), ACK("read"));
    CHECK(NONE, "", "", "met", MEASURE, ACK("taken"), {"ack", REFER_CANCELS, 1, ""});
    // what can no longer be read says nothing
    CHECK(SOME, "", "", "precondition.unmet /re", MEASURE, {"ack", REFER_RE, 0, NULL});
}

// A manifest for "b", and something said of it by `writer`.
static const char *answered(
    const char *require, const story_row_t *said, const char *body, const char *writer)
{
    static const char *answer;
    story_t story = {.n = 2,
        .row = {{"manifest", REFERS, 0, body}, *said},
        .author = {"a", writer},
        .to = {"b"}};
    document_t asking = {.kind = "release", .re = {"a", "0"}, .from = "me"};
    refusal_t refusal;
    answer = ask(require, &story, &asking, &refusal);
    buf_destroy(&story.record);
    return answer;
}

static const char *const positive = "some", *const negative = "none";
static const story_row_t by_re = {"ack", REFER_RE, 0, ""};

static const char *wanting(const char *what, const char *key, const char *word)
{
    static char require[200];
    (void)snprintf(require, sizeof require, "of = \"re\"; %s = \"ack\"; %s = \"%s\";",
        what, key, word);
    return require;
}

// Naming the subject is not answering it.
static void only_the_field_that_is_meant_counts(void **state)
{
    (void)state;
    static const char *const words[] = {"re", "incident", "any"};
    static const refer_t fields[] = {REFER_RE, REFER_INCIDENT};
    for (size_t word = 0; word < 3; word++)
        for (size_t field = 0; field < 2; field++) {
            const story_row_t said = {"ack", fields[field], 0, ""};
            bool counts = word == 2 || word == field;
            assert_string_equal(
                answered(wanting(positive, "refers", words[word]), &said, "", "b"),
                counts ? "met" : "precondition.unmet /re");
            assert_string_equal(
                answered(wanting(negative, "refers", words[word]), &said, "", "b"),
                counts ? "precondition.ended /re" : "met");
        }
    const story_row_t aside = {"ack", REFER_INCIDENT, 0, "\"position\": \"agreed\""};
    assert_string_equal( // when nothing is said: re
        answered("of = \"re\"; some = \"ack\";", &aside, "", "b"),
        "precondition.unmet /re");
    assert_string_equal(answered("of = \"re\"; latest = \"ack\"; where = ( { field = "
                                 "\"/body/position\"; equals = \"agreed\"; } );",
                            &aside, "", "b"),
        "precondition.unmet /re");
}

// Of a corrected subject, and of the wording that is named.
static void what_was_said_of_another_version(void **state)
{
    (void)state;
    static const story_row_t rows[] = {{"manifest", REFER_SUPERSEDES, 1, ""},
        {"manifest", REFERS, 0, ""}, {"ack", REFER_RE, 1, ""}}; // 0, named, corrects 1
    check("of = \"re\"; some = \"ack\";", rows, 3, "", "", "met");
    check("of = \"re\"; some = \"ack\"; version = \"this\";", rows, 3, "", "",
        "precondition.unmet /re");
    check("of = \"re\"; none = \"ack\";", rows, 3, "", "", "precondition.ended /re");
}

static void whose_it_must_be(void **state)
{
    (void)state;
    static const struct {
        const char *word, *writer; // whose message it is
        bool counts;
    } table[] = {{"any", "x", true}, {"self", "x", false}, {"self", "me", true},
        {"author", "x", false}, {"author", "a", true}, {"addressee", "x", false},
        {"addressee", "b", true}, {"receiver", "x", false}, {"receiver", "b", true},
        {"role:isoc", "x", true}, {"role:isoc", "mfa", false},
        {"role:foreign-affairs", "mfa", true}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const char *word = table[i].word, *writer = table[i].writer;
        bool met = strcmp(answered(wanting(positive, "author", word), &by_re, "", writer),
                       "met") == 0;
        bool free_ =
            strcmp(answered(wanting(negative, "author", word), &by_re, "", writer),
                "met") == 0;
        if (met != table[i].counts || free_ == table[i].counts)
            fail_msg("%s by %s: %d %d", word, writer, met, free_);
    }
}

// Who that was, nobody knows any more: it is held against whoever wants something.
static void what_cannot_be_shown_is_against_the_asker(void **state)
{
    (void)state;
    assert_string_equal(
        answered(wanting(positive, "author", "role:isoc"), &by_re, "", "gone"),
        "precondition.unmet /re");
    assert_string_equal(
        answered(wanting(negative, "author", "role:isoc"), &by_re, "", "gone"),
        "precondition.ended /re");
    assert_string_equal(
        answered(wanting(positive, "author", "addressee"), &by_re, NULL, "b"),
        "precondition.unmet /re");
    assert_string_equal(
        answered(wanting(negative, "author", "addressee"), &by_re, NULL, "b"),
        "precondition.ended /re");
}

// The message does not end what it corrects its own end of.
static void a_correction_does_not_stand_in_its_own_way(void **state)
{
    (void)state;
    story_t story = {.n = 2, .row = {MEASURE, {"adjournment", REFER_RE, 0, ""}}};
    document_t asking = {.kind = "adjournment", .re = {"a", "0"}};
    refusal_t refusal;
    assert_string_equal(ask(OPEN, &story, &asking, &refusal), "precondition.ended /re");
    asking.supersedes = (reference_t){"a", "1"};
    assert_string_equal(ask(OPEN, &story, &asking, &refusal), "met");
    buf_destroy(&story.record);
}

static void the_author_is_the_one_who_is_named(void **state)
{
    (void)state;
#define AUTHOR "of = \"re\"; author_among = \"/body/next\";"
    static const struct {
        const char *from, *body, *expected;
    } rows[] = {{"knb", "\"next\": \"knb\"", "met"},
        {"knb", "\"next\": [\"owner\", \"knb\"]", "met"},
        {"kn", "\"next\": \"knb\"", "author.outside /from"},
        {"press", "\"next\": [\"owner\", \"knb\"]", "author.outside /from"},
        {"knb", "\"next\": []", "author.outside /from"},
        {"knb", "\"next\": 1", "author.outside /from"},
        {"knb", "", "author.outside /from"}, {"knb", NULL, "author.outside /from"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        story_t story = {.n = 1, .row = {{"manifest", REFERS, 0, rows[i].body}}};
        document_t asking = {.kind = "ack", .re = {"a", "0"}};
        refusal_t refusal;
        (void)snprintf(asking.from, sizeof asking.from, "%s", rows[i].from);
        assert_string_equal(ask(AUTHOR, &story, &asking, &refusal), rows[i].expected);
        buf_destroy(&story.record);
    }
}

static void addressees_are_among_the_members(void **state)
{
    (void)state;
#define AMONG "of = \"re\"; to_among = \"/body/members\";"
#define CONVENING {"convening", REFERS, 0, "\"members\": [\"knb\", \"owner\"]"}
    CHECK(AMONG, "knb", "", "met", CONVENING);
    CHECK(AMONG, "owner knb", "", "met", CONVENING);
    CHECK(AMONG, "knb press", "", "to.outside /to/1", CONVENING);
    CHECK(AMONG, "kn", "", "to.outside /to/0", CONVENING);
    CHECK(AMONG, "", "", "precondition.unmet /to", CONVENING);
    CHECK(AMONG, "knb", "", "to.outside /to/0", {"convening", REFERS, 0, ""});
    CHECK(AMONG, "knb", "", "to.outside /to/0", {"convening", REFERS, 0, NULL});
}

// Of the set that the first of the chain began, whichever of its corrections is named.
static void members_are_those_of_the_set(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *from, *to, *of, *expected;
    } rows[] = {{"to_among", "hq", "knb", "0", "met"},
        {"to_among", "hq", "knb", "1", "met"},
        {"to_among", "hq", "owner", "0", "to.outside /to/0"},
        {"to_among", "hq", "", "0", "precondition.unmet /to"},
        {"author_among", "press", "", "1", "met"},
        {"author_among", "owner", "", "1", "author.outside /from"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        story_t story = {.n = 2,
            .row = {{"convening", REFERS, 0, "\"members\": [\"owner\"]"},
                {"convening", REFER_SUPERSEDES, 0, NULL}},
            .members = "knb press"};
        document_t asking = {.kind = "directive", .re = {.author = "a"}};
        char rule[64];
        refusal_t refusal;
        (void)snprintf(rule, sizeof rule, "of = \"re\"; %s = \"members\";", rows[i].rule);
        (void)snprintf(asking.from, sizeof asking.from, "%s", rows[i].from);
        (void)snprintf(asking.re.id, sizeof asking.re.id, "%s", rows[i].of);
        asking.to_count = rows[i].to[0] != 0;
        (void)snprintf(asking.to[0], NODE_ID_MAX, "%s", rows[i].to);
        assert_string_equal(ask(rule, &story, &asking, &refusal), rows[i].expected);
        buf_destroy(&story.record);
    }
}

static void what_is_not_named_cannot_be_met(void **state)
{
    (void)state;
    static const char *const all[] = {AGREED, KIND, OPEN, AMONG, SOME, NONE, AUTHOR};
    story_t story = {.n = 1, .row = {MEASURE}};
    document_t asking = {.kind = "release"};
    refusal_t refusal;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        assert_string_equal(
            ask(all[i], &story, &asking, &refusal), "precondition.unmet /re");
    memcpy(asking.re.author, "b", 2);
    memcpy(asking.re.id, "0", 2);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        assert_string_equal(
            ask(all[i], &story, &asking, &refusal), "reference.unknown /re");
    buf_destroy(&story.record);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_latest_position_counts),
        cmocka_unit_test(a_withdrawn_position_does_not_count),
        cmocka_unit_test(the_subject_is_of_a_kind_and_stands),
        cmocka_unit_test(a_field_may_have_to_agree),
        cmocka_unit_test(an_answer_may_have_to_agree),
        cmocka_unit_test(an_end_ends),
        cmocka_unit_test(one_answer_among_others_is_enough),
        cmocka_unit_test(only_the_field_that_is_meant_counts),
        cmocka_unit_test(what_was_said_of_another_version),
        cmocka_unit_test(whose_it_must_be),
        cmocka_unit_test(what_cannot_be_shown_is_against_the_asker),
        cmocka_unit_test(a_correction_does_not_stand_in_its_own_way),
        cmocka_unit_test(the_author_is_the_one_who_is_named),
        cmocka_unit_test(addressees_are_among_the_members),
        cmocka_unit_test(members_are_those_of_the_set),
        cmocka_unit_test(what_is_not_named_cannot_be_met),
    };
    return test_group(tests, NULL, NULL);
}
