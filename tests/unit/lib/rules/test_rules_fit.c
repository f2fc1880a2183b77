// rules_fit: rules that name a kind or a field that no schema has are not for use; the
// plan's own rules fit the project's schemas.

#include "lib/rules/rules_fit.h"

#include "tests/lib/scratch.h"

#include "lib/base/file.h"
#include "tests/lib/test.h"

static scratch_t scratch;
static schemas_t *schemas;
static cause_t why;

// Fields by $ref, by allOf, in a branch, and in an array.
static const char notice[] =
    "{\"$id\": \"https://x.example/notice.json\", \"$defs\": {\"body\": {\"properties\":"
    " {\"level\": {}, \"deep\": {\"properties\": {\"er\": {}}}}}},"
    " \"allOf\": [{\"properties\": {\"marking\": {}}}],"
    " \"if\": {\"properties\": {\"status\": {}}}, \"then\": {\"properties\": {\"late\": "
    "{}}},"
    " \"properties\": {\"kind\": {\"const\": \"notice\"}, \"body\": {\"$ref\": "
    "\"#/$defs/body\"}, \"to\": {\"type\": \"array\"}}}";
static const char alert[] =
    "{\"$id\": \"https://x.example/alert.json\", \"properties\": {\"kind\": {\"const\": "
    "\"alert\"}, \"body\": {\"properties\": {\"level\": {}, \"cause\": {}}}}}";

static void put(const char *name, const char *text)
{
    const char *path = scratch_at(&scratch, name);
    assert_int_equal(file_replace(path, span_text(text), 0600, &why), 0);
}

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    put("notice.json", notice);
    put("alert.json", alert);
    schemas = schemas_open(scratch.path, &why);
    return schemas ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    schemas_close(&schemas);
    scratch_close(&scratch);
    return 0;
}

static void test_fields(void **state)
{
    (void)state;
    static const char *const there[] = {"/body", "/body/level", "/body/deep/er",
        "/marking", "/status", "/late", "/to/0", "/a~1b"};
    static const char *const missing[] = {"/levl", "/body/levl", "/body/level/more",
        "/body/deep/err", "/body/deep/e", "/bod", "/body/", "/", "/marking/x"};
    for (size_t i = 0; i < sizeof there / sizeof *there; i++)
        if (!schemas_has(schemas, "notice", there[i]))
            fail_msg("%s is not found", there[i]);
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++)
        if (schemas_has(schemas, "notice", missing[i]))
            fail_msg("%s is found", missing[i]);
    assert_false(schemas_has(schemas, "notic", "/body"));
}

#define HEAD                                                                             \
    "rules = ( { id = \"a\"; cites = \"14\"; on = \"notice\"; from = [\"isoc\"]; "
#define TAIL "tell = \"sender\"; }, "
#define HUB                                                                              \
    "{ id = \"b\"; cites = \"14\"; on = \"alert\"; from = [\"hub\"]; deliver = "         \
    "[\"role:nccis\"]; tell = \"sender\"; } );"

static const char *fit(const char *text)
{
    rules_t *rules = rules_parse("x.rules", span_text(text), &why);
    if (!rules)
        fail_msg("%s", why.text);
    why.text[0] = '\0';
    int result = rules_fit(rules, schemas, &why);
    rules_close(&rules);
    assert_int_equal(result, why.text[0] ? -1 : 0);
    return why.text;
}

static void test_rules(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
    } rows[] = {
        {HEAD "deliver = [\"to\"]; when = ( { field = \"/body/level\"; at_least = 3; } "
              "); " TAIL HUB,
            ""},
        {HEAD "deliver = [\"to\"]; when = ( { field = \"/body/levl\"; at_least = 3; } "
              "); " TAIL HUB,
            "x.rules:1: rule 'a' names the field /body/levl, which no notice has"},
        {HEAD
            "emit = ( { kind = \"alert\"; body = { level = \"/body/level\"; }; } ); " TAIL
                HUB,
            ""},
        {HEAD
            "emit = ( { kind = \"alert\"; body = { level = \"/body/leve\"; }; } ); " TAIL
                HUB,
            "x.rules:1: rule 'a' names the field /body/leve, which no notice has"},
        {HEAD
            "emit = ( { kind = \"alert\"; body = { leve = \"/body/level\"; }; } ); " TAIL
                HUB,
            "x.rules:1: rule 'a' names the field /body/leve, which no alert has"},
        {HEAD
            "deliver = [\"to\"]; require = ( { of = \"re\"; latest = \"alert\"; where = "
            "( { field = \"/body/agreed\"; is_true = true; } ); } ); " TAIL HUB,
            "x.rules:1: rule 'a' names the field /body/agreed, which no alert has"},
        {HEAD "deliver = [\"to\"]; require = ( { of = \"re\"; kind = \"alert\"; same = "
              "\"/body/deep\"; } ); " TAIL HUB,
            "x.rules:1: rule 'a' names the field /body/deep, which no alert has"},
        {HEAD "deliver = [\"to\"]; oblige = ( { duty = \"d\"; who = \"to\"; met_by = "
              "\"delivery\"; from = \"/body/then\"; within = \"1 h\"; default = true; } "
              "); " TAIL HUB,
            "x.rules:1: rule 'a' names the field /body/then, which no notice has"},
        {"rules = ( { id = \"a\"; cites = \"14\"; on = \"other\"; from = [\"isoc\"]; "
         "deliver = [\"to\"]; tell = \"sender\"; } );",
            "x.rules:1: rule 'a' is about 'other', of which there is no schema"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(fit(rows[i].text), rows[i].said);
}

#define ALERT(when, copied)                                                              \
    "rules = ( { id = \"a\"; cites = \"14\"; on = \"incident.notice\"; from = "          \
    "[\"isoc\"]; tell = \"sender\"; " when                                               \
    "\nemit = ( { kind = \"security.alert\"; carry = true; body = { " copied             \
    " }; } ); },\n"
#define SENT(id, rest)                                                                   \
    "{ id = \"" id "\"; cites = \"14\"; on = \"security.alert\"; from = [\"hub\"]; "     \
    "tell = \"sender\"; deliver = [\"role:nccis\"]; " rest " }"
#define TEST(pointer, test) "{ field = \"" pointer "\"; " test "; }"
#define WHEN(tests) "when = ( " tests " );"
#define ASKED(pointer)                                                                   \
    "oblige = ( { duty = \"d\"; who = \"role:nccis\"; met_by = \"delivery\"; from = "    \
    "\"" pointer "\"; within = \"1 h\"; default = true; } );"

// What is derived is made, and let pass, whatever the cause says.
static void test_what_follows(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
    } rows[] = {
        {ALERT(WHEN(TEST("/body/level", "at_least = 3")), "level = \"/body/level\";")
                SENT("b", "") " );",
            ""},
        // between two rules nothing falls through
        {ALERT(WHEN(TEST("/body/level", "at_least = 3")), "level = \"/body/level\";")
                SENT("b", WHEN(TEST("/body/level", "at_least = 5"))) ", " SENT(
                    "c", WHEN(TEST("/body/level", "in = [ 3, 4 ]"))) " );",
            ""},
        {ALERT(WHEN(TEST("/body/level", "at_least = 3")), "level = \"/body/level\";")
                SENT("b", WHEN(TEST("/body/level", "at_least = 5"))) ", " SENT(
                    "c", WHEN(TEST("/body/level", "in = [ 1, 3 ]"))) " );",
            "x.rules:2: rule 'a' emits 'security.alert' with 4 in /body/level, and then "
            "no "
            "rule lets the hub send it: see rule 'b' (x.rules:3)"},
        {ALERT(WHEN(TEST("/body/level", "at_least = 3")), "level = \"/body/level\";")
                SENT("b", WHEN(TEST("/marking", "in = [ \"TLP:CLEAR\", \"TLP:GREEN\", "
                                                "\"TLP:AMBER\", \"TLP:AMBER+STRICT\" "
                                                "]"))) " );",
            "x.rules:2: rule 'a' emits 'security.alert' with 'TLP:RED' in /marking, and "
            "then no rule lets the hub send it: see rule 'b' (x.rules:3)"},
        // what the first rule excludes, the other need not speak of
        {ALERT(WHEN(TEST("/body/level", "at_least = 3") ", " TEST(
                   "/marking", "in = [ \"TLP:AMBER\", \"TLP:RED\" ]")),
             "level = \"/body/level\";")
                SENT("b", WHEN(TEST("/marking", "equals = \"TLP:RED\""))) ", " SENT(
                    "c", WHEN(TEST("/marking", "equals = \"TLP:AMBER\""))) " );",
            ""},
        {ALERT(WHEN(TEST("/body/level", "at_least = 3")), "level = \"/body/level\";")
                SENT("b", WHEN(TEST("/body/object", "present = true"))) " );",
            "x.rules:2: rule 'a' emits 'security.alert' with nothing in /body/object, "
            "and "
            "then no rule lets the hub send it: see rule 'b' (x.rules:3)"},
        {ALERT(WHEN(TEST("/body/level", "at_least = 3")), "level = \"/body/level\";")
                SENT("b", WHEN(TEST("/re", "present = true"))) " );",
            "x.rules:2: rule 'a' emits 'security.alert' with nothing in /re, and then no "
            "rule lets the hub send it: see rule 'b' (x.rules:3)"},
        {ALERT(WHEN(TEST("/body/level", "at_least = 3")),
             "level = \"/body/level\";") SENT("b",
             WHEN(TEST("/body/carried", "present = true") ", " TEST("/incident",
                 "present = true") ", " TEST("/body/object", "present = false"))) " );",
            ""},
        // of what is copied, the schema takes what there can be
        {ALERT(WHEN(TEST("/body/level", "at_least = 2")), "level = \"/body/level\";")
                SENT("b", "") " );",
            "x.rules:2: rule 'a' copies /body/level into /body/level of "
            "'security.alert', "
            "which does not take 2"},
        {ALERT("", "level = \"/body/level\";") SENT("b", "") " );",
            "x.rules:2: rule 'a' copies /body/level into /body/level of "
            "'security.alert', "
            "which does not take 0"},
        {ALERT("", "object = \"/body/object\";") SENT("b", "") " );",
            "x.rules:2: rule 'a' emits 'security.alert' without /body/level, which every "
            "message of that kind has"},
        {ALERT(WHEN(TEST("/body/level", "at_least = 3")),
             "level = \"/body/level\"; countries = \"/body/cross_border\";")
                SENT("b", "") " );",
            "x.rules:2: rule 'a' copies /body/cross_border into /body/countries of "
            "'security.alert', which does not take true"},
        // a duty that counts from a moment needs one
        {ALERT(WHEN(TEST("/body/level", "at_least = 3")),
             "level = \"/body/level\"; detected_at = \"/body/detected_at\";")
                SENT("b", ASKED("/body/detected_at")) " );",
            "x.rules:2: rule 'a' emits 'security.alert' also without /body/detected_at, "
            "from which duty 'd' of rule 'b' counts (x.rules:3)"},
        {ALERT(WHEN(TEST("/body/level", "at_least = 3") ", " TEST(
                   "/body/detected_at", "present = true")),
             "level = \"/body/level\"; detected_at = \"/body/detected_at\";")
                SENT("b", ASKED("/body/detected_at")) " );",
            ""},
        // what the hub itself writes is there, whatever the cause says
        {ALERT(WHEN(TEST("/body/level", "at_least = 3")), "level = \"/body/level\";")
                SENT("b", WHEN(TEST("/for", "present = false"))) " );",
            "x.rules:2: rule 'a' emits 'security.alert' with what is there in /for, and "
            "then no rule lets the hub send it: see rule 'b' (x.rules:3)"},
        {ALERT(WHEN(TEST("/body/level", "at_least = 3")), "level = \"/body/level\";")
                SENT("b", WHEN(TEST("/incident", "present = false"))) " );",
            "x.rules:2: rule 'a' emits 'security.alert' with what is there in /incident, "
            "and then no rule lets the hub send it: see rule 'b' (x.rules:3)"},
        // a text that may be any does not become one of a list, of a form, or of a size
        {ALERT(WHEN(TEST("/body/level", "at_least = 3")),
             "level = \"/body/level\"; sector = \"/body/description\";")
                SENT("b", "") " );",
            "x.rules:2: rule 'a' copies /body/description into /body/sector of "
            "'security.alert', which does not take every text"},
        {ALERT(WHEN(TEST("/body/level", "at_least = 3")),
             "level = \"/body/level\"; object = \"/body/description\";")
                SENT("b", "") " );",
            "x.rules:2: rule 'a' copies /body/description into /body/object of "
            "'security.alert', which does not take every text"},
        {ALERT(WHEN(TEST("/body/level", "at_least = 3")),
             "level = \"/body/level\"; detected_at = \"/body/object\";")
                SENT("b", "") " );",
            "x.rules:2: rule 'a' copies /body/object into /body/detected_at of "
            "'security.alert', which does not take every text"},
        // a duty counts from a moment, in what is derived and in what is said
        {ALERT(WHEN(TEST("/body/level", "at_least = 3")), "level = \"/body/level\";")
                SENT("b", ASKED("/body/level")) " );",
            "x.rules:3: duty 'd' of rule 'b' counts from /body/level, which is no "
            "moment"},
        {"rules = ( { id = \"a\"; cites = \"15\"; on = \"suspension.notice\"; from = "
         "[\"national-security\"]; tell = \"sender\"; deliver = [\"role:nccis\"]; " ASKED(
             "/body/description") " } );",
            "x.rules:1: duty 'd' of rule 'a' counts from /body/description, which is "
            "no moment"},
        // tests that nothing meets
        {ALERT(WHEN(TEST("/body/level", "at_least = 6")), "level = \"/body/level\";")
                SENT("b", "") " );",
            "x.rules:1: rule 'a' asks for a /body/level that no 'incident.notice' has"},
        {ALERT(WHEN(TEST("/body/level", "at_least = 3") ", " TEST(
                   "/marking", "equals = \"TLP:AMBR\"")),
             "level = \"/body/level\";") SENT("b", "") " );",
            "x.rules:1: rule 'a' asks for a /marking that no 'incident.notice' has"},
        {ALERT(WHEN(TEST("/body/level", "at_least = 4") ", " TEST(
                   "/body/level", "at_most = 3")),
             "level = \"/body/level\";") SENT("b", "") " );",
            "x.rules:1: rule 'a' asks for a /body/level that no 'incident.notice' has"},
        {ALERT(WHEN(TEST("/incident", "present = true")), "level = \"/body/level\";")
                SENT("b", "") " );",
            "x.rules:1: rule 'a' asks for a /incident that no 'incident.notice' has"},
        // an answer that nobody can give
        {"rules = ( { id = \"a\"; cites = \"8.7\"; default = true; on = "
         "\"trace.manifest\"; from = [\"isoc\"]; tell = \"sender\"; deliver = "
         "[\"to\"];\noblige = ( { duty = \"d\"; who = \"to\"; met_by = "
         "\"acknowledgement\"; answers = [ \"custody-taken\", \"custody-tacken\" ]; from "
         "= "
         "\"accepted\"; within = \"1 h\"; default = true; } ); }, { id = \"b\"; cites = "
         "\"8.7\"; on = \"acknowledgement\"; from = [\"any\"]; tell = \"sender\"; "
         "deliver = "
         "[\"re.author\"]; } );",
            "x.rules:2: rule 'a' waits for the answer 'custody-tacken', which no "
            "'acknowledgement' gives"},
        // a kind that belongs to no incident is not for what is derived from one
        {"rules = ( { id = \"a\"; cites = \"14\"; on = \"incident.update\"; from = "
         "[\"isoc\"]; tell = \"sender\"; emit = ( { kind = \"incident.notice\"; body = { "
         "level = \"/body/level\"; }; } ); }, { id = \"b\"; cites = \"14\"; on = "
         "\"incident.notice\"; from = [\"hub\"]; tell = \"sender\"; deliver = "
         "[\"role:nccis\"]; } );",
            "x.rules:1: rule 'a' copies /body/level into /body/level of "
            "'incident.notice', which does not take nothing"},
    };
    schemas_t *small = schemas;
    schemas = schemas_open("schemas", &why);
    if (!schemas)
        fail_msg("%s", why.text);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (strcmp(fit(rows[i].text), rows[i].said) != 0)
            print_error("row %zu: %s\n", i, why.text);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(fit(rows[i].text), rows[i].said);
    schemas_close(&schemas);
    schemas = small;
}

static void test_the_plan(void **state)
{
    (void)state;
    schemas_t *real = schemas_open("schemas", &why);
    rules_t *rules = real ? rules_open("hub/etc/plan.rules", &why) : NULL;
    if (!rules)
        skip(); // run elsewhere than at the top of the sources
    if (rules_fit(rules, real, &why) < 0)
        fail_msg("%s", why.text);
    rules_close(&rules);
    schemas_close(&real);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_what_follows),
        cmocka_unit_test(test_the_plan),
    };
    return test_group(tests, set_up, tear_down);
}
