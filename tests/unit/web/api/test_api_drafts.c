// Drafts: what two windows save, what is no draft, what a disk does not take.

#include "web/api/api.h"
#include "web/desk/drafts.h"

#include "lib/base/file.h"
#include "tests/lib/asked.h"
#include "tests/lib/scratch.h"

#define SCRIPT "<script>alert(1)</script>\\u202e\\\"'&"

static scratch_t node;
static web_t web;

static int set_up(void **state)
{
    (void)state;
    cause_t why;
    scratch_open(&node);
    assert_int_equal(folder_make(scratch_at(&node, "state"), 0700, &why), 0);
    web = (web_t){.node = node.path, .name = "isoc-energy", .role = "isoc"};
    asked_changes = 0;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_close(&node);
    return 0;
}

static void ask_as(const char *officer, method_t method, const char *id,
    const char *query, const char *body, reply_t *reply)
{
    request_t request = {.method = method, .step = {id}, .query = query, .body = body};
    (void)snprintf(request.person.name, sizeof request.person.name, "%s", officer);
    asked(&web, api_drafts, id ? "/api/drafts/*" : "/api/drafts", &request, reply);
}

static void assert_put(const char *body, unsigned status, const char *code)
{
    reply_t reply;
    ask_as("aigul", METHOD_PUT, "one", "", body, &reply);
    if (reply.status != status || strcmp(reply.code, code) != 0)
        fail_msg("%u %s %s", reply.status, reply.code, reply.text);
    asked_done(&reply);
}

static void assert_is(const char *officer, const char *pointer, const char *text)
{
    reply_t reply;
    ask_as(officer, METHOD_GET, "one", "", NULL, &reply);
    assert_int_equal(reply.status, 200);
    const char *said = json_string_value(json_object_get(
        json_object_get(json_object_get(reply.json, "document"), "body"), pointer));
    assert_string_equal(said ? said : "", text);
    asked_done(&reply);
}

#define DRAFT(version, word)                                                             \
    "{\"version\": " #version ", \"kind\": \"incident.notice\", \"note\": \"" SCRIPT     \
    "\", \"document\": {\"summary\": {\"en\": \"" SCRIPT "\"}, \"body\": "               \
    "{\"description\": \"" word "\"}}}"

static void two_windows_lose_nothing(void **state)
{
    (void)state;
    reply_t reply;
    assert_put(DRAFT(0, "first"), 200, "");
    assert_put(DRAFT(1, "second"), 200, "");
    assert_int_equal(asked_changes, 2);
    // The other window began with version 1, too.
    ask_as("aigul", METHOD_PUT, "one", "", DRAFT(1, "other"), &reply);
    assert_int_equal(reply.status, 409);
    json_t *current = json_object_get(reply.json, "current");
    assert_int_equal(json_integer_value(json_object_get(current, "version")), 2);
    asked_done(&reply);
    assert_is("aigul", "description", "second");
    ask_as("aigul", METHOD_DELETE, "one", "version=1", NULL, &reply);
    assert_int_equal(reply.status, 409);
    asked_done(&reply);
    ask_as("aigul", METHOD_DELETE, "one", "version=2", NULL, &reply);
    assert_int_equal(reply.status, 204);
    // Removed in one window: what is saved in the other is not begun anew in silence.
    ask_as("aigul", METHOD_PUT, "one", "", DRAFT(2, "late"), &reply);
    assert_int_equal(reply.status, 409);
    assert_true(json_is_null(json_object_get(reply.json, "current")));
    asked_done(&reply);
    ask_as("aigul", METHOD_DELETE, "one", "version=2", NULL, &reply);
    assert_int_equal(reply.status, 404);
}

static void what_is_written_comes_back_as_text(void **state)
{
    (void)state;
    reply_t reply;
    assert_put(DRAFT(0, SCRIPT), 200, "");
    assert_is("aigul", "description", "<script>alert(1)</script>\u202e\"'&");
    ask_as("aigul", METHOD_GET, NULL, "", NULL, &reply);
    assert_int_equal(json_array_size(reply.json), 1);
    json_t *one = json_array_get(reply.json, 0);
    assert_null(json_object_get(one, "document"));
    assert_string_equal(
        json_string_value(json_object_get(json_object_get(one, "summary"), "en")),
        "<script>alert(1)</script>\u202e\"'&");
    asked_done(&reply);
}

static void an_officer_sees_own_drafts_alone(void **state)
{
    (void)state;
    reply_t reply;
    assert_put(DRAFT(0, "mine"), 200, "");
    ask_as("daulet", METHOD_GET, "one", "", NULL, &reply);
    assert_int_equal(reply.status, 404);
    ask_as("daulet", METHOD_GET, NULL, "", NULL, &reply);
    assert_int_equal(json_array_size(reply.json), 0);
    asked_done(&reply);
    ask_as("../aigul", METHOD_GET, NULL, "", NULL, &reply);
    assert_int_equal(reply.status, 500);
}

static void what_is_no_draft_is_refused(void **state)
{
    (void)state;
    reply_t reply;
    static const char *const bodies[] = {"", "[]", "{", "{\"version\": 0}",
        "{\"version\": -1, \"kind\": \"a\", \"document\": {}}",
        "{\"version\": \"0\", \"kind\": \"a\", \"document\": {}}",
        "{\"version\": 0, \"kind\": \"a\", \"document\": []}",
        "{\"version\": 0, \"kind\": 7, \"document\": {}}",
        "{\"version\": 0, \"kind\": \"a\", \"document\": {\"a\": 1, \"a\": 2}}",
        "{\"version\": 0, \"kind\": \"a\", \"document\": {\"a\": \"\\u0000\"}}"};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        ask_as("aigul", METHOD_PUT, "one", "", bodies[i], &reply);
        assert_int_equal(reply.status, 400);
    }
    static const char *const ids[] = {"..", "a/b", "", "-a", "A", ".json",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        ask_as("aigul", METHOD_PUT, ids[i], "", DRAFT(0, "x"), &reply);
        assert_int_equal(reply.status, 400);
    }
}

// `n` of `letter` in the middle of a draft, for free().
static char *draft_with(const char *before, char letter, size_t n, const char *after)
{
    char *text = malloc(strlen(before) + n + strlen(after) + 1);
    (void)sprintf(text, "%s", before);
    memset(text + strlen(before), letter, n);
    (void)strcpy(text + strlen(before) + n, after);
    return text;
}

static void what_is_too_much_is_refused(void **state)
{
    (void)state;
    reply_t reply;
    char id[16];
    static const char begin[] = "{\"version\": 0, \"kind\": \"a\", \"document\": ";
    char before[128];
    (void)snprintf(before, sizeof before, "%s{\"a\": \"", begin);
    char *large = draft_with(before, 'a', DRAFT_SIZE_MOST, "\"}}");
    char *deep = draft_with(begin, '[', 100000, "}");
    ask_as("aigul", METHOD_PUT, "one", "", large, &reply);
    assert_int_equal(reply.status, 413);
    ask_as("aigul", METHOD_PUT, "one", "", deep, &reply);
    assert_int_equal(reply.status, 400);
    assert_string_equal(reply.code, "doc.depth");
    free(large);
    free(deep);
    for (int i = 0; i < DRAFTS_MOST; i++) {
        (void)snprintf(id, sizeof id, "d-%d", i);
        ask_as("aigul", METHOD_PUT, id, "", DRAFT(0, "x"), &reply);
        assert_int_equal(reply.status, 200);
        asked_done(&reply);
    }
    assert_put(DRAFT(0, "x"), 413, "many");
    // One that is there can still be saved.
    ask_as("aigul", METHOD_PUT, "d-0", "", DRAFT(1, "x"), &reply);
    assert_int_equal(reply.status, 200);
    asked_done(&reply);
}

static void what_was_there_survives(void **state)
{
    (void)state;
    cause_t why;
    reply_t reply;
    const char *folder = scratch_at(&node, "state/drafts/aigul/.left-XXXX");
    assert_put(DRAFT(0, "kept"), 200, "");
    assert_int_equal(file_replace(folder, span_text("half"), 0600, &why), 0);
    assert_put(DRAFT(1, "again"), 200, "");
    assert_int_not_equal(
        access(scratch_at(&node, "state/drafts/aigul/.left-XXXX"), F_OK), 0);
    // A folder has its name: what is there cannot be read, and is not written over.
    assert_int_equal(
        folder_make(scratch_at(&node, "state/drafts/aigul/two.json"), 0700, &why), 0);
    ask_as("aigul", METHOD_PUT, "two", "", DRAFT(0, "x"), &reply);
    assert_int_equal(reply.status, 500);
    ask_as("aigul", METHOD_GET, NULL, "", NULL, &reply);
    assert_int_equal(json_array_size(reply.json), 1);
    asked_done(&reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(two_windows_lose_nothing),
        TEST(what_is_written_comes_back_as_text),
        TEST(an_officer_sees_own_drafts_alone),
        TEST(what_is_no_draft_is_refused),
        TEST(what_is_too_much_is_refused),
        TEST(what_was_there_survives),
    };
    return test_group(tests, NULL, NULL);
}
