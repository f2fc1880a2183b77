// Explaining: what schemas refuse asks no hub, what the hub is asked is limited.

#include "web/api/api.h"

#include "tests/lib/asked.h"
#include "tests/lib/asked_law.h"
#include "web/desk/turnstile.h"

#define NOTICE(level)                                                                    \
    "{\"document\": {\"dabyl\": 1, \"kind\": \"incident.notice\", \"status\": "          \
    "\"actual\", \"marking\": \"TLP:AMBER\", \"summary\": {\"en\": "                     \
    "\"<script>alert(1)</script>\"}, \"body\": {\"level\": " level                       \
    ", \"determination\": \"confirmed\", \"sector\": \"banking\"}}}"

static web_t web;
static struct asker daemon_;

static int set_up(void **state)
{
    (void)state;
    daemon_ = (struct asker){.answer = "{\"verdict\": \"accept\", \"receivers\": []}"};
    web = (web_t){.node = "none",
        .name = "isoc-energy",
        .role = "isoc",
        .law = asked_law_open(),
        .asker = &daemon_,
        .explaining = turnstile_new(2, 4)};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    turnstile_destroy(&web.explaining);
    asked_law_close();
    return 0;
}

static void explain(const char *body, reply_t *reply)
{
    request_t request = {.method = METHOD_POST, .body = body};
    asked(&web, api_explain, "/api/explain", &request, reply);
}

static const char *said(const reply_t *reply, const char *key)
{
    const char *text = json_string_value(json_object_get(reply->json, key));
    return text ? text : "";
}

static void schemas_refuse_here(void **state)
{
    (void)state;
    reply_t reply;
    static const struct {
        const char *body, *code, *pointer;
    } cases[] = {
        {NOTICE("7"), "doc.schema", "/body/level"},
        {NOTICE("\"4\""), "doc.schema", "/body/level"},
        {NOTICE("4.5"), "doc.schema", "/body/level"},
        {NOTICE("[4]"), "doc.schema", "/body/level"},
        {NOTICE("4, \"detected_at\": \"yesterday\""), "doc.schema", "/body/detected_at"},
        {NOTICE("4, \"x\": 1"), "doc.schema", "/body/x"},
        {"{\"document\": {\"dabyl\": 1, \"kind\": \"no.such\"}}", "doc.kind", "/kind"},
        {"{\"document\": {\"dabyl\": 1}}", "doc.kind", "/kind"},
        {"{\"document\": {\"state_secret\": true}}", "secret.declared", "/state_secret"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        explain(cases[i].body, &reply);
        assert_int_equal(reply.status, 200);
        if (strcmp(said(&reply, "code"), cases[i].code) != 0 ||
            strcmp(said(&reply, "pointer"), cases[i].pointer) != 0)
            fail_msg("%zu: %s %s %s", i, said(&reply, "code"), said(&reply, "pointer"),
                said(&reply, "text"));
        assert_string_equal(said(&reply, "verdict"), "refuse");
        asked_done(&reply);
    }
    assert_int_equal(daemon_.asked, 0);
}

static void the_hub_has_the_last_word(void **state)
{
    (void)state;
    reply_t reply;
    explain(NOTICE("4"), &reply);
    assert_string_equal(said(&reply, "verdict"), "accept");
    assert_non_null(strstr(daemon_.request, "explain\n{\"body\":{"));
    assert_non_null(strstr(daemon_.request, "<script>alert(1)</script>"));
    // What the node adds is left to it, so that two such questions are one.
    assert_null(strstr(daemon_.request, "nonce"));
    asked_done(&reply);
    daemon_.answer = "{\"verdict\": \"refuse\", \"code\": \"moment.absurd\", \"field\": "
                     "\"/body/detected_at\"}";
    explain(NOTICE("4, \"detected_at\": \"1900-01-01T00:00:00Z\""), &reply);
    assert_string_equal(said(&reply, "pointer"), "/body/detected_at");
    asked_done(&reply);
    // By a law that the node does not know the hub decides alone.
    web.law = NULL;
    explain(NOTICE("7"), &reply);
    assert_string_equal(said(&reply, "code"), "moment.absurd");
    asked_done(&reply);
    web.law = &asked_law;
}

static void nobody_answers(void **state)
{
    (void)state;
    reply_t reply;
    daemon_.answer = NULL;
    explain(NOTICE("4"), &reply);
    assert_int_equal(reply.status, 503);
    assert_string_equal(reply.code, "unanswered");
    daemon_.answer = "{}";
    explain(NOTICE("4"), &reply);
    assert_int_equal(reply.status, 503);
}

static void more_than_its_part_is_not_asked(void **state)
{
    (void)state;
    reply_t reply;
    static const char *const each[] = {
        NOTICE("1"), NOTICE("2"), NOTICE("3"), NOTICE("4")};
    for (int i = 0; i < 4; i++) {
        explain(each[i], &reply);
        assert_int_equal(reply.status, 200);
        asked_done(&reply);
    }
    // What was answered a moment ago is not asked again.
    explain(NOTICE("4"), &reply);
    assert_int_equal(reply.status, 200);
    asked_done(&reply);
    explain(NOTICE("5"), &reply);
    assert_int_equal(reply.status, 503);
    assert_string_equal(reply.code, "busy");
    assert_int_equal(daemon_.asked, 4);
}

static void what_is_no_document_is_malformed(void **state)
{
    (void)state;
    reply_t reply;
    static const char *const bodies[] = {"", "7", "[]", "{}", "{\"document\": 7}",
        "{\"document\": \"{}\"}", "{\"document"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        explain(bodies[i], &reply);
        assert_int_equal(reply.status, 400);
    }
}

static void a_turnstile_fills_by_the_clock(void **state)
{
    (void)state;
    turnstile_t *gate = turnstile_new(2, 4);
    assert_true(turnstile_enter(gate, 1000));
    assert_true(turnstile_enter(gate, 1000));
    assert_false(turnstile_enter(gate, 1000)); // two are inside
    turnstile_leave(gate);
    assert_true(turnstile_enter(gate, 1000));
    turnstile_leave(gate);
    assert_true(turnstile_enter(gate, 1000));
    turnstile_leave(gate);
    assert_false(turnstile_enter(gate, 1000)); // four in a second
    assert_false(turnstile_enter(gate, 1200));
    assert_true(turnstile_enter(gate, 1250));
    turnstile_leave(gate);
    // Set back by a day, it opens after a moment of that day.
    assert_false(turnstile_enter(gate, -86400000));
    assert_true(turnstile_enter(gate, -86399700));
    turnstile_leave(gate);
    for (int i = 0; i < 4; i++) {
        assert_true(turnstile_enter(gate, INT64_MAX));
        turnstile_leave(gate);
    }
    assert_false(turnstile_enter(gate, INT64_MAX));
    turnstile_destroy(&gate);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(schemas_refuse_here),
        TEST(the_hub_has_the_last_word),
        TEST(nobody_answers),
        TEST(more_than_its_part_is_not_asked),
        TEST(what_is_no_document_is_malformed),
        cmocka_unit_test(a_turnstile_fills_by_the_clock),
    };
    return test_group(tests, NULL, NULL);
}
