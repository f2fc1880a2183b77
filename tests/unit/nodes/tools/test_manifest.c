// The manifest of hashed files: one that its schema accepts, whatever the files are
// called.

#include "nodes/tools/manifest.h"

#include "lib/base/memory.h"
#include "lib/json/schema.h"
#include "tests/lib/test.h"
#include "tests/lib/values.h"

#define HEX16 "0123456789abcdef"
#define DIGEST HEX16 HEX16 HEX16 HEX16

static const manifest_t said = {.author = "isoc-energy",
    .incident = "019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01",
    .to = "nccis",
    .holder = "owner-grid",
    .officer = "A. Serikova",
    .marking = "TLP:AMBER+STRICT",
    .lang = "en"};

static json_t *make(const manifest_t *manifest, const char *path, cause_t *why)
{
    trace_t trace = {memory_text(path), {7, DIGEST, INT64_C(1795348800000)}};
    traces_t traces = {.n = 1, .room = 1, .trace = &trace};
    json_t *document = manifest_new(manifest, "/nonexistent", &traces, why);
    free(trace.path);
    return document;
}

// What the node adds.
static void complete(json_t *document)
{
    json_t *rest =
        json_pack("{s:s, s:s, s:s, s:s}", "id", "019abd5f-4b2e-769d-982b-5e8fc0d64421",
            "from", "owner-grid", "sent", "2026-11-22T12:30:00Z", "nonce", HEX16 HEX16);
    assert_int_equal(json_object_update(document, rest), 0);
    json_decref(rest);
}

static const char *file_field(const json_t *document, const char *field)
{
    const json_t *traces = json_object_get(json_object_get(document, "body"), "traces");
    const json_t *trace = json_array_get(traces, 0);
    const json_t *own = json_object_get(trace, field);
    return json_string_value(
        own ? own : json_object_get(json_object_get(trace, "file"), field));
}

static void every_name_becomes_a_safe_one(void **state)
{
    (void)state;
    char text[400], name[300];
    static const struct {
        const char *path, *name;
    } rows[] = {{"/srv/a.log", "a.log"}, {"/srv/.bash_history", "_bash_history"},
        {"/srv/..x", "_.x"}, {"/srv/a\\b", "a_b"}, {"/srv/журнал 1", "журнал 1"}};
    cause_t why;
    schemas_t *schemas = schemas_open("schemas", &why);
    assert_non_null(schemas);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *document = make(&said, rows[i].path, &why);
        refusal_t refusal = {0};
        complete(document);
        value_t *value = value_from(json_incref(document));
        if (schemas_check(schemas, value, &refusal) != 0)
            fail_msg("%s: %s %s", rows[i].path, refusal.pointer, refusal.text);
        value_free(&value);
        assert_string_equal(file_field(document, "name"), rows[i].name);
        assert_string_equal(file_field(document, "path"), rows[i].path);
        json_decref(document);
    }
    // a long one is cut between characters
    memset(name, 'x', 199);
    (void)snprintf(name + 199, sizeof name - 199, "жж");
    (void)snprintf(text, sizeof text, "/srv/%s", name);
    json_t *document = make(&said, text, &why);
    assert_int_equal(strlen(file_field(document, "name")), 199);
    json_decref(document);
    schemas_close(&schemas);
}

static void paths_may_be_seen_from_a_folder(void **state)
{
    (void)state;
    manifest_t manifest = said;
    cause_t why;
    static const struct {
        const char *base, *path, *seen;
    } rows[] = {{"/srv", "/srv/case/a", "case/a"},
        {"/srv/ca", "/srv/case/a", "/srv/case/a"},
        {"/srv/case/a", "/srv/case/a", "/srv/case/a"}, {NULL, "/srv/a", "/srv/a"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        manifest.base = rows[i].base;
        json_t *document = make(&manifest, rows[i].path, &why);
        assert_string_equal(file_field(document, "path"), rows[i].seen);
        json_decref(document);
    }
}

static void what_is_no_text_is_refused(void **state)
{
    (void)state;
    cause_t why = {""};
    manifest_t manifest = said;
    manifest.officer = "\xff";
    assert_null(make(&manifest, "/srv/a", &why));
    assert_string_equal(why.text, "what was given is not UTF-8 text");
    manifest = said;
    manifest.to = "\xff";
    assert_null(make(&manifest, "/srv/a", &why));
    manifest = said;
    manifest.author = NULL; // then the node must have it
    assert_null(make(&manifest, "/srv/a", &why));
    manifest = said;
    manifest.left_out = span_text("/srv/pipe: it is no regular file\n");
    json_t *document = make(&manifest, "/srv/a", &why);
    assert_non_null(strstr(json_string_value(json_object_get(
                               json_object_get(document, "body"), "description")),
        "/srv/pipe"));
    json_decref(document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_becomes_a_safe_one),
        cmocka_unit_test(paths_may_be_seen_from_a_folder),
        cmocka_unit_test(what_is_no_text_is_refused),
    };
    return test_group(tests, NULL, NULL);
}
