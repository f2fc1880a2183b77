// document: what is refused before any schema, and where the refusal says it is.

#include "lib/message/document.h"
#include "tests/lib/test.h"
#include "tests/lib/values.h"

static const document_limits_t limits = {1000, 8};

// Load a copy without a terminating zero, so that a read past the end is seen.
static int load(const void *bytes, size_t size, value_t **root, refusal_t *refusal)
{
    uint8_t *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, size);
    *refusal = (refusal_t){0};
    int result = document_load(span_of(copy, size), &limits, root, refusal);
    free(copy);
    return result;
}

static void taken(const char *text)
{
    value_t *root;
    refusal_t refusal;
    if (load(text, strlen(text), &root, &refusal) != 0)
        fail_msg("%s: %s %s", text, refusal.code, refusal.text);
    assert_null(refusal.code);
    value_free(&root);
}

static void refused_bytes(const void *bytes, size_t size, const char *code,
    const char *pointer, const char *words)
{
    value_t *root = (value_t *)1;
    refusal_t refusal;
    if (load(bytes, size, &root, &refusal) == 0)
        fail_msg("taken: %.*s", (int)size, (const char *)bytes);
    assert_null(root);
    assert_string_equal(refusal.code, code);
    assert_string_equal(refusal.pointer, pointer);
    if (!strstr(refusal.text, words))
        fail_msg("\"%s\" does not say \"%s\"", refusal.text, words);
}

static void refused(
    const char *text, const char *code, const char *pointer, const char *words)
{
    refused_bytes(text, strlen(text), code, pointer, words);
}

static void plain_json_is_taken(void **state)
{
    (void)state;
    taken("{}");
    taken(" \n\t{\"a\":[true,false,null,\"\",{}],\"b\":{\"a\":1}}\r\n");
    taken("{\"\\u0061\":1,\"b\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\ud83d\\ude00\"}");
    taken("{\"қазақ\":\"\xf4\x8f\xbf\xbf\xee\x80\x80\"}");
    taken("{\"]\":\"}\",\"[\":\"{\\\"\"}");
}

static void only_an_object_is_a_document(void **state)
{
    (void)state;
    refused("[]", "doc.syntax", "", "one JSON object");
    refused("", "doc.syntax", "", "byte 0");
    refused("  ", "doc.syntax", "", "line 1");
    refused("\"a\"", "doc.syntax", "", "");
    refused("{} {}", "doc.syntax", "", "");
    refused("{}x", "doc.syntax", "", "");
    refused("{\"a\":1,}", "doc.syntax", "", "");
    refused("{\n \"a\": tru}", "doc.syntax", "/a", "line 2");
    refused("{'a':1}", "doc.syntax", "", "");
    refused("{\"a\":1}}", "doc.syntax", "", "");
    refused("{\"a\":\"\\x\"}", "doc.syntax", "/a", "");
    refused("{\"a\":\"line\nend\"}", "doc.syntax", "/a", "");
}

static void characters_that_two_readers_see_differently(void **state)
{
    (void)state;
    refused("\xef\xbb\xbf{}", "doc.syntax", "", "byte order mark");
    refused("{\"a\":{\"b\":\"\xff\"}}", "doc.utf8", "/a/b", "byte 11");
    refused("{\"a\":\"\xc0\xaf\"}", "doc.utf8", "/a", "");         // overlong
    refused("{\"a\":\"\xe0\x80\xaf\"}", "doc.utf8", "/a", "");     // overlong
    refused("{\"a\":\"\xed\xa0\x80\"}", "doc.utf8", "/a", "");     // a surrogate
    refused("{\"a\":\"\xf4\x90\x80\x80\"}", "doc.utf8", "/a", ""); // above U+10FFFF
    refused("{\"a\":\"\xe2\x82\"}", "doc.utf8", "/a", "");         // cut
    refused("{\"a\":\"x\xe2\x82", "doc.utf8", "/a", "");           // cut by the end
    refused("{\"a\":1}\x80", "doc.utf8", "", "byte 7");            // outside of strings
    refused("{\"a\":\"\\ud800\"}", "doc.syntax", "/a", "");        // half a pair
    refused("{\"a\":\"\\u0000\"}", "doc.syntax", "/a", "");        // NUL, escaped
    refused("{\"\\u0000\":1}", "doc.syntax", "", "byte 2");        // in a key
    refused_bytes("{\"a\":1}\0", 8, "doc.syntax", "", "");         // NUL, raw
    refused_bytes("{\"a\":\"\0\"}", 9, "doc.syntax", "/a", "");
    refused_bytes("\0{}", 3, "doc.syntax", "", "NUL");
}

static void a_key_stands_once(void **state)
{
    (void)state;
    refused("{\"a\":1,\"a\":1}", "doc.duplicate-key", "/a", "twice");
    refused("{\"x\":[{},\n{\"ab\":1,\"\\u0061b\":2}]}", "doc.duplicate-key",
        "/x/1/\\u0061b", "line 2");
    taken("{\"a\":{\"a\":1},\"b\":{\"a\":1}}");
}

static void numbers_have_one_form(void **state)
{
    (void)state;
    const char *good[] = {"0", "1", "-1", "10", "9223372036854775807",
        "-9223372036854775808", "0.5", "-0.5", "12.25", "0.00001", "123456789.012345"};
    const char *bad[] = {"-0", "00", "01", "-01", "1.0", "-0.0", "0.10", "1e3", "1E3",
        "1.5e1", "1e-1", "9223372036854775808", "-9223372036854775809",
        "99999999999999999999999", "0.1234567890123456", "1.", "-", "--1", "1-2", "1e",
        "0x10", "1.2.3", "1e999"};
    char text[64];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        (void)snprintf(text, sizeof text, "{\"n\":%s}", good[i]);
        taken(text);
        (void)snprintf(text, sizeof text, "{\"n\":[%s , %s]}", good[i], good[i]);
        taken(text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        (void)snprintf(text, sizeof text, "{\"n\":[0,%s]}", bad[i]);
        if (strcmp(bad[i], "0x10") == 0)
            refused(text, "doc.syntax", "/n/1", "");
        else
            refused(text, "doc.number", "/n/1", "byte 8");
    }
    taken("{\"n\":\"1e3 -0 01\"}"); // not a number
}

static void limits_come_before_parsing(void **state)
{
    (void)state;
    char text[2000];
    memset(text, '[', sizeof text);
    refused_bytes(text, 1001, "doc.size", "", "limit is 1000");
    memcpy(text, "{\"a\":", 5);
    refused_bytes(text, 500, "doc.depth", "/a/0/0/0/0/0/0/0", "8 levels");
    taken("{\"a\":[[[[[[[1]]]]]]]}");
    refused("{\"a\":[[[[[[[[1]]]]]]]]}", "doc.depth", "/a/0/0/0/0/0/0/0", "byte 12");
    taken("{\"a\":\"[[[[[[[[[[[[[[[[\"}");
    memset(text, ' ', 1000);
    memcpy(text, "{}", 2);
    value_t *root;
    refusal_t refusal;
    assert_int_equal(load(text, 1000, &root, &refusal), 0);
    value_free(&root);
}

static void many_values_are_refused_before_they_take_memory(void **state)
{
    (void)state;
    const document_limits_t wide = {1 << 20, 8};
    refusal_t refusal;
    value_t *root;
    buf_t text = {0};
    buf_put_text(&text, "{\"a\":[{}");
    for (int i = 0; i < DOCUMENT_VALUES_MAX; i++)
        buf_put_text(&text, ",{}");
    buf_put_text(&text, "]}");
    assert_int_equal(document_load(buf_span(&text), &wide, &root, &refusal), -1);
    assert_string_equal(refusal.code, "doc.size");
    buf_destroy(&text);
}

static const char sample[] =
    "{\"dabyl\":1,\"id\":\"019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01\",\"kind\":\"advisory\","
    "\"from\":\"nccis-1\",\"for\":\"nccis\",\"sent\":\"2026-11-22T09:41:07+05:00\","
    "\"status\":\"exercise\",\"marking\":\"TLP:AMBER+STRICT\",\"to\":[\"a\",\"b-2\"],"
    "\"re\":{\"author\":\"x\",\"id\":\"019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d02\"},"
    "\"body\":{\"n\":-12.5,\"a\":[{\"\\u04d9\":\"\\n\"}]}}";

// A cut document is never taken, and nothing is read behind its end.
static void every_cut_is_refused(void **state)
{
    (void)state;
    for (size_t size = 0; size < sizeof sample - 1; size++) {
        value_t *root;
        refusal_t refusal;
        assert_int_equal(load(sample, size, &root, &refusal), -1);
        assert_non_null(refusal.code);
    }
    taken(sample);
}

// Whatever one bit makes of it: taken or refused with a code, nothing else.
static void every_flipped_bit_is_survived(void **state)
{
    (void)state;
    char text[sizeof sample];
    for (size_t bit = 0; bit < 8 * (sizeof sample - 1); bit++) {
        value_t *root;
        refusal_t refusal;
        memcpy(text, sample, sizeof text);
        text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
        int result = load(text, sizeof sample - 1, &root, &refusal);
        assert_int_equal(result, refusal.code ? -1 : 0);
        if (result == 0) {
            document_t document;
            (void)document_open(&document, root, &refusal);
            document_close(&document);
        }
    }
}

static value_t *parse(const char *text)
{
    value_t *root;
    refusal_t refusal;
    assert_int_equal(load(text, strlen(text), &root, &refusal), 0);
    return root;
}

static void the_envelope_is_read(void **state)
{
    (void)state;
    document_t document;
    refusal_t refusal = {0};
    assert_int_equal(document_open(&document, parse(sample), &refusal), 0);
    assert_string_equal(document.id, "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01");
    assert_string_equal(document.kind, "advisory");
    assert_string_equal(document.from, "nccis-1");
    assert_string_equal(document.for_, "nccis");
    assert_true(document.sent_ms == INT64_C(1795322467000));
    assert_int_equal(document.status, STATUS_EXERCISE);
    assert_int_equal(document.marking, TLP_AMBER_STRICT);
    assert_string_equal(tlp_name(document.marking), "TLP:AMBER+STRICT");
    assert_int_equal(document.to_count, 2);
    assert_string_equal(document.to[1], "b-2");
    assert_string_equal(document.re.author, "x");
    assert_string_equal(document.incident.author, "");
    document_close(&document);
    document_close(&document);
}

// The sample with another value in a field; takes over `value`.
static value_t *changed(const char *field, json_t *value)
{
    json_t *root = json_loads(sample, 0, NULL);
    assert_int_equal(json_object_set_new(root, field, value), 0);
    return value_from(root);
}

// One field replaced: document_open must refuse it and name it.
static void what_cannot_be_read_is_refused(void **state)
{
    (void)state;
    const struct {
        const char *field, *value;
    } rows[] = {
        {"id", "\"\""},
        {"id", "7"},
        {"id", "\"019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01x\""},
        {"kind", "null"},
        {"from", "\"a23456789012345678901234567890123456789012345678901234567890abcd\""},
        {"for", "{}"},
        {"sent", "\"yesterday\""},
        {"sent", "5"},
        {"status", "\"Actual\""},
        {"marking", "\"TLP:WHITE\""},
        {"marking", "[]"},
        {"to", "\"a\""},
        {"to", "[\"a\",1]"},
        {"re", "{\"author\":\"x\"}"},
        {"re", "\"x\""},
        {"cancels", "{\"author\":\"x\",\"id\":\"\"}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char pointer[32];
        document_t document;
        refusal_t refusal = {0};
        value_t *root =
            changed(rows[i].field, json_loads(rows[i].value, JSON_DECODE_ANY, NULL));
        assert_int_equal(document_open(&document, root, &refusal), -1);
        (void)snprintf(pointer, sizeof pointer, "/%s", rows[i].field);
        assert_string_equal(refusal.code, "doc.schema");
        assert_string_equal(refusal.pointer, pointer);
        document_close(&document);
    }
}

static void too_many_addressees_are_refused(void **state)
{
    (void)state;
    document_t document;
    refusal_t refusal = {0};
    json_t *to = json_array();
    for (int i = 0; i <= DOCUMENT_TO_MAX; i++)
        json_array_append_new(to, json_string("a"));
    assert_int_equal(document_open(&document, changed("to", to), &refusal), -1);
    assert_string_equal(refusal.pointer, "/to");
    document_close(&document);
}

static void pointers_lead_to_values(void **state)
{
    (void)state;
    value_t *root = parse("{\"\":1,\"a/b\":2,\"m~n\":3,\"~1\":4,\"l\":[5,{\"k\":6}]}");
    const struct {
        const char *pointer;
        int value; // 0: nothing there
    } rows[] = {
        {"/", 1},
        {"/a~1b", 2},
        {"/m~0n", 3},
        {"/~01", 4},
        {"/l/0", 5},
        {"/l/1/k", 6},
        {"/l/2", 0},
        {"/l/00", 0},
        {"/l/-", 0},
        {"/l/", 0},
        {"/l/0/x", 0},
        {"/a/b", 0},
        {"/m~n", 0},
        {"/m~2n", 0},
        {"/m~", 0},
        {"l", 0},
        {"/l/18446744073709551616", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_int_equal(value_integer(value_at(root, rows[i].pointer)), rows[i].value);
    assert_ptr_equal(value_at(root, ""), root);
    value_free(&root);
}

static void a_declared_secret_is_seen(void **state)
{
    (void)state;
    const struct {
        const char *text;
        bool secret;
    } rows[] = {
        {"{}", false},
        {"{\"state_secret\":false}", false},
        {"{\"state_secret\":true}", true},
        {"{\"state_secret\":null}", true},
        {"{\"state_secret\":\"no\"}", true},
        {"{\"body\":{\"state_secret\":true}}", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        value_t *root = parse(rows[i].text);
        assert_int_equal(document_declares_secret(root), rows[i].secret);
        value_free(&root);
    }
}

// What goes to a terminal and into JSON must be a line of UTF-8.
static void refusals_are_clean_lines(void **state)
{
    (void)state;
    char text[900] = "{\"";
    value_t *root;
    refusal_t refusal;
    for (size_t i = 2; i < 802; i += 2)
        memcpy(text + i, "\xd3\x99", 2);
    memcpy(text + 802, "\":-0}", 6);
    assert_int_equal(load(text, strlen(text), &root, &refusal), -1);
    assert_string_equal(refusal.code, "doc.number");
    json_t *pointer = json_string(refusal.pointer); // NULL for what is not UTF-8
    assert_non_null(pointer);
    json_decref(pointer);
    refused("{\"\x1b[2J\":\"\x07\"}", "doc.syntax", "", "");
    refused("{\"\x7f\":01}", "doc.number", "/?", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_json_is_taken),
        cmocka_unit_test(only_an_object_is_a_document),
        cmocka_unit_test(characters_that_two_readers_see_differently),
        cmocka_unit_test(a_key_stands_once),
        cmocka_unit_test(numbers_have_one_form),
        cmocka_unit_test(limits_come_before_parsing),
        cmocka_unit_test(many_values_are_refused_before_they_take_memory),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(every_flipped_bit_is_survived),
        cmocka_unit_test(the_envelope_is_read),
        cmocka_unit_test(what_cannot_be_read_is_refused),
        cmocka_unit_test(too_many_addressees_are_refused),
        cmocka_unit_test(pointers_lead_to_values),
        cmocka_unit_test(a_declared_secret_is_seen),
        cmocka_unit_test(refusals_are_clean_lines),
    };
    return test_group(tests, NULL, NULL);
}
