// effects: rules that come to the same have no changes between them, however they are
// written; every difference that somebody would notice is one, for whom it is.

#include "nodes/rules/changes.h"

#include "tests/lib/pack.h"
#include "tests/lib/test.h"

#define TELL "tell = \"sender\"; "
#define ON(id, kind, more)                                                               \
    "{ id = \"" id "\"; cites = \"14\"; on = \"" kind "\"; " more " }"
#define ISOC "from = [\"isoc\"]; "
#define TO(who) "deliver = [\"" who "\"]; "
#define WHEN(test) "when = ( { field = \"/body/level\"; " test "; } ); "
#define NOTICE ON("a", "notice", ISOC TO("role:nccis") TELL)
#define DUTY(within, more)                                                               \
    ON("a", "notice",                                                                    \
        ISOC TO("role:nccis") TELL                                                       \
        "oblige = ( { duty = \"look\"; debtor = \"author\"; towards = "                  \
        "\"role:nccis\"; met_by = \"delivery\"; from = "                                 \
        "\"accepted\"; default = true; within = \"" within "\"; " more "} ); ")
#define SEALS(n) NOTICE ", " ON("s", "notice", ISOC TELL "seals = " n "; ")
#define ALERT(id, more) ON(id, "alert", "from = [\"hub\"]; " TO("role:nccis") TELL more)

static rules_t *load(const char *rules)
{
    char text[4096];
    cause_t why;
    (void)snprintf(text, sizeof text, "rules = (\n%s\n);\n", rules);
    rules_t *self = pack_rules("x.rules", span_text(text), &why);
    if (!self)
        fail_msg("%s\n%s", why.text, text);
    return self;
}

static void print_change(const change_t *change, char *out, size_t room)
{
    static const char *const types[] = {
        "added", "removed", "when", "cites", "tell", "passes", "carries", "terms"};
    static const char *const whats[] = {"send", "receive", "derive", "require", "oblige"};
    const effect_t *effect = change->matter;
    size_t used = (size_t)snprintf(
        out, room, "%s %s %s", types[change->type], whats[effect->type], effect->kind);
    if (effect->to)
        used += (size_t)snprintf(out + used, room - used, " to %s", effect->to->role);
    if (effect->emit)
        used += (size_t)snprintf(out + used, room - used, " as %s", effect->emit->kind);
    for (size_t i = 0; cert_roles[i]; i++)
        if (change->from & role_bit(cert_roles[i]))
            used += (size_t)snprintf(out + used, room - used, " %s", cert_roles[i]);
    (void)snprintf(out + used, room - used, "\n");
}

static const char *changes(const char *before, const char *after)
{
    static char text[2048];
    rules_t *old = load(before), *new = load(after);
    effects_t from, to;
    changes_t found;
    effects_of(&from, old);
    effects_of(&to, new);
    changes_between(&found, &from, &to);
    text[0] = '\0';
    for (size_t i = 0; i < found.n; i++)
        print_change(&found.change[i], text + strlen(text), sizeof text - strlen(text));
    changes_close(&found);
    effects_close(&from);
    effects_close(&to);
    rules_close(&old);
    rules_close(&new);
    return text;
}

// What is the same for everybody, whichever of the two is the older one.
static void test_the_same_in_other_words(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {NOTICE, ON("renamed", "notice", ISOC TO("role:nccis") TELL)},
        // one rule or two
        {ON("a", "n", "from = [\"isoc\", \"owner\"]; " TO("role:nccis") TELL),
            ON("a", "n", ISOC TO("role:nccis") TELL) ", " ON(
                "b", "n", "from = [\"owner\"]; " TO("role:nccis") TELL)},
        {ON("a", "n", ISOC "deliver = [\"role:nccis\", \"to\"]; " TELL),
            ON("b", "n", ISOC TO("to") TELL) ", " ON(
                "a", "n", ISOC TO("role:nccis") TELL)},
        // a test that another rule makes needless
        {NOTICE, NOTICE
            ", " ON("b", "notice", ISOC WHEN("at_least = 3") TO("role:nccis") TELL)},
        {ON("a", "n", ISOC WHEN("at_least = 3") TO("to") TELL),
            ON("a", "n", ISOC WHEN("at_least = 3") TO("to") TELL) ", " ON(
                "b", "n", ISOC WHEN("in = [4, 5]") TO("to") TELL)},
        {ON("a", "n", ISOC WHEN("equals = 3") TO("to") TELL),
            ON("a", "n", ISOC WHEN("in = [3]") TO("to") TELL)},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        assert_string_equal(changes(pairs[i][0], pairs[i][1]), "");
        assert_string_equal(changes(pairs[i][1], pairs[i][0]), "");
    }
}

static void test_what_changes_for_whom(void **state)
{
    (void)state;
    static const struct {
        const char *before, *after, *expected;
    } rows[] = {
        {NOTICE, NOTICE ", " ON("b", "notice", ISOC TO("role:media") TELL),
            "added receive notice to media isoc\n"},
        {NOTICE ", " ON("b", "notice", ISOC TO("role:media") TELL), NOTICE,
            "removed receive notice to media isoc\n"},
        {NOTICE,
            ON("a", "notice", "from = [\"isoc\", \"owner\"]; " TO("role:nccis") TELL),
            "added send notice owner\nadded receive notice to nccis owner\n"},
        // the same change for two senders is told once
        {NOTICE,
            NOTICE
            ", " ON("b", "other", "from = [\"isoc\", \"owner\"]; " TO("role:nccis") TELL),
            "added send other isoc owner\nadded receive other to nccis isoc owner\n"},
        {ON("a", "n", ISOC WHEN("at_least = 3") TO("role:nccis") TELL),
            ON("a", "n", ISOC WHEN("at_least = 2") TO("role:nccis") TELL),
            "when send n isoc\nwhen receive n to nccis isoc\n"},
        // a wider rule takes the place of a narrower one
        {ON("a", "n", ISOC WHEN("at_least = 3") TO("role:nccis") TELL),
            ON("a", "n", ISOC WHEN("at_least = 3") TO("role:nccis") TELL) ", " ON(
                "b", "n", ISOC TO("role:nccis") TELL),
            "when send n isoc\nwhen receive n to nccis isoc\n"},
        {NOTICE,
            "{ id = \"a\"; cites = \"14\"; default = true; on = \"notice\"; " ISOC TO(
                "role:nccis") TELL "}",
            "cites receive notice to nccis isoc\n"},
        {NOTICE, ON("a", "notice", ISOC TO("role:nccis") "tell = \"none\"; "),
            "tell receive notice to nccis isoc\n"},
        {NOTICE, ON("a", "notice", ISOC TO("role:nccis") TELL "passes_marking = true; "),
            "passes receive notice to nccis isoc\n"},
        // everyone is not every role: a marking may stop it
        {NOTICE, ON("a", "notice", ISOC TO("all") TELL),
            "removed receive notice to nccis isoc\nadded receive notice to  isoc\n"},
        {NOTICE ", " ALERT("x", ""),
            ON("a", "notice",
                ISOC TO("role:nccis") TELL
                "emit = ( { kind = \"alert\"; carry = true; } );") ", " ALERT("x", ""),
            "added derive notice as alert isoc\n"},
        {ON("a", "notice",
             ISOC TELL
             "emit = ( { kind = \"alert\"; carry = true; } );") ", " ALERT("x", ""),
            ON("a", "notice", ISOC TELL "emit = ( { kind = \"alert\"; } );") ", " ALERT(
                "x", ""),
            "carries derive notice as alert isoc\n"},
        {NOTICE,
            NOTICE ", " ON("n", "notice",
                ISOC "require = ( { of = \"re\"; none = \"notice\"; } ); " TELL),
            "added require notice isoc\n"},
        {SEALS("1"), SEALS("1"), ""},
        {SEALS("1"), SEALS("2"),
            "removed require notice isoc\nadded require notice isoc\n"},
        {NOTICE, DUTY("24 h", ""), "added oblige notice isoc\n"},
        {DUTY("24 h", ""), DUTY("1440 min", ""), ""},
        {DUTY("24 h", ""), DUTY("12 h", ""), "terms oblige notice isoc\n"},
        {DUTY("24 h", ""), DUTY("24 h", "near = \"1 h\"; "),
            "terms oblige notice isoc\n"},
        {DUTY("24 h", ""), DUTY("24 h", "tell = [\"author\"]; "),
            "terms oblige notice isoc\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_string_equal(changes(rows[i].before, rows[i].after), rows[i].expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_same_in_other_words),
        cmocka_unit_test(test_what_changes_for_whom),
    };
    return test_group(tests, NULL, NULL);
}
