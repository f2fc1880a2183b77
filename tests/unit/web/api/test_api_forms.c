// Forms asked for by a page: which kinds, about what, and what is no such thing.

#include "web/api/api.h"

#include "lib/base/file.h"
#include "tests/lib/asked.h"
#include "tests/lib/asked_law.h"
#include "tests/lib/scratch.h"

#define OURS "01933f2a-1234-7abc-8def-0123456789ab"
#define NOTICE                                                                           \
    "{\"dabyl\": 1, \"id\": \"" OURS "\", \"from\": \"isoc-energy\", \"kind\": "         \
    "\"incident.notice\", \"status\": \"actual\", \"marking\": \"TLP:AMBER\", "          \
    "\"summary\": {\"en\": \"<script>alert(1)</script>\"}, \"body\": {\"level\": 4, "    \
    "\"determination\": \"confirmed\", \"sector\": \"banking\"}}"

static scratch_t node;
static web_t web;

static int set_up(void **state)
{
    (void)state;
    cause_t why;
    static const char *const folders[] = {"inbox", "sent", "carried"};
    scratch_open(&node);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(folder_make(scratch_at(&node, folders[i]), 0700, &why), 0);
    assert_int_equal(file_replace(scratch_at(&node, "sent/" OURS ".json"),
                         span_text(NOTICE), 0600, &why),
        0);
    web = (web_t){.node = node.path,
        .name = "isoc-energy",
        .role = "isoc",
        .law = asked_law_open()};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    asked_law_close();
    scratch_close(&node);
    return 0;
}

static void ask_form(const char *kind, const char *query, reply_t *reply)
{
    request_t request = {.method = METHOD_GET, .step = {kind}, .query = query};
    asked(&web, api_forms, kind ? "/api/forms/*" : "/api/kinds", &request, reply);
}

static void assert_no(
    const char *kind, const char *query, unsigned status, const char *code)
{
    reply_t reply;
    ask_form(kind, query, &reply);
    if (reply.status != status || strcmp(reply.code, code) != 0)
        fail_msg("%s?%s: %u %s %s", kind, query, reply.status, reply.code, reply.text);
    asked_done(&reply);
}

static const char *document_text(
    const reply_t *reply, const char *key, const char *inside)
{
    const json_t *value = json_object_get(json_object_get(reply->json, "document"), key);
    const char *text = json_string_value(inside ? json_object_get(value, inside) : value);
    return text ? text : "";
}

static void what_goes_without_saying_is_there(void **state)
{
    (void)state;
    reply_t reply;
    ask_form("incident.notice", "", &reply);
    assert_int_equal(reply.status, 200);
    assert_string_equal(document_text(&reply, "status", NULL), "actual");
    assert_string_equal(document_text(&reply, "marking", NULL), "TLP:AMBER");
    assert_null(json_object_get(reply.json, "questions"));
    asked_done(&reply);
    ask_form(NULL, "", &reply);
    assert_true(json_array_size(reply.json) > 10);
    asked_done(&reply);
}

static void a_correction_begins_as_the_original(void **state)
{
    (void)state;
    reply_t reply;
    ask_form("incident.notice", "supersedes=isoc-energy/" OURS, &reply);
    assert_int_equal(reply.status, 200);
    assert_string_equal(
        document_text(&reply, "summary", "en"), "<script>alert(1)</script>");
    assert_string_equal(document_text(&reply, "supersedes", "id"), OURS);
    asked_done(&reply);
    assert_no("incident.notice", "supersedes=nccis/" OURS, 422, "withdrawal.author");
    assert_no("incident.update", "cancels=isoc-energy/" OURS, 422, "withdrawal.kind");
    assert_no("incident.notice",
        "cancels=isoc-energy/01933f2a-1234-7abc-8def-0123456789ff", 404, "absent");
}

static void a_call_is_a_notice(void **state)
{
    (void)state;
    reply_t reply;
    web.role = "nccis";
    ask_form("call", "", &reply);
    assert_int_equal(reply.status, 200);
    assert_string_equal(
        json_string_value(json_object_get(reply.json, "kind")), "incident.notice");
    assert_int_equal(json_array_size(json_object_get(reply.json, "questions")), 12);
    asked_done(&reply);
    web.role = "prosecutor";
    assert_no("call", "", 404, "doc.kind");
}

static void what_is_no_kind_of_this_role_has_no_form(void **state)
{
    (void)state;
    assert_no("headquarters.directive", "", 403, "role.kind");
    assert_no("security.alert", "", 403, "role.kind");
    assert_no("no.such.kind", "", 404, "doc.kind");
    assert_no("", "", 404, "doc.kind");
    assert_no("../../etc/passwd", "", 404, "doc.kind");
    web.law = NULL;
    assert_no("incident.notice", "", 503, "unanswered");
    assert_no(NULL, "", 503, "unanswered");
}

static void what_names_no_message_is_malformed(void **state)
{
    (void)state;
    static const char *const queries[] = {"re=7", "re=a/b", "incident=/" OURS,
        "cancels=../x/" OURS, "supersedes=isoc-energy/" OURS "/x", "re=a b/" OURS};
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++)
        assert_no("incident.update", queries[i], 400, "malformed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_goes_without_saying_is_there),
        TEST(a_correction_begins_as_the_original),
        TEST(a_call_is_a_notice),
        TEST(what_is_no_kind_of_this_role_has_no_form),
        TEST(what_names_no_message_is_malformed),
    };
    return test_group(tests, NULL, NULL);
}
