// The outbox seen from outside: what goes in, how the outcome is recognised and told.

#include "nodes/tools/submit.h"

#include "lib/base/file.h"
#include "lib/base/times.h"
#include "lib/tlog/note.h"
#include "nodes/tools/outcome.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#define ID "01933f2a-1234-7abc-8def-0123456789ab"
#define NOTICE "{\"kind\":   \"incident.notice\", \"id\": \"" ID "\" }\n"

static scratch_t node;

static int set_up(void **state)
{
    (void)state;
    cause_t why;
    scratch_open(&node);
    static const char *const folders[] = {"outbox", "sent", "refused"};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(folder_make(scratch_at(&node, folders[i]), 0700, &why), 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_close(&node);
    return 0;
}

static void put(const char *name, span_t bytes)
{
    cause_t why;
    assert_int_equal(file_replace(scratch_at(&node, name), bytes, 0600, &why), 0);
}

static const char *put_document(submit_t *submit, const char *text)
{
    static cause_t why; // returned
    refusal_t refusal;
    why.text[0] = 0;
    int result = submit_put(submit, node.path, span_text(text), &refusal, &why);
    if (result == 0)
        assert_null(refusal.code);
    return result == 0 ? "ok" : refusal.code ? refusal.code : why.text;
}

// What the node leaves when the hub's receipt has come.
static void put_receipt(const char *told)
{
    leaf_t leaf = {.position = 12, .time_ms = 1795347570123};
    snprintf(leaf.type, sizeof leaf.type, "message");
    snprintf(leaf.id, sizeof leaf.id, ID);
    buf_t text = {0}, proof = {0};
    uint8_t path[64] = {0};
    static const char note[] = "log\n13\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n"
                               "\xe2\x80\x94 log AAAAAAAA\n";
    leaf_put(&leaf, &text);
    tlog_proof_write(
        &proof, buf_span(&text), 12, span_of(path, sizeof path), span_text(note));
    put("sent/" ID ".tlog-proof", buf_span(&proof));
    put("sent/" ID ".told", span_text(told));
    put("sent/" ID ".json", span_text(NOTICE));
    buf_destroy(&text);
    buf_destroy(&proof);
}

static void documents_keep_their_bytes(void **state)
{
    (void)state;
    submit_t submit;
    cause_t why;
    buf_t held = {0};
    assert_string_equal(put_document(&submit, NOTICE), "ok");
    assert_string_equal(submit.id, ID);
    assert_int_equal(submit.state, SUBMIT_WAITING);
    assert_int_equal(
        file_read(scratch_at(&node, "outbox/" ID ".json"), 4096, &held, &why), 0);
    assert_true(span_is(buf_span(&held), NOTICE));
    buf_destroy(&held);
    submit_close(&submit);
}

static void documents_are_given_an_id(void **state)
{
    (void)state;
    submit_t submit;
    char name[80];
    cause_t why;
    assert_string_equal(put_document(&submit, "{\"kind\": \"x\"}"), "ok");
    assert_true(uuid7_valid(span_text(submit.id)));
    snprintf(name, sizeof name, "outbox/%s.json", submit.id);
    json_t *held = json_load_file(scratch_at(&node, name), 0, NULL);
    assert_string_equal(json_string_value(json_object_get(held, "id")), submit.id);
    assert_string_equal(json_string_value(json_object_get(held, "kind")), "x");
    json_decref(held);
    submit_t again;
    assert_int_equal(submit_again(&again, node.path, submit.id, &why), 0);
    assert_int_equal(submit_again(&again, node.path, ID, &why), -1);
    // Taken out of the outbox, and not sealed yet.
    assert_int_equal(
        folder_make(scratch_at(&node, "state/taken/0192f0c1a2b3-x"), 0700, &why), 0);
    assert_int_equal(
        file_create(scratch_at(&node, "state/taken/0192f0c1a2b3-x/" ID ".json"),
            span_text("{}"), 0600, &why),
        0);
    assert_int_equal(submit_again(&again, node.path, ID, &why), 0);
    assert_int_equal(submit_again(&again, node.path, "../../etc/passwd", &why), -1);
    submit_close(&submit);
}

// Put into the outbox again, with the seal of an officer: what it was refused for before
// is not what becomes of it now.
static void a_second_try_waits(void **state)
{
    (void)state;
    submit_t submit;
    cause_t why;
    put("refused/" ID ".json", span_text(NOTICE));
    put("refused/" ID ".json.reason.json", span_text("{\"code\": \"seals.missing\"}"));
    assert_int_equal(submit_again(&submit, node.path, ID, &why), 0);
    assert_int_equal(submit_look(&submit, &why), 0);
    assert_int_equal(submit.state, SUBMIT_REFUSED);
    submit_close(&submit);
    put("outbox/" ID ".json", span_text(NOTICE));
    assert_int_equal(submit_again(&submit, node.path, ID, &why), 0);
    assert_int_equal(submit_look(&submit, &why), 0);
    assert_int_equal(submit.state, SUBMIT_WAITING);
    // Refused once more: another file.
    put("refused/" ID ".json.reason.json", span_text("{\"code\": \"seals.office\"}"));
    assert_int_equal(submit_look(&submit, &why), 0);
    assert_int_equal(submit.state, SUBMIT_REFUSED);
    submit_close(&submit);
}

static void bad_ones_stay_out(void **state)
{
    (void)state;
    static const struct {
        const char *text, *code;
    } cases[] = {
        {"", "doc.syntax"},
        {"{", "doc.syntax"},
        {"[]", "doc.syntax"},
        {"{\"a\": 1, \"a\": 2}", "doc.duplicate-key"},
        {"{\"a\": \"\xff\"}", "doc.utf8"},
        {"{\"state_secret\": true}", "secret.declared"},
        {"{\"state_secret\": \"yes\"}", "secret.declared"},
        {"{\"id\": \"../../../tmp/x\"}", "doc.schema"},
        {"{\"id\": 5}", "doc.schema"},
        {"{\"body\": {\"x\": \"FILL IN: this\"}}", "doc.schema"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        submit_t submit;
        names_t names = {0};
        cause_t why;
        const char *code = put_document(&submit, cases[i].text);
        if (strcmp(code, cases[i].code) != 0)
            fail_msg("%s: %s, not %s", cases[i].text, code, cases[i].code);
        assert_int_equal(names_list(&names, scratch_at(&node, "outbox"), "", &why), 0);
        assert_int_equal(names.n, 0);
        names_free(&names);
        submit_close(&submit);
    }
}

static void big_ones_stay_out(void **state)
{
    (void)state;
    buf_t big = {0};
    submit_t submit;
    buf_put_text(&big, "{\"a\": \"");
    for (int i = 0; i < 1024 * 1024; i++)
        buf_put_u8(&big, 'x');
    buf_put_text(&big, "\"}");
    assert_string_equal(put_document(&submit, buf_text(&big)), "doc.size");
    buf_destroy(&big);
}

static char *printed;

static done_t print(const submit_t *submit, bool json)
{
    size_t size = 0;
    free(printed);
    FILE *out = open_memstream(&printed, &size);
    assert_non_null(out);
    done_t done = outcome_print("n.json", submit, json, out);
    fclose(out);
    return done;
}

static void receipts_are_told(void **state)
{
    (void)state;
    submit_t submit;
    cause_t why = {""};
    assert_string_equal(put_document(&submit, NOTICE), "ok");
    assert_int_equal(print(&submit, false), DONE_UNREACHABLE);
    assert_non_null(strstr(printed, "dabyl send --outcome " ID));
    put_receipt("deliver nccis notice.nccis sender 8.3, 10\n"
                "withhold isoc-b notice.all sender marking.red 4\n"
                "emit security.alert " ID " notice.alert sender 14\n"
                "remark object.unknown sender\n");
    if (submit_look(&submit, &why) != 0)
        fail_msg("%s", why.text);
    assert_int_equal(submit.state, SUBMIT_SENT);
    assert_int_equal(print(&submit, false), DONE_OK);
    static const char *const parts[] = {"SENT  " ID "  n.json\n",
        "receipt: position 12 in the hub's log, 2026-11-22 11:39:30 UTC\n",
        "  told:\n    nccis               para 8.3, 10  (rule notice.nccis)\n",
        "  the hub made:\n    security.alert      para 14  (rule notice.alert)\n",
        "  not told:\n    isoc-b              para 4  (rule notice.all)\n",
        "      marking.red: ", "  note: object.unknown: "};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (!strstr(printed, parts[i]))
            fail_msg("'%s' is not in:\n%s", parts[i], printed);
    assert_int_equal(print(&submit, true), DONE_OK);
    json_t *object = json_loads(printed, 0, NULL);
    assert_int_equal(json_integer_value(json_object_get(object, "position")), 12);
    assert_string_equal(json_string_value(json_object_get(object, "outcome")), "sent");
    assert_int_equal(json_array_size(json_object_get(object, "receivers")), 1);
    json_decref(object);
    submit_close(&submit);
}

static void a_message_is_sent_once(void **state)
{
    (void)state;
    submit_t submit;
    put_receipt("");
    assert_string_equal(put_document(&submit, NOTICE), "ok");
    assert_int_equal(submit.state, SUBMIT_SENT); // its receipt is here already
    assert_int_equal(access(scratch_at(&node, "outbox/" ID ".json"), F_OK), -1);
    assert_int_equal(print(&submit, false), DONE_OK);
    assert_non_null(strstr(printed, "nobody that you may know of"));
    submit_close(&submit);
    assert_string_equal(
        put_document(&submit, "{\"kind\": \"advisory\", \"id\": \"" ID "\"}"),
        "id.reused");
    submit_close(&submit);
}

#define OTHER "{\"kind\": \"advisory\", \"id\": \"" ID "\"}"

static void what_waits_is_not_replaced(void **state)
{
    (void)state;
    submit_t submit;
    buf_t there = {0};
    cause_t why;
    assert_string_equal(put_document(&submit, NOTICE), "ok");
    submit_close(&submit);
    assert_string_equal(put_document(&submit, OTHER), "id.reused");
    submit_close(&submit);
    assert_string_equal(put_document(&submit, NOTICE), "ok"); // the same once more
    assert_int_equal(submit.state, SUBMIT_WAITING);
    submit_close(&submit);
    assert_int_equal(
        file_read(scratch_at(&node, "outbox/" ID ".json"), 4096, &there, &why), 0);
    assert_true(span_equal(buf_span(&there), span_text(NOTICE)));
    buf_destroy(&there);
    // Nor is what is no document at all.
    put("outbox/" ID ".json", span_text("no JSON"));
    assert_string_not_equal(put_document(&submit, NOTICE), "ok");
    submit_close(&submit);
}

// What became of another document with the id is not what became of this one.
static void outcomes_are_of_the_same_words(void **state)
{
    (void)state;
    submit_t submit;
    cause_t why;
    assert_string_equal(put_document(&submit, NOTICE), "ok");
    put("refused/" ID ".json", span_text(OTHER));
    put("refused/" ID ".json.reason.json", span_text("{\"code\": \"id.reused\"}"));
    put_receipt("");
    put("sent/" ID ".json", span_text(OTHER));
    assert_int_equal(submit_look(&submit, &why), 0);
    assert_int_equal(submit.state, SUBMIT_WAITING);
    put("sent/" ID ".json", span_text(NOTICE));
    assert_int_equal(submit_look(&submit, &why), 0);
    assert_int_equal(submit.state, SUBMIT_SENT);
    submit_close(&submit);
}

static void refusals_are_told(void **state)
{
    (void)state;
    submit_t submit;
    cause_t why;
    put("refused/" ID ".json.reason.json", span_text("{\"code\": \"old.try\"}"));
    assert_string_equal(put_document(&submit, NOTICE), "ok");
    assert_int_equal(submit.state, SUBMIT_WAITING); // that was about an earlier try
    put("refused/" ID ".json.reason.json",
        span_text("{\"code\": \"doc.schema\", \"pointer\": \"/body/level\", \"by\": "
                  "\"incident.notice\", \"text\": \"9 is more than 5\", \"sentence\": "
                  "\"It does not fit.\"}"));
    assert_int_equal(submit_look(&submit, &why), 0);
    assert_int_equal(submit.state, SUBMIT_REFUSED);
    assert_int_equal(print(&submit, false), DONE_NO);
    // Title and meaning are our own words for the code.
    assert_string_equal(printed,
        "REFUSED  " ID "  n.json\n"
        "  does not fit its schema: doc.schema at /body/level, by incident.notice\n"
        "  9 is more than 5\n"
        "  The document does not satisfy the schema of its kind.\n");
    submit_close(&submit);
}

static void waiting_ends(void **state)
{
    (void)state;
    submit_t submit;
    folder_watch_t watch = {-1};
    cause_t why;
    assert_int_equal(submit_watch(&watch, node.path, &why), 0);
    assert_string_equal(put_document(&submit, NOTICE), "ok");
    assert_int_equal(submit_wait(&submit, &watch, 0, &why), 0);
    assert_int_equal(submit.state, SUBMIT_WAITING);
    put_receipt("");
    assert_int_equal(submit_wait(&submit, &watch, -1, &why), 0);
    assert_int_equal(submit.state, SUBMIT_SENT);
    submit_close(&submit);
    folder_watch_close(&watch);
}

static void half_a_receipt_is_none(void **state)
{
    (void)state;
    submit_t submit;
    cause_t why;
    assert_string_equal(put_document(&submit, NOTICE), "ok");
    put_receipt("");
    assert_int_equal(unlink(scratch_at(&node, "sent/" ID ".json")), 0);
    assert_int_equal(submit_look(&submit, &why), 0);
    assert_int_equal(submit.state, SUBMIT_WAITING);
    put_receipt("no routing line\n");
    assert_int_equal(submit_look(&submit, &why), -1);
    put("sent/" ID ".tlog-proof", span_text("garbage"));
    assert_int_equal(submit_look(&submit, &why), -1);
    submit_close(&submit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(documents_keep_their_bytes),
        TEST(documents_are_given_an_id),
        TEST(a_second_try_waits),
        TEST(bad_ones_stay_out),
        TEST(big_ones_stay_out),
        TEST(receipts_are_told),
        TEST(a_message_is_sent_once),
        TEST(what_waits_is_not_replaced),
        TEST(outcomes_are_of_the_same_words),
        TEST(refusals_are_told),
        TEST(waiting_ends),
        TEST(half_a_receipt_is_none),
    };
    int failed = test_group(tests, NULL, NULL);
    free(printed);
    return failed;
}
