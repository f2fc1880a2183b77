// coverage: hub/etc/coverage.conf says what of the plan is carried, and by what; each of
// its claims is held against the rules, the schemas and the scenarios, and these against
// it.

#include "lib/base/file.h"
#include "lib/base/refusal.h"
#include "lib/config/settings.h"
#include "lib/json/schema.h"
#include "lib/lawcheck/rules_fit.h"
#include "lib/rules/rules.h"
#include "tests/lib/test.h"

#include <glob.h>

typedef const config_setting_t setting_t;

static settings_t table;
static setting_t *rows;
static rules_t *rules;

// The plan: 23 paragraphs, of which 3 has eight subparagraphs and 8 has eleven.
static const char *const plan[] = {"1", "2", "3", "3.1", "3.2", "3.3", "3.4", "3.5",
    "3.6", "3.7", "3.8", "4", "5", "6", "7", "8", "8.1", "8.2", "8.3", "8.4", "8.5",
    "8.6", "8.7", "8.8", "8.9", "8.10", "8.11", "9", "10", "11", "12", "13", "14", "15",
    "16", "17", "18", "19", "20", "21", "22", "23", "default"};
enum { PLAN = sizeof plan / sizeof plan[0] };

// Where there may be nothing to carry; all of 3 are definitions.
static const char *const silent[] = {"1", "3", "3.1", "3.2", "3.3", "3.4", "3.5", "3.6",
    "3.7", "3.8", "7", "8.1", "8.2", "8.4", NULL};

// The exchange catalogue.
static const char *const catalogue[] = {"incident.notice", "incident.update",
    "incident.closure", "incident.sharing", "security.alert", "crossborder.item",
    "crossborder.measure", "crossborder.position", "crossborder.release", "advisory",
    "threat.report", "information.request", "information.reply", "plan.submission",
    "contact.change", "response.engagement", "recommendation", "recovery.report",
    "suspension.notice", "suspension.lifted", "attestation", "emergency.coordination",
    "emergency.report", "response.task", "response.report", "headquarters.proposal",
    "headquarters.decision", "headquarters.convening", "headquarters.membership",
    "headquarters.adjournment", "headquarters.directive", "directive.report",
    "public.notice", "publication.report", "investigation.request",
    "investigation.report", "trace.manifest", "exercise.opening", "exercise.joining",
    "exercise.closing", "subscription", "acknowledgement", "service.notice", "delegation",
    "signature"};
enum { KINDS = sizeof catalogue / sizeof catalogue[0] };

// Kinds of other acts, whose packs come with the hub and are not in force by themselves.
static const char *const others[] = {
    "incident.card", "monitoring.finding", "monitoring.answer"};
enum { OTHERS = sizeof others / sizeof others[0] };

// What paragraphs ask beyond a route: a clock, or something that must come first.
static const struct {
    const char *paragraph, *need;
} needs[] = {{"6", "duty"}, {"6", "precondition"}, {"8.3", "duty"},
    {"8.3", "precondition"}, {"8.7", "duty"}, {"8.7", "precondition"}, {"12", "duty"},
    {"12", "precondition"}, {"13", "duty"}, {"14", "duty"}, {"15", "duty"},
    {"15", "precondition"}, {"17", "duty"}, {"17", "precondition"},
    {"18", "precondition"}, {"21", "precondition"}, {"22", "duty"},
    {"22", "precondition"}, {"19", "duty"}, {"19", "precondition"}, {"23", "duty"},
    {"23", "precondition"}};

static int set_up(void **state)
{
    (void)state;
    cause_t why = {""};
    buf_t text = {0};
    if (settings_read(&table, "hub/etc/coverage.conf", &text, &why) == 0)
        rows =
            config_setting_get_member(config_root_setting(&table.config), "paragraphs");
    rules = rules_open("hub/etc/plan.rules", &why);
    buf_destroy(&text);
    if (rows == NULL || rules == NULL)
        print_error("%s\n", why.text);
    return rows == NULL || rules == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    settings_close(&table);
    rules_close(&rules);
    return 0;
}

static size_t size_of(setting_t *list)
{
    return list == NULL ? 0 : (size_t)config_setting_length(list);
}

static setting_t *row_at(size_t i)
{
    return config_setting_get_elem(rows, (unsigned)i);
}

static const char *text_of(setting_t *row, const char *key)
{
    setting_t *at = config_setting_get_member(row, key);
    return at == NULL ? NULL : config_setting_get_string(at);
}

static const char *paragraph_of(setting_t *row)
{
    const char *text = text_of(row, "paragraph");
    return text == NULL ? "" : text;
}

static setting_t *row_of(const char *paragraph)
{
    for (size_t i = 0; i < size_of(rows); i++)
        if (strcmp(paragraph_of(row_at(i)), paragraph) == 0)
            return row_at(i);
    fail_msg("the table has no paragraph %s", paragraph);
    return NULL;
}

static size_t count(setting_t *row, const char *key)
{
    return size_of(config_setting_get_member(row, key));
}

static const char *item(setting_t *row, const char *key, size_t i)
{
    const char *text = config_setting_get_string(
        config_setting_get_elem(config_setting_get_member(row, key), (unsigned)i));
    if (text == NULL)
        fail_msg("paragraph %s: %s must hold texts", paragraph_of(row), key);
    return text;
}

static bool has(setting_t *row, const char *key, const char *text)
{
    for (size_t i = 0; i < count(row, key); i++)
        if (strcmp(item(row, key, i), text) == 0)
            return true;
    return false;
}

static bool among(const char *const *words, const char *word)
{
    while (*words != NULL && strcmp(*words, word) != 0)
        words++;
    return *words != NULL;
}

static const rule_t *rule_named(const char *id)
{
    for (size_t i = 0; i < rules_count(rules); i++)
        if (strcmp(rules_at(rules, i)->id, id) == 0)
            return rules_at(rules, i);
    return NULL;
}

static bool by_default(const rule_t *rule)
{
    return strstr(rule->cites, "default") != NULL;
}

// The paragraphs that a rule cites, one after the other: start with 0.  "default" is one
// only where it stands alone.
static bool next_citation(const rule_t *rule, size_t *at, char out[16])
{
    static const char plans[] = "488:";
    if (*at == 0 && strncmp(rule->cites, plans, strlen(plans)) == 0)
        *at = strlen(plans);
    const char *text = rule->cites + *at;
    size_t size = strcspn(text, ",");
    if (size == 0 || (*at > 0 && strcmp(text, "default") == 0))
        return false;
    assert_true(size < 16);
    (void)snprintf(out, 16, "%.*s", (int)size, text);
    *at += size + strspn(text + size, ", ");
    return true;
}

static bool cites(const rule_t *rule, const char *paragraph)
{
    char cited[16];
    size_t at = 0;
    while (next_citation(rule, &at, cited))
        if (strcmp(cited, paragraph) == 0)
            return true;
    return false;
}

static void every_paragraph_has_its_row(void **state)
{
    (void)state;
    assert_int_equal(size_of(rows), PLAN);
    for (size_t i = 0; i < PLAN; i++)
        assert_string_equal(paragraph_of(row_at(i)), plan[i]);
}

static void a_row_is_carried_or_says_why_not(void **state)
{
    (void)state;
    static const char *const keys[] = {"paragraph", "says", "rules", "defaults", "kinds",
        "fields", "refusals", "scenarios", "to_come", "nothing", NULL};
    for (size_t i = 0; i < size_of(rows); i++) {
        cause_t why;
        setting_t *row = row_at(i);
        const char *paragraph = paragraph_of(row), *says = text_of(row, "says");
        if (settings_known(&table, row, keys, &why) == -1)
            fail_msg("%s", why.text);
        if (says == NULL || says[0] == '\0')
            fail_msg("paragraph %s: what does it say?", paragraph);
        const char *nothing = text_of(row, "nothing");
        bool carried =
            count(row, "rules") + count(row, "defaults") + count(row, "refusals") > 0;
        if (carried == (nothing != NULL && nothing[0] != '\0'))
            fail_msg("paragraph %s: carried, or nothing to carry?", paragraph);
        if (!carried && !among(silent, paragraph))
            fail_msg("paragraph %s: there is something to carry", paragraph);
        if (carried != (count(row, "scenarios") > 0))
            fail_msg("paragraph %s: what is carried has a scenario", paragraph);
        if (!carried && config_setting_length(row) != 3)
            fail_msg("paragraph %s: nothing is nothing", paragraph);
    }
}

static void every_citation_is_in_the_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        char paragraph[16];
        size_t at = 0;
        while (next_citation(rule, &at, paragraph)) {
            const char *key = by_default(rule) ? "defaults" : "rules";
            if (!has(row_of(paragraph), key, rule->id))
                fail_msg("rule %s cites %s, and is not among the %s there", rule->id,
                    paragraph, key);
        }
        assert_true(at > 0);
    }
}

static void check_claims(setting_t *row, const char *key, bool defaults)
{
    for (size_t i = 0; i < count(row, key); i++) {
        const char *id = item(row, key, i);
        const rule_t *rule = rule_named(id);
        if (rule == NULL)
            fail_msg("paragraph %s: there is no rule %s", paragraph_of(row), id);
        if (!cites(rule, paragraph_of(row)))
            fail_msg(
                "paragraph %s: rule %s cites %s", paragraph_of(row), id, rule->cites);
        if (by_default(rule) != defaults)
            fail_msg("paragraph %s: rule %s is %s default", paragraph_of(row), id,
                defaults ? "no" : "a");
        if (!has(row, "kinds", rule->kind))
            fail_msg("paragraph %s: rule %s is about %s, which is not among the kinds",
                paragraph_of(row), id, rule->kind);
    }
}

static void every_claim_is_a_citation(void **state)
{
    (void)state;
    for (size_t i = 0; i < size_of(rows); i++) {
        check_claims(row_at(i), "rules", false);
        check_claims(row_at(i), "defaults", true);
    }
}

// Whether a rule that this row names is about the kind.
static bool row_has_rule_on(setting_t *row, const char *kind)
{
    static const char *const keys[] = {"rules", "defaults"};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < count(row, keys[k]); i++) {
            const rule_t *rule = rule_named(item(row, keys[k], i));
            if (rule != NULL && strcmp(rule->kind, kind) == 0)
                return true;
        }
    return false;
}

static void no_kind_is_claimed_without_a_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < size_of(rows); i++)
        for (size_t k = 0; k < count(row_at(i), "kinds"); k++)
            if (!row_has_rule_on(row_at(i), item(row_at(i), "kinds", k)))
                fail_msg("paragraph %s: no rule of its row is about %s",
                    paragraph_of(row_at(i)), item(row_at(i), "kinds", k));
}

static void refusals_that_are_named_exist(void **state)
{
    (void)state;
    for (size_t i = 0; i < size_of(rows); i++)
        for (size_t k = 0; k < count(row_at(i), "refusals"); k++)
            assert_string_not_equal(refusal_sentence(item(row_at(i), "refusals", k)), "");
}

static bool in_some_row(const char *kind)
{
    for (size_t i = 0; i < size_of(rows); i++)
        if (has(row_at(i), "kinds", kind))
            return true;
    return false;
}

static void the_whole_catalogue_is_carried(void **state)
{
    (void)state;
    cause_t why = {""};
    names_t names;
    schemas_t *schemas = schemas_open("schemas", &why);
    assert_non_null(schemas);
    for (size_t i = 0; i < KINDS; i++) {
        if (!schemas_knows(schemas, catalogue[i]))
            fail_msg("there is no schema of %s", catalogue[i]);
        if (!in_some_row(catalogue[i]))
            fail_msg("no paragraph has the kind %s", catalogue[i]);
    }
    schemas_close(&schemas);
    assert_int_equal(names_list(&names, "schemas/examples", ".json", &why), 0);
    assert_int_equal(names.n, KINDS + OTHERS); // no other
    names_free(&names);
}

// The packs of other acts fit beside the plan and the schemas.  Their texts were not at
// hand: nothing in them is shown as law.
static void other_acts_are_defaults(void **state)
{
    (void)state;
    static const char *const paths[] = {"hub/etc/plan.rules", "hub/etc/packs"};
    cause_t why = {""};
    schemas_t *schemas = schemas_open("schemas", &why);
    rules_t *all = rules_open_all(paths, 2, &why);
    if (!schemas || !all || rules_fit(all, schemas, &why) != 0)
        fail_msg("%s", why.text);
    assert_int_equal(rules_packs(all), 3);
    assert_int_equal(rules_pack(all, 0)->act, ACT_RESOLUTION);
    for (size_t i = 0; i < rules_count(all); i++) {
        const rule_t *rule = rules_at(all, i);
        if (rule->pack == rules_pack(all, 0))
            continue;
        assert_string_equal(rule->cites, "default");
        for (size_t o = 0; o < rule->obliges; o++)
            assert_true(rule->oblige[o].by_default);
    }
    for (size_t i = 0; i < OTHERS; i++) {
        bool here = false, there = false;
        for (size_t r = 0; cert_roles[r]; r++) {
            here = here || rules_permit(rules, others[i], cert_roles[r]);
            there = there || rules_permit(all, others[i], cert_roles[r]);
        }
        assert_true(there && !here);
    }
    rules_close(&all);
    schemas_close(&schemas);
}

// The text of all scenarios of a row.
static void read_scenarios(setting_t *row, buf_t *out)
{
    for (size_t i = 0; i < count(row, "scenarios"); i++) {
        char pattern[256];
        cause_t why;
        glob_t found;
        (void)snprintf(
            pattern, sizeof pattern, "tests/scenario/*/%s.py", item(row, "scenarios", i));
        if (glob(pattern, 0, NULL, &found) != 0 || found.gl_pathc != 1)
            fail_msg("paragraph %s: no one file is %s", paragraph_of(row), pattern);
        if (file_read(found.gl_pathv[0], 1 << 20, out, &why) != 0)
            fail_msg("paragraph %s: %s", paragraph_of(row), why.text);
        globfree(&found);
    }
}

// A kind of which the row says that nobody sends it yet.
static bool exchange_to_come(setting_t *row, const char *kind)
{
    for (size_t i = 0; i < count(row, "to_come"); i++)
        if (strncmp(item(row, "to_come", i), "exchange: ", 10) == 0 &&
            strstr(item(row, "to_come", i), kind) != NULL)
            return true;
    return false;
}

static bool shown(const buf_t *text, const char *word)
{
    return text->size > 0 && memmem(text->data, text->size, word, strlen(word)) != NULL;
}

// A scenario that shows a rule says which.
static void check_shown(setting_t *row, const char *key, const buf_t *text)
{
    for (size_t i = 0; i < count(row, key); i++) {
        const char *word = item(row, key, i);
        const rule_t *rule = rule_named(word);
        if (!shown(text, word) && !(rule && exchange_to_come(row, rule->kind)))
            fail_msg(
                "paragraph %s: no scenario of its row shows %s", paragraph_of(row), word);
    }
}

static void every_rule_is_shown_by_a_scenario(void **state)
{
    (void)state;
    for (size_t i = 0; i < size_of(rows); i++) {
        buf_t text = {0};
        read_scenarios(row_at(i), &text);
        check_shown(row_at(i), "rules", &text);
        check_shown(row_at(i), "defaults", &text);
        check_shown(row_at(i), "refusals", &text);
        buf_destroy(&text);
    }
}

// "incident.update /body/course/recovery", its two halves.
static const char *split_field(const char *field, char kind[64])
{
    const char *pointer = strchr(field, ' ');
    if (pointer == NULL || pointer - field >= 64)
        fail_msg("%s: a kind and a pointer are wanted", field);
    else
        (void)snprintf(kind, 64, "%.*s", (int)(pointer - field), field);
    return pointer + 1;
}

// What a program can tell apart, other than a text of somebody's own.
static void check_field(schemas_t *schemas, setting_t *row, const char *text)
{
    char kind[64];
    schema_field_t field;
    const char *pointer = split_field(text, kind), *name = strrchr(pointer, '/') + 1;
    if (!has(row, "kinds", kind))
        fail_msg("paragraph %s: %s is not among the kinds", paragraph_of(row), kind);
    schemas_field(schemas, kind, pointer, &field);
    if (field.never || field.open)
        fail_msg("paragraph %s: there is no %s", paragraph_of(row), text);
    if (!field.among && !field.number && !field.truth && !field.moment)
        fail_msg("paragraph %s: %s is free text", paragraph_of(row), text);
    buf_t shows = {0};
    read_scenarios(row, &shows);
    if (strcmp(name, "-") != 0 && !shown(&shows, name))
        fail_msg("paragraph %s: no scenario of its row has %s", paragraph_of(row), name);
    buf_destroy(&shows);
}

static void fields_that_are_named_can_be_read_by_a_program(void **state)
{
    (void)state;
    cause_t why = {""};
    schemas_t *schemas = schemas_open("schemas", &why);
    assert_non_null(schemas);
    for (size_t i = 0; i < size_of(rows); i++)
        for (size_t k = 0; k < count(row_at(i), "fields"); k++)
            check_field(schemas, row_at(i), item(row_at(i), "fields", k));
    schemas_close(&schemas);
}

static bool same_rules(setting_t *one, setting_t *other)
{
    for (size_t i = 0; i < count(one, "rules"); i++)
        if (!has(other, "rules", item(one, "rules", i)))
            return false;
    return count(one, "rules") > 0 && count(one, "rules") == count(other, "rules");
}

// Of two paragraphs with the same routes, only a field says which of them was kept to.
static void what_rests_on_the_same_rules_has_fields_of_its_own(void **state)
{
    (void)state;
    for (size_t i = 0; i < size_of(rows); i++)
        for (size_t o = 0; o < size_of(rows); o++) {
            setting_t *row = row_at(i), *other = row_at(o);
            if (i == o || !same_rules(row, other))
                continue;
            if (count(row, "fields") == 0)
                fail_msg("paragraphs %s and %s rest on the same rules: which fields?",
                    paragraph_of(row), paragraph_of(other));
            for (size_t k = 0; k < count(row, "fields"); k++)
                if (has(other, "fields", item(row, "fields", k)))
                    fail_msg("paragraphs %s and %s have both %s", paragraph_of(row),
                        paragraph_of(other), item(row, "fields", k));
        }
}

static bool says_to_come(setting_t *row, const char *need)
{
    size_t size = strlen(need);
    for (size_t i = 0; i < count(row, "to_come"); i++)
        if (strncmp(item(row, "to_come", i), need, size) == 0 &&
            item(row, "to_come", i)[size] == ':')
            return true;
    return false;
}

// Whether rules of this row carry the need.
static bool carries(setting_t *row, const char *need)
{
    static const char *const keys[] = {"rules", "defaults"};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < count(row, keys[k]); i++) {
            const rule_t *rule = rule_named(item(row, keys[k], i));
            if (rule != NULL && strcmp(need, "precondition") == 0 && rule->requires > 0)
                return true;
            if (rule != NULL && strcmp(need, "duty") == 0 && rule->obliges > 0)
                return true;
        }
    return false;
}

static void what_is_asked_is_carried_or_said_to_be_missing(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        setting_t *row = row_of(needs[i].paragraph);
        if (!carries(row, needs[i].need) && !says_to_come(row, needs[i].need))
            fail_msg("paragraph %s: its %s is neither carried nor said to be missing",
                needs[i].paragraph, needs[i].need);
    }
}

static void what_is_missing_is_counted(void **state)
{
    (void)state;
    static const char *const words[] = {"duty", "precondition", "exchange"};
    size_t counts[3] = {0}, all = 0;
    for (size_t i = 0; i < size_of(rows); i++) {
        for (size_t k = 0; k < count(row_at(i), "to_come"); k++)
            print_message("# to come, paragraph %s: %s\n", paragraph_of(row_at(i)),
                item(row_at(i), "to_come", k));
        all += count(row_at(i), "to_come");
        for (size_t w = 0; w < 3; w++)
            for (size_t k = 0; k < count(row_at(i), "to_come"); k++)
                counts[w] += strncmp(item(row_at(i), "to_come", k), words[w],
                                 strlen(words[w])) == 0;
    }
    print_message("# to come, row by row: %zu duties, %zu preconditions, %zu exchanges\n",
        counts[0], counts[1], counts[2]);
    assert_int_equal(counts[0] + counts[1] + counts[2], all); // nothing else can be
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_paragraph_has_its_row),
        cmocka_unit_test(a_row_is_carried_or_says_why_not),
        cmocka_unit_test(every_citation_is_in_the_table),
        cmocka_unit_test(every_claim_is_a_citation),
        cmocka_unit_test(no_kind_is_claimed_without_a_rule),
        cmocka_unit_test(refusals_that_are_named_exist),
        cmocka_unit_test(the_whole_catalogue_is_carried),
        cmocka_unit_test(other_acts_are_defaults),
        cmocka_unit_test(every_rule_is_shown_by_a_scenario),
        cmocka_unit_test(fields_that_are_named_can_be_read_by_a_program),
        cmocka_unit_test(what_rests_on_the_same_rules_has_fields_of_its_own),
        cmocka_unit_test(what_is_asked_is_carried_or_said_to_be_missing),
        cmocka_unit_test(what_is_missing_is_counted),
    };
    return test_group(tests, set_up, tear_down);
}
