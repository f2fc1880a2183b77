// Files beside messages, and what became of messages: what may be had, under which name.

#include "web/api/api.h"

#include "lib/base/file.h"
#include "tests/lib/asked.h"
#include "tests/lib/scratch.h"

#define ID "019abd4f-3b0e-75ed-975b-5e8fd00724a1"
#define OTHER "019abd4f-3b0e-75ed-975b-5e8fd00724a2"
#define TEXT "what is in it\n"

static scratch_t node;
static web_t web;
static struct asker daemon_;
static char digest[HASH_HEX];

static void put(const char *name, const char *text)
{
    cause_t why;
    char folder[256];
    (void)snprintf(folder, sizeof folder, "%s", scratch_at(&node, name));
    *strrchr(folder, '/') = 0;
    assert_int_equal(folder_make(folder, 0700, &why), 0);
    assert_int_equal(
        file_replace(scratch_at(&node, name), span_text(text), 0600, &why), 0);
}

static int set_up(void **state)
{
    (void)state;
    hash_t hash;
    char text[512];
    scratch_open(&node);
    sha256(span_text(TEXT), &hash);
    hex_encode(hash.bytes, sizeof hash.bytes, digest);
    (void)snprintf(text, sizeof text,
        "{\"from\": \"owner\", \"body\": {\"a\": {\"name\": \"../../bad\\u202e.log\", "
        "\"size\": %zu, \"sha256\": \"%s\"}}}",
        strlen(TEXT), digest);
    put("inbox/000000000007-" ID ".json", text);
    put("inbox/000000000008-" OTHER ".json", "{\"from\": \"owner\", \"body\": {}}");
    put("state/upload", TEXT);
    put("sent/x", "");
    put("carried/x", "");
    daemon_ = (struct asker){0};
    web = (web_t){.node = node.path, .name = "knb", .asker = &daemon_};
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_close(&node);
    return 0;
}

static void ask_file(method_t method, const char *path, const char *sha256_hex,
    const char *query, reply_t *reply)
{
    request_t request = {
        .method = method, .step = {sha256_hex}, .query = query, .body = query};
    asked(&web, api_files, path, &request, reply);
}

static void assert_get(
    const char *sha256_hex, const char *query, unsigned status, const char *code)
{
    reply_t reply;
    ask_file(METHOD_GET, "/api/files/*", sha256_hex, query, &reply);
    if (reply.status != status || strcmp(reply.code, code) != 0)
        fail_msg("%s: %u %s %s", query, reply.status, reply.code, reply.text);
}

static void what_a_message_names_can_be_had(void **state)
{
    (void)state;
    reply_t reply;
    char name[256];
    assert_get(digest, "message=7", 404, "not-here");
    (void)snprintf(name, sizeof name, "attachments/whole/%s", digest);
    put(name, TEXT);
    ask_file(METHOD_GET, "/api/files/*", digest, "message=" ID, &reply);
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.path, scratch_at(&node, name));
    assert_string_equal(reply.name, "../../bad\u202e.log"); // as it was said: reply.h
}

static void nothing_else_can_be_had(void **state)
{
    (void)state;
    char name[256];
    (void)snprintf(name, sizeof name, "attachments/whole/%s", digest);
    put(name, TEXT);
    assert_get(digest, "message=8", 404, "absent"); // it names none
    assert_get(digest, "message=9", 404, "absent");
    assert_get(digest, "", 404, "absent");
    assert_get(digest, "message=../" ID, 404, "absent");
    assert_get("../../../keys/seal.key", "message=7", 404, "absent");
    assert_get("", "message=7", 404, "absent");
}

static void what_a_disk_spoiled_is_given_to_nobody(void **state)
{
    (void)state;
    char name[256];
    (void)snprintf(name, sizeof name, "attachments/whole/%s", digest);
    put(name, "what is In it\n");
    assert_get(digest, "message=7", 404, "spoiled");
    assert_get(digest, "message=7", 404, "not-here"); // and can be fetched again
}

static void what_is_wanted_is_asked_for(void **state)
{
    (void)state;
    reply_t reply;
    buf_t text = {0};
    cause_t why;
    char name[256];
    (void)snprintf(name, sizeof name, "attachments/wanted/%s", digest);
    ask_file(METHOD_POST, "/api/files/*/wanted", digest, "{\"message\": \"7\"}", &reply);
    assert_int_equal(reply.status, 204);
    assert_int_equal(file_read(scratch_at(&node, name), 100, &text, &why), 0);
    assert_string_equal(buf_text(&text), "14\n");
    buf_destroy(&text);
    ask_file(METHOD_POST, "/api/files/*/wanted", digest, "{\"message\": \"8\"}", &reply);
    assert_int_equal(reply.status, 404);
    ask_file(METHOD_POST, "/api/files/*/wanted", digest, "{\"message\": 7}", &reply);
    assert_int_equal(reply.status, 404);
    ask_file(METHOD_POST, "/api/files/*/wanted", digest, "[]", &reply);
    assert_int_equal(reply.status, 400);
}

static void hand_in(const char *step, const char *came, reply_t *reply)
{
    char file[256];
    (void)snprintf(file, sizeof file, "%s", scratch_at(&node, "state/upload"));
    request_t request = {
        .method = METHOD_PUT, .step = {step}, .file = file, .size = strlen(TEXT)};
    put("state/upload", TEXT);
    assert_true(
        hex_decode(span_text(came), request.hash.bytes, sizeof request.hash.bytes));
    asked(&web, api_files, "/api/files/*", &request, reply);
}

static void what_came_is_what_was_meant(void **state)
{
    (void)state;
    reply_t reply;
    char name[256], other[HASH_HEX];
    (void)snprintf(name, sizeof name, "attachments/outbox/%s", digest);
    memset(other, 'a', sizeof other - 1);
    other[sizeof other - 1] = 0;
    hand_in(other, digest, &reply);
    assert_int_equal(reply.status, 422);
    assert_string_equal(reply.code, "attachment.digest");
    assert_int_not_equal(access(scratch_at(&node, name), F_OK), 0);
    hand_in("../../x", digest, &reply);
    assert_int_equal(reply.status, 400);
    hand_in(digest, digest, &reply);
    assert_int_equal(reply.status, 200);
    assert_int_equal(json_integer_value(json_object_get(reply.json, "size")), 14);
    assert_int_equal(access(scratch_at(&node, name), F_OK), 0);
    asked_done(&reply);
    // The same once more is fine, and so is looking at it before it is handed in.
    hand_in(digest, digest, &reply);
    assert_int_equal(reply.status, 200);
    asked_done(&reply);
    assert_get(digest, "message=7", 200, "");
}

static void ask_outcome(const char *id, const char *state, const char *word)
{
    reply_t reply;
    request_t request = {.method = METHOD_GET, .step = {id}};
    asked(&web, api_outcomes, "/api/outcomes/*", &request, &reply);
    const char *said = json_string_value(json_object_get(reply.json, "state"));
    if (reply.status != 200 || !said || strcmp(said, state) != 0)
        fail_msg("%u %s %s", reply.status, said ? said : reply.code, reply.text);
    if (word)
        assert_string_equal(
            json_string_value(json_object_get(reply.json, "stays")), word);
    asked_done(&reply);
}

static void an_outcome_is_where_the_node_has_it(void **state)
{
    (void)state;
    reply_t reply;
    request_t request = {.method = METHOD_GET, .step = {ID}};
    asked(&web, api_outcomes, "/api/outcomes/*", &request, &reply);
    assert_int_equal(reply.status, 404);
    request.step[0] = "../../etc/passwd";
    asked(&web, api_outcomes, "/api/outcomes/*", &request, &reply);
    assert_int_equal(reply.status, 404);
    put("waiting/" ID ".json", "{}");
    ask_outcome(ID, "held", NULL);
    put("refused/" ID ".json.reason.json", "{\"code\": \"seals.missing\"}");
    ask_outcome(ID, "held", NULL);
    put("refused/" ID ".json.reason.json", "{\"code\": \"doc.schema\"}");
    ask_outcome(ID, "refused", NULL);
    put("outbox/" ID ".json", "{}");
    ask_outcome(ID, "waiting", NULL);
    daemon_.answer = "{\"files\": {\"stay\": [{\"folder\": \"outbox\", \"file\": \"" ID
                     ".json\", \"reason\": \"it is a pipe\", \"for_now\": false}]}}";
    ask_outcome(ID, "waiting", "it is a pipe");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_a_message_names_can_be_had),
        TEST(nothing_else_can_be_had),
        TEST(what_a_disk_spoiled_is_given_to_nobody),
        TEST(what_is_wanted_is_asked_for),
        TEST(what_came_is_what_was_meant),
        TEST(an_outcome_is_where_the_node_has_it),
    };
    return test_group(tests, NULL, NULL);
}
