// What a message that is begun takes over from the one that it is about.

#include "nodes/writing/basis.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#define OURS "01933f2a-1234-7abc-8def-0123456789ab"
#define THEIRS "01933f2a-1234-7abc-8def-0123456789ac"
#define ABSENT "01933f2a-1234-7abc-8def-0123456789ad"
#define ENVELOPE                                                                         \
    "\"dabyl\": 1, \"sent\": \"2026-11-22T11:39:30Z\", \"nonce\": "                      \
    "\"00112233445566778899aabbccddeeff\", "

static const char NOTICE[] =
    "{" ENVELOPE "\"id\": \"" OURS "\", \"from\": \"isoc-energy\", \"kind\": "
    "\"incident.notice\", \"status\": \"exercise\", \"exercise\": \"north\", "
    "\"marking\": "
    "\"TLP:RED\", \"to\": [\"nccis\"], \"summary\": {\"en\": \"Stopped.\"}, \"body\": "
    "{\"level\": 4, \"determination\": \"confirmed\", \"sector\": \"banking\", "
    "\"description\": \"Long.\"}}";
static const char REQUEST[] =
    "{" ENVELOPE "\"id\": \"" THEIRS "\", \"from\": \"nccis\", \"kind\": "
    "\"information.request\", \"status\": \"actual\", \"marking\": \"TLP:RED\", \"to\": "
    "[\"isoc-energy\"], \"incident\": {\"author\": \"isoc-energy\", \"id\": \"" OURS
    "\"}, \"summary\": {\"en\": \"What?\"}, \"body\": {\"question\": \"What?\"}}";

static scratch_t node;
static rules_t *plan;
static schemas_t *forms;
static form_t form;
static compose_t compose;

static void put(const char *name, const char *text)
{
    cause_t why;
    assert_int_equal(
        file_replace(scratch_at(&node, name), span_text(text), 0600, &why), 0);
}

static int set_up(void **state)
{
    (void)state;
    cause_t why;
    static const char *const folders[] = {"inbox", "sent", "carried"};
    scratch_open(&node);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(folder_make(scratch_at(&node, folders[i]), 0700, &why), 0);
    put("sent/" OURS ".json", NOTICE);
    put("inbox/000000000001-" THEIRS ".json", REQUEST);
    plan = rules_open("hub/etc/plan.rules", &why);
    forms = schemas_open("schemas", &why);
    assert_true(plan && forms);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_close(&node);
    rules_close(&plan);
    schemas_close(&forms);
    return 0;
}

static reference_t named(const char *author, const char *id)
{
    reference_t name = {{0}, {0}};
    (void)snprintf(name.author, sizeof name.author, "%s", author);
    (void)snprintf(name.id, sizeof name.id, "%s", id);
    return name;
}

static basis_result_t begin(const char *kind, const basis_t *basis, refusal_t *refusal)
{
    form_open(&form, plan, forms, kind, "isoc");
    compose_begin(&compose, &form, node.path, 1795348800000);
    basis_result_t result = basis_begin(&compose, basis, "isoc-energy", refusal);
    compose_usual(&compose);
    return result;
}

static void end(void)
{
    compose_end(&compose);
    form_close(&form);
}

static void assert_says(const char *expected)
{
    json_t *wanted = json_loads(expected, 0, NULL);
    assert_non_null(wanted);
    if (!json_equal(wanted, compose.document))
        fail_msg("%s", json_dumps(compose.document, JSON_INDENT(1)));
    json_decref(wanted);
}

static void a_correction_begins_as_the_original(void **state)
{
    (void)state;
    refusal_t refusal;
    basis_t basis = {.supersedes = named("isoc-energy", OURS)};
    assert_int_equal(begin("incident.notice", &basis, &refusal), BASIS_BEGUN);
    assert_says(
        "{\"dabyl\": 1, \"kind\": \"incident.notice\", \"supersedes\": {\"author\": "
        "\"isoc-energy\", \"id\": \"" OURS "\"}, \"status\": \"exercise\", "
        "\"exercise\": \"north\", \"marking\": \"TLP:RED\", \"to\": [\"nccis\"], "
        "\"summary\": {\"en\": \"Stopped.\"}, \"body\": {\"level\": 4, "
        "\"determination\": \"confirmed\", \"sector\": \"banking\", "
        "\"description\": \"Long.\"}}");
    assert_int_equal(compose_check(&compose, &refusal), 0);
    end();
}

// The least that the schema wants; why it is taken back, its author writes.
static void a_withdrawal_begins_with_the_least(void **state)
{
    (void)state;
    refusal_t refusal;
    basis_t basis = {.cancels = named("isoc-energy", OURS)};
    assert_int_equal(begin("incident.notice", &basis, &refusal), BASIS_BEGUN);
    assert_says("{\"dabyl\": 1, \"kind\": \"incident.notice\", \"cancels\": {\"author\": "
                "\"isoc-energy\", \"id\": \"" OURS "\"}, \"status\": \"exercise\", "
                "\"exercise\": \"north\", \"marking\": \"TLP:RED\", \"to\": [\"nccis\"], "
                "\"body\": {\"level\": 4, \"determination\": \"confirmed\", \"sector\": "
                "\"banking\"}}");
    assert_int_not_equal(compose_check(&compose, &refusal), 0);
    assert_string_equal(refusal.pointer, "/summary");
    end();
}

static void assert_no(
    const char *kind, const basis_t *basis, basis_result_t wanted, const char *code)
{
    refusal_t refusal;
    assert_int_equal(begin(kind, basis, &refusal), wanted);
    if (code)
        assert_string_equal(refusal.code, code);
    end();
}

static void only_ones_own_of_the_same_kind(void **state)
{
    (void)state;
    const basis_t theirs = {.supersedes = named("nccis", THEIRS)};
    const basis_t claimed = {.cancels = named("isoc-energy", THEIRS)};
    const basis_t absent = {.cancels = named("isoc-energy", ABSENT)};
    const basis_t both = {
        .cancels = named("isoc-energy", OURS), .supersedes = named("isoc-energy", OURS)};
    const basis_t notice = {.supersedes = named("isoc-energy", OURS)};
    assert_no("information.request", &theirs, BASIS_REFUSED, "withdrawal.author");
    assert_no("information.request", &claimed, BASIS_ABSENT, NULL);
    assert_no("incident.notice", &absent, BASIS_ABSENT, NULL);
    assert_no("incident.notice", &both, BASIS_REFUSED, "withdrawal.both");
    assert_no("incident.update", &notice, BASIS_REFUSED, "withdrawal.kind");
}

// Only whom it names may have a TLP:RED message, so the answer names who asked.
static void an_answer_is_in_the_thread(void **state)
{
    (void)state;
    refusal_t refusal;
    basis_t basis = {.re = named("nccis", THEIRS)};
    assert_int_equal(begin("information.reply", &basis, &refusal), BASIS_BEGUN);
    assert_says(
        "{\"dabyl\": 1, \"kind\": \"information.reply\", \"re\": {\"author\": "
        "\"nccis\", \"id\": \"" THEIRS "\"}, \"status\": \"actual\", \"marking\": "
        "\"TLP:RED\", \"to\": [\"nccis\"], \"incident\": {\"author\": "
        "\"isoc-energy\", \"id\": \"" OURS "\"}, \"body\": {}}");
    end();
}

// News of an incident of an exercise are of that exercise.
static void news_are_as_real_as_the_incident(void **state)
{
    (void)state;
    refusal_t refusal;
    basis_t basis = {.incident = named("isoc-energy", OURS)};
    assert_int_equal(begin("incident.update", &basis, &refusal), BASIS_BEGUN);
    assert_says(
        "{\"dabyl\": 1, \"kind\": \"incident.update\", \"incident\": {\"author\": "
        "\"isoc-energy\", \"id\": \"" OURS "\"}, \"status\": \"exercise\", "
        "\"exercise\": \"north\", \"marking\": \"TLP:RED\", \"body\": {}}");
    end();
    // What begins a thread is in none.
    assert_int_equal(begin("incident.notice", &basis, &refusal), BASIS_BEGUN);
    assert_null(json_object_get(compose.document, "incident"));
    end();
    // One of that id is here, but its author is another.
    basis.incident = named("isoc-bank", OURS);
    assert_int_equal(begin("incident.update", &basis, &refusal), BASIS_BEGUN);
    assert_null(json_object_get(compose.document, "exercise"));
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_correction_begins_as_the_original),
        cmocka_unit_test(a_withdrawal_begins_with_the_least),
        cmocka_unit_test(only_ones_own_of_the_same_kind),
        cmocka_unit_test(an_answer_is_in_the_thread),
        cmocka_unit_test(news_are_as_real_as_the_incident),
    };
    return test_group(tests, set_up, tear_down);
}
