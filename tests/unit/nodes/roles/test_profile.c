// profile, letter: roles know what they publish and what they owe an answer to.

#include "nodes/outbox/letter.h"

#include "lib/pki/cert.h"
#include "tests/lib/test.h"
#include "tests/lib/values.h"

static void knows_what_a_role_publishes(void **state)
{
    (void)state;
    static const struct {
        const char *role, *kind;
        bool may;
    } cases[] = {
        {"isoc", "incident.notice", true}, {"isoc", "advisory", false},
        {"isoc", "security.alert", false}, {"nccis", "advisory", true},
        {"nccis", "security.alert", false}, // the hub derives it
        {"nccis", "crossborder.release", true},
        {"foreign-affairs", "crossborder.position", true},
        {"foreign-affairs", "incident.notice", false},
        {"national-security", "suspension.notice", true},
        {"national-security", "advisory", false}, {"owner", "contact.change", true},
        {"owner", "recommendation", false},
        {"media", "threat.report", true}, // no file of its own: the hub decides
        {"owner", "headquarters.directive", false}, {"isoc", "suspension.lifted", false},
        {"owner", "inspection.report", true}, // of this kind only the hub knows
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(
            profile_publishes(profile_of(cases[i].role), cases[i].kind), cases[i].may);
}

static void every_role_may_acknowledge(void **state)
{
    (void)state;
    for (size_t i = 0; cert_roles[i]; i++)
        assert_true(profile_publishes(profile_of(cert_roles[i]), "acknowledgement"));
}

// A duty that its role cannot answer could never be met.
static void every_duty_can_be_answered(void **state)
{
    (void)state;
    for (size_t i = 0; cert_roles[i]; i++) {
        const profile_t *profile = profile_of(cert_roles[i]);
        const profile_duty_t *duty;
        size_t d = 0;
        while ((duty = profile_next_duty(profile, &d)) != NULL) {
            assert_true(profile_publishes(profile, duty->answer));
            assert_true(strlen(duty->cites) > 0);
            assert_ptr_equal(profile_duty(profile, duty->kind), duty);
        }
    }
}

static void an_alert_asks_for_a_person(void **state)
{
    (void)state;
    const profile_t *profile = profile_of("national-security");
    assert_string_equal(profile_duty(profile, "security.alert")->cites, "14");
    assert_null(profile_duty(profile, "advisory"));
}

static void letters_keep_what_was_written(void **state)
{
    (void)state;
    letter_t letter;
    letter_birth_t birth;
    refusal_t refusal = {0};
    letter_birth_now(&birth, 1795348800000);
    letter_rules_t rules = {.node = "isoc-1",
        .profile = profile_of("isoc"),
        .limits = {.size = 400, .depth = 8}};
    const char *text = "{\"kind\": \"incident.notice\", \"status\": \"test\","
                       " \"summary\": {\"kk\": \"\\u0441\"}}";
    assert_int_equal(letter_open(&letter, &rules, span_text(text), &birth, &refusal), 0);
    value_t *root = value_read(buf_text(&letter.document));
    assert_string_equal(value_text(value_get(root, "status")), "test");
    assert_string_equal(value_text(value_at(root, "/summary/kk")), "с");
    assert_string_equal(value_text(value_get(root, "sent")), "2026-11-22T12:00:00.000Z");
    assert_string_equal(letter.kind, "incident.notice");
    value_free(&root);
    letter_close(&letter);
    // What is added counts.
    rules.limits.size = strlen(text) + 10;
    assert_int_equal(letter_open(&letter, &rules, span_text(text), &birth, &refusal), -1);
    assert_string_equal(refusal.code, "doc.size");
    letter_close(&letter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_what_a_role_publishes),
        cmocka_unit_test(every_role_may_acknowledge),
        cmocka_unit_test(every_duty_can_be_answered),
        cmocka_unit_test(an_alert_asks_for_a_person),
        cmocka_unit_test(letters_keep_what_was_written),
    };
    return test_group(tests, NULL, NULL);
}
