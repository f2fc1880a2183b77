// rules_warn: of laws that may leave somebody untold it is said who; of the plan's own
// there is nothing to say.  What it says of paragraph 14 is what then happens: over
// random laws, compared with whom a message of each role and level reaches.

#include "lib/lawcheck/rules_warn.h"
#include "tests/lib/data.h"
#include "tests/lib/mini.h"
#include "tests/lib/test.h"

static const char *const members[][3] = {
    {"hub", "hub", "STS"},
    {"isoc", "isoc", "SOC"},
    {"kib", "national-security", "KNB"},
    {"nccis", "nccis", "STS"},
    {"owner", "owner", "GRID"},
};

static const char *const senders[] = {"isoc", "nccis", "owner"};

enum { SENDERS = sizeof senders / sizeof senders[0], LAWS = 600 };

static uint64_t seed = 31;

static unsigned draw(unsigned below)
{
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(seed >> 33) % below;
}

static void put_when(buf_t *out, const char *otherwise)
{
    if (draw(3))
        buf_printf(
            out, " when = ( { field = \"/body/level\"; at_least = %u; } );", 2 + draw(3));
    else
        buf_printf(out, "%s", otherwise);
}

static void put_from(buf_t *out)
{
    buf_printf(out, " from = [ \"%s\"", senders[draw(SENDERS)]);
    if (draw(2))
        buf_printf(out, ", \"%s\"", senders[draw(SENDERS)]);
    buf_printf(out, " ];");
}

#define HEAD "{ id = \"r%u\"; cites = \"14\"; tell = \"sender\"; on = \"%s\";"
#define ALERT                                                                            \
    " emit = ( { kind = \"security.alert\"; body = { level = \"/body/level\"; }; } ); "  \
    "},\n"

// Everybody may send a notice; some are alerted of some.
static void put_law(buf_t *out)
{
    unsigned n = 0;
    buf_clear(out);
    buf_printf(out,
        "rules = ( { id = \"all\"; cites = \"8.3\"; tell = \"sender\"; on = "
        "\"incident.notice\"; from = [ \"isoc\", \"nccis\", \"owner\" ]; deliver = [ "
        "\"role:nccis\" ]; },\n");
    for (unsigned i = 1 + draw(3); i > 0; i--) {
        buf_printf(out, HEAD, n++, "incident.notice");
        put_from(out);
        buf_printf(out, " when = ( { field = \"/body/level\"; at_least = %u; } );" ALERT,
            3 + draw(3));
    }
    for (unsigned i = draw(2); i > 0; i--) {
        buf_printf(out, HEAD, n++, "incident.notice");
        put_from(out);
        put_when(out, "");
        buf_printf(out,
            " deliver = [ \"role:national-security\" ]; passes_marking = %s; },\n",
            draw(2) ? "true" : "false");
    }
    buf_printf(out,
        HEAD " from = [ \"hub\" ]; deliver = [ \"role:nccis\" ]; passes_marking = true; "
             "},\n",
        n++, "security.alert");
    buf_printf(out, HEAD " from = [ \"hub\" ];", n, "security.alert");
    put_when(out, "");
    buf_printf(out,
        " deliver = [ \"role:national-security\" ]; passes_marking = %s; } );",
        draw(3) ? "true" : "false");
}

static bool said(const warnings_t *warnings, const char *word, int level)
{
    char text[32];
    (void)snprintf(text, sizeof text, "of level %d from: ", level);
    for (size_t i = 0; i < warnings->n; i++) {
        const char *roles = strstr(warnings->text[i], text);
        if (roles && strstr(warnings->text[i], "incident.notice") &&
            strstr(roles + strlen(text), word))
            return true;
    }
    return false;
}

// Whether national security gets a word of it, of a notice that is for nccis alone.
static bool is_told(mini_t *mini, const char *sender, int level)
{
    char id[MESSAGE_ID_MAX];
    mini_id(mini, id);
    size_t from = draft_count(mini->draft);
    draft_item_t *item = mini_publish(mini,
        json_pack("{s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:[s], s:s, s:{s:s}, s:{s:i, s:s, "
                  "s:s}}",
            "dabyl", 1, "id", id, "kind", "incident.notice", "from", sender, "sent",
            "2026-11-22T12:00:00Z", "status", "actual", "marking", "TLP:RED", "to",
            "nccis", "nonce", "8f2a1c7be09d4436a5d1f07c93be6e12", "summary", "en", "x",
            "body", "level", level, "determination", "confirmed", "sector", "other"));
    if (!item)
        fail_msg("%s: %s", mini->refusal.code, mini->refusal.text);
    for (size_t i = from; i < draft_count(mini->draft); i++) {
        span_t record = draft_at(mini->draft, i)->record;
        if (mini_delivers(record, "kib"))
            return true;
    }
    return false;
}

static void what_is_said_of_paragraph_14_is_so(void **state)
{
    mini_t *mini = *state;
    buf_t law = {0};
    size_t told = 0, untold = 0;
    for (unsigned i = 0; i < LAWS; i++) {
        warnings_t warnings;
        put_law(&law);
        if (mini_law(mini, buf_text(&law)) != 0)
            fail_msg("%s\n%s", mini->why.text, buf_text(&law));
        rules_warn(mini->law.rules, NULL, NULL, &warnings);
        for (size_t k = 0; k < SENDERS; k++)
            for (int level = 3; level <= 5; level++) {
                bool is = is_told(mini, senders[k], level);
                if (is == said(&warnings, senders[k], level))
                    fail_msg("%s, level %d: %stold\n%s", senders[k], level,
                        is ? "" : "not ", buf_text(&law));
                told += is;
                untold += !is;
            }
        warnings_close(&warnings);
    }
    print_message("%zu told, %zu not\n", told, untold);
    assert_true(told > LAWS && untold > LAWS);
    buf_destroy(&law);
}

static bool has_all_but(const void *missing, const char *role)
{
    return strcmp(role, missing) != 0;
}

static void the_plan_leaves_nobody_untold(void **state)
{
    mini_t *mini = *state;
    buf_t law = {0};
    warnings_t warnings;
    assert_int_equal(file_read("hub/etc/plan.rules", 1 << 20, &law, &mini->why), 0);
    if (mini_law(mini, buf_text(&law)) != 0)
        fail_msg("%s", mini->why.text);
    rules_warn(mini->law.rules, has_all_but, "partner", &warnings); // only named in `to`
    for (size_t i = 0; i < warnings.n; i++)
        print_error("%s\n", warnings.text[i]);
    assert_int_equal(warnings.n, 0);
    warnings_close(&warnings);
    rules_warn(mini->law.rules, has_all_but, "prosecutor", &warnings);
    assert_int_equal(warnings.n, 1);
    assert_non_null(strstr(warnings.text[0], "reaches nobody: prosecutor"));
    warnings_close(&warnings);
    buf_destroy(&law);
}

// Duties that nobody is reminded of; incidents that nobody may report.
static void what_is_left_out_is_said(void **state)
{
    mini_t *mini = *state;
    warnings_t warnings;
    if (mini_law(mini, data_text("unwatched.rules")) != 0)
        fail_msg("%s", mini->why.text);
    rules_warn(mini->law.rules, roster_has_role, mini->law.roster, &warnings);
    assert_int_equal(warnings.n, 2);
    assert_non_null(strstr(warnings.text[0], "report an incident"));
    assert_non_null(strstr(warnings.text[1], "reminds of them"));
    warnings_close(&warnings);
}

static int set_up(void **state)
{
    static mini_t mini;
    mini_open(&mini, members, sizeof members / sizeof members[0], "law.conf");
    mini_schemas(&mini);
    *state = &mini;
    return 0;
}

#define RUN(name) cmocka_unit_test_setup_teardown(name, set_up, mini_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RUN(what_is_said_of_paragraph_14_is_so),
        RUN(the_plan_leaves_nobody_untold),
        RUN(what_is_left_out_is_said),
    };
    return test_group(tests, NULL, NULL);
}
