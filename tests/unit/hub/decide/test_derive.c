// derive: whose words the envelope of a derived message holds, and what it carries.

#include "hub/decide/derive.h"

#include "lib/base/times.h"
#include "tests/lib/test.h"

#define CAUSE_ID "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01"
#define DERIVED_ID "019abd3c-5c00-7b4e-9b6d-2f1c8e7a9d02"

static const char cause_text[] =
    "{\"dabyl\":1,\"id\":\"" CAUSE_ID "\",\"kind\":\"incident.notice\","
    "\"from\":\"isoc-a\",\"sent\":\"2026-11-22T09:41:07Z\",\"status\":\"actual\","
    "\"marking\":\"TLP:RED\",\"to\":[\"nccis\"],\"nonce\":"
    "\"8f2a1c7be09d4436a5d1f07c93be6e12\",\"summary\":{\"en\":\"Two substations.\"},"
    "\"body\":{\"level\":4,\"countries\":[\"KG\"]}}";

static document_t open_cause(const char *text)
{
    const document_limits_t limits = {1 << 20, 32};
    document_t document = {0};
    value_t *root;
    refusal_t refusal = {0};
    if (document_load(span_text(text), &limits, &root, &refusal) != 0 ||
        document_open(&document, root, &refusal) != 0)
        fail_msg("%s: %s", refusal.code, refusal.text);
    return document;
}

static const emit_t alert = {.kind = "security.alert"};

static derive_t derive_from(const document_t *cause)
{
    derive_t derive = {.emit = &alert,
        .from = "hub",
        .on_behalf = "nccis",
        .id = DERIVED_ID,
        .time_ms = INT64_C(1795347570123),
        .cause = cause};
    derive.incident = cause->incident;
    if (cause->incident.author[0] == 0) {
        memcpy(derive.incident.author, cause->from, sizeof derive.incident.author);
        memcpy(derive.incident.id, cause->id, sizeof derive.incident.id);
    }
    return derive;
}

// The message, read as anybody would.
static value_t *derived(const derive_t *derive)
{
    buf_t text = {0};
    derive_print(derive, &text);
    value_t *message = document_again(buf_span(&text));
    assert_non_null(message);
    buf_destroy(&text);
    return message;
}

static const char *text_at(const value_t *message, const char *pointer)
{
    const char *text = value_text(value_at(message, pointer));
    return text ? text : "(nothing)";
}

static void the_hub_speaks_for_another_about_the_cause(void **state)
{
    (void)state;
    document_t cause = open_cause(cause_text);
    derive_t derive = derive_from(&cause);
    value_t *message = derived(&derive);
    char sent[TIME_TEXT];
    time_print(derive.time_ms, sent);
    assert_int_equal(value_integer(value_at(message, "/dabyl")), 1);
    assert_string_equal(text_at(message, "/id"), DERIVED_ID);
    assert_string_equal(text_at(message, "/kind"), "security.alert");
    assert_string_equal(text_at(message, "/from"), "hub");
    assert_string_equal(text_at(message, "/for"), "nccis");
    assert_string_equal(text_at(message, "/sent"), sent); // when it was derived
    assert_string_equal(text_at(message, "/status"), "actual");
    assert_string_equal(text_at(message, "/marking"), "TLP:RED"); // no weaker
    assert_string_equal(text_at(message, "/to/0"), "nccis");
    assert_string_equal(text_at(message, "/summary/en"), "Two substations.");
    assert_string_equal(text_at(message, "/incident/author"), "isoc-a");
    assert_string_equal(text_at(message, "/incident/id"), CAUSE_ID);
    assert_string_equal(text_at(message, "/body/cause/author"), "isoc-a");
    assert_string_equal(text_at(message, "/body/cause/id"), CAUSE_ID);
    assert_null(value_at(message, "/body/carried"));
    assert_null(value_at(message, "/body/level")); // fields are the rule's business
    assert_null(value_at(message, "/exercise"));
    value_free(&message);
    document_close(&cause);
}

// Two alerts about one document must not be recognisable as such by their bytes.
static void the_nonce_is_its_own(void **state)
{
    (void)state;
    document_t cause = open_cause(cause_text);
    derive_t derive = derive_from(&cause);
    value_t *one = derived(&derive);
    value_t *two = derived(&derive);
    assert_int_equal(strlen(text_at(one, "/nonce")), 32);
    assert_string_not_equal(text_at(one, "/nonce"), text_at(two, "/nonce"));
    assert_string_not_equal(text_at(one, "/nonce"), text_at(cause.root, "/nonce"));
    value_free(&one);
    value_free(&two);
    document_close(&cause);
}

static void what_follows_an_incident_stays_with_it(void **state)
{
    (void)state;
    static const char follows[] =
        "{\"dabyl\":1,\"id\":\"" CAUSE_ID "\",\"kind\":\"incident.update\","
        "\"from\":\"owner-a\",\"sent\":\"2026-11-22T09:41:07Z\",\"status\":\"actual\","
        "\"marking\":\"TLP:AMBER\",\"nonce\":\"8f2a1c7be09d4436a5d1f07c93be6e12\","
        "\"incident\":{\"author\":\"isoc-b\",\"id\":\"" DERIVED_ID "\"},"
        "\"summary\":{\"en\":\"x\"},\"body\":{}}";
    document_t cause = open_cause(follows);
    derive_t derive = derive_from(&cause);
    value_t *message = derived(&derive);
    assert_string_equal(text_at(message, "/incident/author"), "isoc-b");
    assert_string_equal(text_at(message, "/incident/id"), DERIVED_ID);
    assert_string_equal(text_at(message, "/body/cause/author"), "owner-a");
    assert_string_equal(text_at(message, "/body/cause/id"), CAUSE_ID);
    assert_null(value_at(message, "/to"));
    value_free(&message);
    document_close(&cause);
}

static void decoded(const value_t *message, const char *pointer, span_t expected)
{
    buf_t bytes = {0};
    assert_true(base64_decode(span_text(text_at(message, pointer)), &bytes));
    assert_true(span_equal(buf_span(&bytes), expected));
    buf_destroy(&bytes);
}

static void the_carried_bytes_are_the_authors(void **state)
{
    (void)state;
    static const char seal[] = "dabyl-seal/v1\n...";
    document_t cause = open_cause(cause_text);
    const emit_t carries = {.kind = "security.alert", .carry = true};
    derive_t derive = derive_from(&cause);
    derive.emit = &carries;
    derive.cause_document = span_text(cause_text);
    derive.cause_seal = span_text(seal);
    value_t *message = derived(&derive);
    decoded(message, "/body/carried/document", derive.cause_document);
    decoded(message, "/body/carried/seal", derive.cause_seal);
    value_free(&message);
    document_close(&cause);
}

static void a_field_is_copied_or_left_out(void **state)
{
    (void)state;
    document_t cause = open_cause(cause_text);
    const emit_t copies = {.kind = "security.alert",
        .fields = 3,
        .field = {{"level", "/body/level"}, {"countries", "/body/countries"},
            {"sector", "/body/sector"}}};
    derive_t derive = derive_from(&cause);
    derive.emit = &copies;
    value_t *message = derived(&derive);
    assert_int_equal(value_integer(value_at(message, "/body/level")), 4);
    assert_string_equal(text_at(message, "/body/countries/0"), "KG");
    assert_null(value_at(message, "/body/sector"));
    value_free(&message);
    document_close(&cause);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hub_speaks_for_another_about_the_cause),
        cmocka_unit_test(the_nonce_is_its_own),
        cmocka_unit_test(what_follows_an_incident_stays_with_it),
        cmocka_unit_test(the_carried_bytes_are_the_authors),
        cmocka_unit_test(a_field_is_copied_or_left_out),
    };
    return test_group(tests, NULL, NULL);
}
