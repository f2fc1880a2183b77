// hub/etc/plan.rules: each kind goes where the exchange catalogue says, by the paragraph
// it names.

#include "lib/rules.h"

#include "lib/citation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static rules_t *rules;

static int set_up(void **state)
{
    (void)state;
    cause_t why = {""};
    rules = rules_open("hub/etc/plan.rules", &why);
    if (rules == NULL)
        print_error("%s\n", why.text);
    return rules == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    rules_close(&rules);
    return 0;
}

static void print_targets(const rule_t *rule, buf_t *out)
{
    static const char *const names[] = {[TARGET_ALL] = "all",
        [TARGET_OBJECT_OWNER] = "object.owner",
        [TARGET_OBJECT_ISOC] = "object.isoc",
        [TARGET_TO] = "to",
        [TARGET_RE_AUTHOR] = "re.author",
        [TARGET_PARTIES] = "parties",
        [TARGET_AUTHOR] = "author"};
    for (size_t i = 0; i < rule->targets; i++) {
        bool role = rule->target[i].type == TARGET_ROLE;
        buf_printf(out, " %s", role ? rule->target[i].role : names[rule->target[i].type]);
    }
    for (size_t i = 0; i < rule->emits; i++)
        buf_printf(
            out, " +%s%s", rule->emit[i].kind, rule->emit[i].carry ? " (carried)" : "");
}

// What happens to a message, one rule a line: "[cites] receivers +derived".
static void route(const char *kind, const char *role, const char *body, buf_t *out)
{
    char text[256];
    (void)snprintf(text, sizeof text, "{\"body\": {%s}}", body);
    json_t *message = json_loads(text, 0, NULL);
    assert_non_null(message);
    const rule_t *rule;
    size_t i = 0;
    while ((rule = rules_next(rules, &i, kind, role, message)) != NULL) {
        buf_printf(out, "[%s]", rule->cites);
        print_targets(rule, out);
        buf_put_text(out, "\n");
    }
    json_decref(message);
}

#define COURSE "[8.5, 8.6, 8.7, 8.8, 8.9, 8.10, 8.11, 12] parties\n"
#define NOTICE "[8.3, 8.5, 10] nccis\n[8.5] object.owner\n[8.3, 8.5] object.isoc\n"
#define ALERT "[14] +security.alert (carried)\n"
#define ITEM "[17, default] +crossborder.item (carried)\n"

static const struct {
    const char *kind, *role, *body, *routes;
} table[] = {
    {"incident.notice", "isoc", "\"level\": 0, \"cross_border\": false", NOTICE},
    {"incident.notice", "isoc", "\"level\": 2", NOTICE},
    {"incident.notice", "isoc", "\"level\": 3", NOTICE ALERT},
    {"incident.notice", "isoc", "\"level\": 3.0", NOTICE ALERT},
    {"incident.notice", "isoc", "\"level\": 4", NOTICE ALERT},
    {"incident.notice", "isoc", "\"level\": 5, \"cross_border\": true",
        NOTICE ALERT ITEM},
    {"incident.notice", "isoc", "\"level\": 1, \"cross_border\": true", NOTICE ITEM},
    {"incident.notice", "owner", "\"level\": 4", NOTICE ALERT},
    {"incident.notice", "response-service", "\"level\": 4", NOTICE ALERT},
    {"incident.notice", "nccis", "\"level\": 4", NOTICE ALERT},
    {"incident.update", "isoc", "", COURSE},
    {"incident.update", "isoc", "\"level\": 2", COURSE},
    {"incident.update", "owner", "\"level\": 4", COURSE ALERT},
    {"incident.update", "nccis", "\"level\": 3, \"cross_border\": true",
        COURSE ALERT ITEM},
    {"incident.closure", "isoc", "\"level\": 5", COURSE},
    {"security.alert", "hub", "\"level\": 4", "[14] national-security nccis\n"},
    {"crossborder.item", "hub", "", "[17, default] foreign-affairs nccis\n"},
    {"crossborder.item", "nccis", "", "[17] foreign-affairs nccis\n"},
    {"advisory", "nccis", "", "[4] all\n"},
    {"acknowledgement", "isoc", "", "[default] re.author\n"},
    {"acknowledgement", "partner", "", "[default] re.author\n"},
    {"acknowledgement", "national-security", "",
        "[default] re.author\n[14, default] nccis\n"},
    {"acknowledgement", "foreign-affairs", "",
        "[default] re.author\n[17, default] nccis\n"},
    {"service.notice", "hub", "", "[default] to\n"},
};

static void every_kind_goes_where_the_catalogue_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        buf_t routes = {0};
        assert_true(rules_permit(rules, table[i].kind, table[i].role));
        route(table[i].kind, table[i].role, table[i].body, &routes);
        if (strcmp(buf_text(&routes), table[i].routes) != 0)
            fail_msg("%s from %s {%s}:\n%s", table[i].kind, table[i].role, table[i].body,
                buf_text(&routes));
        buf_destroy(&routes);
    }
}

// The roles that may publish each kind, in the order of cert_roles; nobody else may.
// cert_roles.
static void nobody_else_publishes(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *roles;
    } may[] = {
        {"incident.notice", "isoc nccis owner response-service "},
        {"incident.update", "isoc nccis owner response-service "},
        {"incident.closure", "isoc nccis owner response-service "},
        {"security.alert", "hub "},
        {"crossborder.item", "nccis hub "},
        {"advisory", "nccis "},
        {"acknowledgement",
            "isoc nccis owner response-service authority national-security "
            "headquarters foreign-affairs communications prosecutor media "
            "partner "},
        {"service.notice", "hub "},
        {"headquarters.directive", ""},
        {"incident", ""},
    };
    for (size_t i = 0; i < sizeof may / sizeof may[0]; i++) {
        buf_t roles = {0};
        for (size_t r = 0; cert_roles[r] != NULL; r++)
            if (rules_permit(rules, may[i].kind, cert_roles[r]))
                buf_printf(&roles, "%s ", cert_roles[r]);
        assert_string_equal(buf_text(&roles), may[i].roles);
        buf_destroy(&roles);
    }
}

// Decision J: a marking yields to a duty of law that says so, and the author learns of
// it.
static void only_the_alert_passes_a_marking_and_tells(void **state)
{
    (void)state;
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        assert_int_equal(rule->passes_marking, strcmp(rule->kind, "security.alert") == 0);
        if (rule->passes_marking)
            assert_int_equal(rule->tell, TELL_SENDER);
    }
}

// No rule that cites nothing, or that cites a paragraph only for its reason, is shown as
// law.
static void defaults_are_shown_as_defaults(void **state)
{
    (void)state;
    static const char *const defaults[] = {"notice.cross-border", "update.cross-border",
        "item.automatic", "acknowledgement.author", "acknowledgement.alert",
        "acknowledgement.item", "service.addressees"};
    size_t seen = 0;
    for (size_t i = 0; i < rules_count(rules); i++) {
        const rule_t *rule = rules_at(rules, i);
        bool expected = false;
        for (size_t k = 0; k < sizeof defaults / sizeof defaults[0]; k++)
            expected |= strcmp(rule->id, defaults[k]) == 0;
        seen += expected;
        assert_int_equal(strstr(rule->cites, "default") != NULL, expected);
    }
    assert_int_equal(seen, sizeof defaults / sizeof defaults[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_goes_where_the_catalogue_says),
        cmocka_unit_test(nobody_else_publishes),
        cmocka_unit_test(only_the_alert_passes_a_marking_and_tells),
        cmocka_unit_test(defaults_are_shown_as_defaults),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
