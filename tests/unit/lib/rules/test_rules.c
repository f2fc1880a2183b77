// rules: what a rules file may say, how it decides, and what it is told, word for word,
// when it may not.

#include "lib/rules/rules.h"

#include "lib/base/file.h"
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

static rules_t *load(const char *text, cause_t *why)
{
    put("x.rules", text);
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
    size_t i = 0;
    ids[0] = '\0';
    while ((rule = rules_next(rules, &i, kind, role, root)) != NULL) {
        (void)strncat(ids, rule->id, sizeof ids - strlen(ids) - 1);
        (void)strncat(ids, " ", sizeof ids - strlen(ids) - 1);
    }
    value_free(&root);
    return ids;
}

static void addressees_may_be_held_to_a_role(void **state)
{
    (void)state;
    rules_t *rules = load_good("rules = ( { id = \"a\"; cites = \"19\"; on = \"x\";\n"
                               "from = [ \"nccis\" ]; tell = \"sender\";\n"
                               "deliver = [ \"to:owner\", \"to\" ]; } );\n");
    const rule_t *rule = rules_at(rules, 0);
    assert_int_equal(rule->targets, 2);
    assert_int_equal(rule->target[0].type, TARGET_TO);
    assert_string_equal(rule->target[0].role, "owner");
    assert_string_equal(rule->target[0].word, "to:owner");
    assert_int_equal(rule->target[1].type, TARGET_TO);
    assert_string_equal(rule->target[1].role, "");
    rules_close(&rules);
}

static void a_rule_says_all_this(void **state)
{
    (void)state;
    rules_t *rules = load_good(
        "rules = ( {\n"
        "  id = \"a.1\"; cites = \"14\"; on = \"x\";\n"
        "  from = [ \"isoc\", \"owner\" ];\n"
        "  deliver = [ \"role:nccis\", \"all\", \"object.owner\",\n"
        "    \"object.isoc\", \"to\", \"re.author\", \"parties\", \"author\" ];\n"
        "  emit = ( { kind = \"y\"; carry = true;\n"
        "    body = { level = \"/body/level\"; x = \"/id\"; }; } );\n"
        "  passes_marking = true; tell = \"none\";\n"
        "}, {\n"
        "  id = \"b\"; cites = \"17\"; default = true; on = \"y\";\n"
        "  from = [ \"hub\" ]; deliver = [ \"to\" ]; tell = \"sender\";\n"
        "} );\n");
    assert_int_equal(rules_count(rules), 2);
    const rule_t *rule = rules_at(rules, 0);
    assert_string_equal(rule->id, "a.1");
    assert_string_equal(rule->cites, "14");
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
    assert_string_equal(rules_at(rules, 1)->cites, "17, default");
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
    rules_t *rules = load_good(
        "rules = (" RULE("1", "on = \"b\"; from = [ \"isoc\", \"owner\" ];") "," RULE(
            "2", "on = \"a\"; from = [ \"any\" ];") "," RULE("3",
            "on = \"b\"; from = [ \"hub\" ];") "," RULE("4",
            "on = \"b\"; from = [ \"isoc\" ]; when = ( { field = \"/l\"; at_least = 3; } "
            ");") "," RULE("5", "on = \"c.c\"; from = [ \"isoc\" ]; when = ( { field = "
                                "\"/l\"; at_least = 3; },"
                                " { field = \"/b\"; is_true = true; } );") "," RULE("6",
            "on = \"b\"; from = [ \"any\" ];") ");");
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

// A whole file with this as its second line, between two good rules.
#define WITH(rule)                                                                       \
    "rules = ( " RULE("first", "on = \"f\"; from = [ \"any\" ];") ",\n" rule ",\n" RULE( \
        "last", "on = \"l\"; from = [ \"hub\" ];") " );\n"
#define GOOD_BUT(lines)                                                                  \
    "{ id = \"r\"; on = \"k\"; from = [ \"isoc\" ]; tell = \"none\"; " lines " }"
#define PLAIN(lines) GOOD_BUT("cites = \"4\"; " lines)
#define EMITS(lines) WITH(PLAIN("\nemit = ( { kind = \"l\";\n" lines " } );"))

#define REQUIRES(what) WITH(PLAIN("require = (\n{ " what " } );"))
static const struct {
    const char *text, *complaint; // the complaint without the folder
} bad[] = {
    {"", "x.rules: a list rules = ( { ... }, ... ) was expected"},
    {"rules = ( );", "x.rules: no rule in it"},
    {"rules = [ 1 ];", "x.rules: a list rules = ( { ... }, ... ) was expected"},
    {"rules = ( );\nrule = 1;", "x.rules:2: unknown key 'rule'"},
    {"rules = (\n 1 );", "x.rules:2: a group { ... } was expected"},
    {"rules = (\n\n { id = \"x\" cites }", "x.rules:3: syntax error"},
    {"rules = ( {\n id = \"r\";\n id = \"r\"; } );", "x.rules:3: duplicate setting name"},
    {WITH("{ }"), "x.rules:2: id is missing"},
    {WITH(PLAIN("deliver = [ \"to\" ];\n\n frm = 1;")), "x.rules:4: unknown key 'frm'"},
    {WITH(PLAIN("deliver = [ \"to\" ]; demand = ( );")),
        "x.rules:2: unknown key 'demand'"},
    {WITH(GOOD_BUT("deliver = [ \"to\" ];")), "x.rules:2: cites is missing"},
    {WITH(GOOD_BUT("deliver = [ \"to\" ];\ncites = \"24\";")),
        "x.rules:3: cites: '24' is neither a paragraph of the plan (1 to 23, 3.1 to 3.8, "
        "8.1 to "
        "8.11) nor the word \"default\""},
    {WITH(GOOD_BUT("deliver = [ \"to\" ]; cites = \"\";")),
        "x.rules:2: cites must have 1 to 86 bytes"},
    {WITH(GOOD_BUT("deliver = [ \"to\" ]; cites = 14;")),
        "x.rules:2: cites must be a text in quotes"},
    {WITH(GOOD_BUT("deliver = [ \"to\" ]; cites = \"4,5\";")),
        "x.rules:2: cites: paragraphs are separated by a comma and a space"},
    {WITH(GOOD_BUT("deliver = [ \"to\" ]; cites = \"default\";\ndefault = false;")),
        "x.rules:3: a rule that cites no paragraph is a default"},
    {WITH(PLAIN("deliver = [ \"to\" ]; default = 1;")),
        "x.rules:2: default must be true or false"},
    {WITH("{ id = \"first\";\n cites = \"4\"; on = \"k\"; from = [ \"isoc\" ]; tell = "
          "\"none\"; "
          "deliver = [ \"to\" ]; }"),
        "x.rules:2: rule id 'first' is taken by x.rules:1"},
    {WITH("{ id = \"a b\"; }"),
        "x.rules:2: id 'a b' may have lower-case letters, digits, "
        "hyphens and single dots"},
    {WITH("{ id = \"a..b\"; }"),
        "x.rules:2: id 'a..b' may have lower-case letters, digits, "
        "hyphens and single dots"},
    {WITH("{ id = \"A\"; }"),
        "x.rules:2: id 'A' may have lower-case letters, digits, hyphens "
        "and single dots"},
    {WITH("{ id = \"a\nb\"; }"), "x.rules:2: id must be one line of UTF-8"},
    {WITH("{ id = \"r\"; cites = \"4\"; from = [ \"isoc\" ]; tell = \"none\"; }"),
        "x.rules:2: on is missing"},
    {WITH("{ id = \"r\"; cites = \"4\"; on = \"K\"; }"),
        "x.rules:2: on 'K' may have lower-case letters, digits, hyphens and single dots"},
    {WITH("{ id = \"r\"; cites = \"4\"; on = \"k\"; tell = \"none\"; }"),
        "x.rules:2: from is missing"},
    {WITH("{ id = \"r\"; cites = \"4\"; on = \"k\"; from = \"isoc\"; }"),
        "x.rules:2: from must be an array [ \"...\" ]"},
    {WITH("{ id = \"r\"; cites = \"4\"; on = \"k\"; from = [ ]; }"),
        "x.rules:2: from must have 1 to 16 elements"},
    {WITH(
         "{ id = \"r\"; cites = \"4\"; on = \"k\";\n from = [ \"isoc\",\n \"isok\" ]; }"),
        "x.rules:4: unknown role 'isok'"},
    {WITH("{ id = \"r\"; cites = \"4\"; on = \"k\"; from = [ 1 ]; }"),
        "x.rules:2: from must hold roles in quotes"},
    {WITH("{ id = \"r\"; cites = \"4\"; on = \"k\"; from = [ \"officer\" ]; }"),
        "x.rules:2: officers seal, their nodes publish: name the node's role"},
    {WITH(PLAIN("")),
        "x.rules:2: rule 'r' neither delivers, emits, requires nor obliges"},
    {WITH(PLAIN("\ndeliver = \"to\";")),
        "x.rules:3: deliver must be an array [ \"...\" ]"},
    {WITH(PLAIN("deliver = [ ];")), "x.rules:2: deliver must have 1 to 8 elements"},
    {WITH(PLAIN(
         "deliver = [ \"to\", \"to\", \"to\", \"to\", \"to\", \"to\", \"to\", \"to\", "
         "\"to\" ];")),
        "x.rules:2: deliver must have 1 to 8 elements"},
    {WITH(PLAIN("deliver = [ \"to\",\n\n\"owner\" ];")),
        "x.rules:4: unknown target 'owner'"},
    {WITH(PLAIN("deliver = [ \"role:isok\" ];")),
        "x.rules:2: unknown role 'isok' in target 'role:isok'"},
    {WITH(PLAIN("deliver = [ \"role:\" ];")),
        "x.rules:2: unknown role '' in target 'role:'"},
    {WITH(PLAIN("deliver = [ \"to:\" ];")), "x.rules:2: unknown role '' in target 'to:'"},
    {WITH(PLAIN("deliver = [ \"to:isok\" ];")),
        "x.rules:2: unknown role 'isok' in target 'to:isok'"},
    {WITH(PLAIN("deliver = [ \"to:officer\" ];")),
        "x.rules:2: target 'to:officer' has no inbox"},
    {WITH(PLAIN("deliver = [ \"role:hub\" ];")),
        "x.rules:2: target 'role:hub' has no inbox"},
    {WITH(PLAIN("deliver = [ \"role:officer\" ];")),
        "x.rules:2: target 'role:officer' has no inbox"},
    {WITH(PLAIN("deliver = [ 7 ];")), "x.rules:2: deliver must hold targets in quotes"},
    {WITH("{ id = \"r\"; cites = \"4\"; on = \"k\"; from = [ \"isoc\" ]; deliver = [ "
          "\"to\" ]; }"),
        "x.rules:2: tell is missing"},
    {WITH("{ id = \"r\"; cites = \"4\"; on = \"k\"; from = [ \"isoc\" ]; deliver = [ "
          "\"to\" ];\n"
          " tell = \"author\"; }"),
        "x.rules:3: tell must be \"sender\" or \"none\""},
    {WITH(PLAIN("deliver = [ \"to\" ]; when = { field = \"/l\"; at_least = 3; };")),
        "x.rules:2: when must be a list ( { field = ...; }, ... )"},
    {WITH(PLAIN("deliver = [ \"to\" ]; when = ( );")),
        "x.rules:2: when must have 1 to 8 tests"},
    {WITH(PLAIN("deliver = [ \"to\" ]; when = ( { field = \"/l\";\n atleast = 3; } );")),
        "x.rules:3: unknown key 'atleast'"},
    {WITH(PLAIN("deliver = [ \"to\" ]; when = (\n{ field = \"/l\"; at_least = "
                "4294967299; } );")),
        "x.rules:3: 4294967299 is beyond 32 bits: write it with an L behind"},
    {WITH(PLAIN("passes_marking = true; emit = ( { kind = \"l\"; } );")),
        "x.rules:2: passes_marking is about `deliver`, and there is none"},
    {WITH(PLAIN("deliver = [ \"to\" ]; default = true;\n passes_marking = true;")),
        "x.rules:3: only a duty of the plan passes a marking, not a default"},
    {WITH(GOOD_BUT("deliver = [ \"to\" ]; cites = \"default\"; passes_marking = true;")),
        "x.rules:2: only a duty of the plan passes a marking, not a default"},
    {WITH(PLAIN("emit = { kind = \"l\"; };")),
        "x.rules:2: emit must be a list ( { kind = ...; }, ... )"},
    {WITH(PLAIN("emit = ( );")), "x.rules:2: emit must have 1 to 4 messages"},
    {WITH(PLAIN("emit = ( { carry = true; } );")), "x.rules:2: kind is missing"},
    {EMITS("to = 1;"), "x.rules:4: unknown key 'to'"},
    {EMITS("body = { cause = \"/body/cause\"; };"),
        "x.rules:4: cause is what the hub itself writes"},
    {EMITS("body = { carried = \"/body/x\"; };"),
        "x.rules:4: carried is what the hub itself writes"},
    {EMITS("carry = 1;"), "x.rules:4: carry must be true or false"},
    {EMITS("body = ( );"),
        "x.rules:4: body must be a group { name = \"/pointer\"; } of at most 16"},
    {EMITS("body = { level = \"body/level\"; };"),
        "x.rules:4: level must be a JSON pointer into the cause, such as "
        "\"/body/level\""},
    {EMITS("body = { level = 3; };"), "x.rules:4: level must be a JSON pointer into the "
                                      "cause, such as \"/body/level\""},
    {EMITS("body = { a234567890123456789012345678901x = \"/l\"; };"),
        "x.rules:4: the name of a field has at most 31 bytes"},
    {WITH(PLAIN("\nemit = ( { kind = \"l\"; },\n { kind = \"nobody.knows\"; } );")),
        "x.rules:4: rule 'r' emits 'nobody.knows', which no rule lets the hub send"},
    {WITH(PLAIN("\nemit = ( { kind = \"l\"; },\n { kind = \"l\"; } );")),
        "x.rules:4: 'l' is emitted by this rule already"},
    // what a rule asks of the hub, the hub must be able to do
    {WITH("{ id = \"r\"; cites = \"4\"; tell = \"none\"; on = \"k\"; from = [ \"isoc\", "
          "\"hub\" ];\nseals = 2; }"),
        "x.rules:3: no officer seals what the hub sends: leave \"hub\" out of from"},
    {WITH(
         "{ id = \"r\"; cites = \"4\"; tell = \"none\"; on = \"k\"; from = [ \"hub\" ];\n"
         "require = ( { of = \"re\"; kind = \"f\"; } ); }"),
        "x.rules:3: the hub names no message in re: leave \"hub\" out of from"},
    {WITH(
         "{ id = \"r\"; cites = \"4\"; tell = \"none\"; on = \"k\"; from = [ \"hub\" ];\n"
         "require = ( { of = \"incident\"; kind = \"f\"; } ); }"),
        "x.rules:3: what follows from a message must not wait for another: leave "
        "\"hub\" out of from"},
    {WITH(
         "{ id = \"r\"; cites = \"4\"; tell = \"none\"; on = \"k\"; from = [ \"hub\" ];\n"
         "emit = ( { kind = \"l\"; carry = true; } ); }"),
        "x.rules:3: what the hub sends has no seal yet that could be carried"},
    {WITH(PLAIN("require = { of = \"re\"; kind = \"f\"; };")),
        "x.rules:2: require must be a list ( { of = ...; }, ... )"},
    {WITH(PLAIN("seals = 0;")), "x.rules:2: seals must be a number of officers, 1 to 3"},
    {WITH(PLAIN("seals = 4;")), "x.rules:2: seals must be a number of officers, 1 to 3"},
    {WITH(PLAIN("seals = \"2\";")),
        "x.rules:2: seals must be a number of officers, 1 to 3"},
    {WITH(PLAIN("require = ( );")), "x.rules:2: require must have 1 to 4 elements"},
    {REQUIRES("kind = \"f\";"), "x.rules:3: of is missing"},
    {REQUIRES("of = \"to\"; kind = \"f\";"),
        "x.rules:3: of must be \"re\", \"incident\", \"supersedes\" or \"cancels\""},
    {REQUIRES("of = \"re\";"),
        "x.rules:3: one of kind, latest, some, none, to_among and author_among expected "
        "beside of"},
    {REQUIRES("of = \"re\"; kind = \"f\"; none = \"f\";"),
        "x.rules:3: one of kind, latest, some, none, to_among and author_among expected "
        "beside of"},
    {REQUIRES("of = \"re\"; latest = \"f\";"), "x.rules:3: latest needs tests in where"},
    {REQUIRES("of = \"re\"; to_among = \"/to\"; where = ( );"),
        "x.rules:3: where goes with kind, latest, some or none"},
    {REQUIRES("of = \"re\"; none = \"f\"; where = ( );"),
        "x.rules:3: where must have 1 to 4 tests"},
    {REQUIRES("of = \"re\"; author_among = \"to\";"),
        "x.rules:3: 'to' is not a JSON pointer such as /body/members"},
    {REQUIRES("of = \"re\"; some = \"f\"; none = \"f\";"),
        "x.rules:3: one of kind, latest, some, none, to_among and author_among expected "
        "beside of"},
    {REQUIRES("of = \"re\"; kind = \"f\"; where = ( );"),
        "x.rules:3: where must have 1 to 4 tests"},
    {REQUIRES("of = \"re\"; kind = \"f\";\n where = ( { field = \"/l\"; is = 1; } );"),
        "x.rules:4: unknown key 'is'"},
    {REQUIRES("of = \"re\"; to_among = \"members\";"),
        "x.rules:3: 'members' is not a JSON pointer such as /body/members"},
    {REQUIRES("of = \"re\"; none = \"f\"; stands = true;"),
        "x.rules:3: stands goes with kind"},
    {REQUIRES("of = \"re\"; none = \"f\"; same = \"/l\";"),
        "x.rules:3: same goes with kind"},
    {REQUIRES("of = \"re\"; kind = \"f\"; same = \"l\";"),
        "x.rules:3: 'l' is not a JSON pointer such as /body/treaty"},
    {REQUIRES("of = \"re\"; kind = \"f\"; refers = \"re\";"),
        "x.rules:3: refers goes with latest, some or none"},
    {REQUIRES("of = \"re\"; kind = \"f\"; version = \"this\";"),
        "x.rules:3: version goes with latest, some or none"},
    {REQUIRES("of = \"re\"; author_among = \"/to\"; author = \"self\";"),
        "x.rules:3: author goes with latest, some or none"},
    {REQUIRES("of = \"re\"; none = \"f\"; refers = \"about\";"),
        "x.rules:3: refers must be \"re\", \"incident\", \"supersedes\", \"cancels\" or "
        "\"any\""},
    {REQUIRES("of = \"re\"; some = \"f\"; version = 1;"),
        "x.rules:3: version must be \"this\" or \"any\""},
    {REQUIRES("of = \"re\"; some = \"f\"; author = \"them\";"),
        "x.rules:3: author must be \"self\", \"author\", \"addressee\", \"receiver\", "
        "\"any\" or \"role:\" and a role"},
    {REQUIRES("of = \"re\"; some = \"f\"; author = \"role:isok\";"),
        "x.rules:3: unknown role 'isok' in author"},
    {REQUIRES("of = \"re\"; some = \"f\"; author = \"role:hub\";"),
        "x.rules:3: rule 'r' looks for 'f' by hub, whom no rule lets send it"},
    {REQUIRES("of = \"re\"; none = \"nobody.knows\";"),
        "x.rules:3: rule 'r' requires a look at 'nobody.knows', which no rule lets "
        "anybody "
        "send"},
    // that of which only is required something may be sent by nobody
    {REQUIRES("of = \"re\"; none = \"k\";"),
        "x.rules:3: rule 'r' requires a look at 'k', which no rule lets anybody send"},
    // "f" is known, and open to any, but the hub is not any
    {WITH(PLAIN("\nemit = (\n{ kind = \"f\"; } );")),
        "x.rules:4: rule 'r' emits 'f', which no rule lets the hub send"},
};

static void what_is_wrong_is_named_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cause_t why = {""};
        char expected[1024];
        if (load(bad[i].text, &why) != NULL)
            fail_msg("row %zu was taken:\n%s", i, bad[i].text);
        // the folder stands in front, and before a second file's name
        char *taken = strstr(bad[i].complaint, "by x.rules");
        (void)snprintf(expected, sizeof expected, "%s/%.*s%s%s%s", scratch.path,
            taken == NULL ? 400 : (int)(taken - bad[i].complaint + 3), bad[i].complaint,
            taken == NULL ? "" : scratch.path, taken == NULL ? "" : "/",
            taken == NULL ? "" : taken + 3);
        if (strcmp(why.text, expected) != 0)
            fail_msg("row %zu:\n%s\ngot      %s\nexpected %s", i, bad[i].text, why.text,
                expected);
    }
}

#define HUB(id, on, emits)                                                               \
    "{ id = \"" id "\"; cites = \"4\"; tell = \"none\"; on = \"" on                      \
    "\"; from = [ \"hub\" ]; deliver = [ \"to\" ]; emit = ( " emits " ); }"

static void emissions_must_end(void **state)
{
    (void)state;
    static const char *const circles[] = {
        "rules = ( " HUB("a", "a", "{ kind = \"a\"; }") " );",
        "rules = ( " HUB("a", "a", "{ kind = \"b\"; }") ", " HUB(
            "b", "b", "{ kind = \"a\"; }") " );",
        "rules = ( " HUB("a", "a", "{ kind = \"b\"; }") ", " HUB(
            "b", "b", "{ kind = \"c\"; }, { kind = \"d\"; }") ", " RULE("c",
            "on = \"c\"; from = [ \"hub\" ];") ", " HUB("d", "d",
            "{ kind = \"a\"; }") " );",
    };
    for (size_t i = 0; i < sizeof circles / sizeof circles[0]; i++) {
        cause_t why = {""};
        assert_null(load(circles[i], &why));
        assert_non_null(strstr(why.text, "leads back to"));
        assert_non_null(strstr(why.text, "x.rules:1: rule 'a'"));
    }
    // two ways to the same end, and a chain, are no circle
    rules_t *rules = load_good(
        "rules = ( " HUB("a", "a", "{ kind = \"b\"; }, { kind = \"c\"; }") ", " HUB(
            "b", "b", "{ kind = \"d\"; }") ", " HUB("c", "c",
            "{ kind = \"d\"; }") ", " RULE("d", "on = \"d\"; from = [ \"hub\" ];") " );");
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

static void a_folder_is_read_in_name_order(void **state)
{
    (void)state;
    cause_t why = {""};
    (void)unlink(at("x.rules"));
    put("2.rules",
        "rules = ( " RULE("second", "on = \"b\"; from = [ \"any\" ];") " );\n");
    put("1.rules", "rules = ( " RULE("first", "on = \"b\"; from = [ \"any\" ];") " );\n");
    put("3.rules.seal", "not a rules file");
    rules_t *rules = rules_open(scratch.path, &why);
    if (rules == NULL)
        fail_msg("%s", why.text);
    assert_string_equal(applied(rules, "b", "isoc", "{}"), "first second ");
    span_t text = rules_text(rules);
    assert_int_equal(memcmp(text.data, "rules = ( { id = \"first\"", 24), 0);
    rules_close(&rules);
    // an id is taken across files
    put("3.rules",
        "rules = (\n " RULE("first", "on = \"b\"; from = [ \"any\" ];") " );\n");
    assert_null(rules_open(scratch.path, &why));
    assert_non_null(strstr(why.text, "3.rules:2: rule id 'first' is taken by "));
    assert_non_null(strstr(why.text, "1.rules:1"));
    (void)unlink(at("1.rules"));
    (void)unlink(at("2.rules"));
    (void)unlink(at("3.rules"));
    assert_null(rules_open(scratch.path, &why));
    assert_non_null(strstr(why.text, ": no rule in it"));
    assert_null(rules_open(at("none.rules"), &why));
    assert_non_null(strstr(why.text, "none.rules"));
}

static void the_text_is_the_bytes_of_the_file(void **state)
{
    (void)state;
    static const char text[] =
        "# \xd2\x9b\nrules = ( " RULE("r", "on = \"k\"; from = [ \"any\" ];") " );\n\n";
    rules_t *rules = load_good(text);
    assert_true(span_is(rules_text(rules), text));
    rules_close(&rules);
}

static void a_cut_file_never_breaks(void **state)
{
    (void)state;
    static const char text[] =
        WITH(PLAIN("deliver = [ \"role:isoc\" ]; when = ( { field = "
                   "\"/l\"; in = [ 1, 2 ]; } );\nemit = ( { kind = \"l\"; body = { a = "
                   "\"/b\"; }; } );"));
    char cut[sizeof text];
    rules_t *rules = load_good(text);
    rules_close(&rules);
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
        cmocka_unit_test(a_rule_says_all_this),
        cmocka_unit_test(roles_kinds_and_tests_decide),
        cmocka_unit_test(what_is_wrong_is_named_with_its_line),
        cmocka_unit_test(emissions_must_end),
        cmocka_unit_test(what_follows_has_a_bound),
        cmocka_unit_test(a_folder_is_read_in_name_order),
        cmocka_unit_test(the_text_is_the_bytes_of_the_file),
        cmocka_unit_test(a_cut_file_never_breaks),
    };
    return test_group(tests, set_up, tear_down);
}
