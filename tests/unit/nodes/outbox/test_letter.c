// letter: what was written stays, and what is added counts.

#include "nodes/outbox/letter.h"

#include "tests/lib/test.h"
#include "tests/lib/values.h"

static void letters_keep_what_was_written(void **state)
{
    (void)state;
    letter_t letter;
    letter_birth_t birth;
    refusal_t refusal = {0};
    letter_birth_now(&birth, 1795348800000);
    letter_rules_t rules = {.node = "isoc-1", .limits = {.size = 400, .depth = 8}};
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
        cmocka_unit_test(letters_keep_what_was_written),
    };
    return test_group(tests, NULL, NULL);
}
