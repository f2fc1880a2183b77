// Templates: valid once filled in, never sendable before.

#include "nodes/roles/template.h"

#include "lib/base/times.h"
#include "lib/json/schema.h"
#include "tests/lib/test.h"
#include "tests/lib/values.h"

// What a person would write at this field.
static const char *filling(const char *field)
{
    static const char *const by_field[][2] = {
        {"sector", "power-supply"},
        {"object", "obj-0417"},
        {"detected_at", "2026-11-22T11:39:30Z"},
        {"author", "isoc-energy"},
        {"id", "01933f2a-1234-7abc-8def-0123456789ab"},
    };
    for (size_t i = 0; i < sizeof by_field / sizeof *by_field; i++)
        if (strcmp(by_field[i][0], field) == 0)
            return by_field[i][1];
    return "written by a person";
}

static void fill(json_t *document, const char *pointer)
{
    char path[160];
    snprintf(path, sizeof path, "%s", pointer);
    json_t *holder = document;
    char *rest = path + 1, *slash;
    while ((slash = strchr(rest, '/'))) {
        *slash = '\0';
        holder = json_is_array(holder) ? json_array_get(holder, 0)
                                       : json_object_get(holder, rest);
        rest = slash + 1;
    }
    if (json_is_array(holder))
        json_array_set_new(holder, 0, json_string(filling("")));
    else
        json_object_set_new(holder, rest, json_string(filling(rest)));
}

// What the node adds.
static void complete(json_t *document)
{
    json_object_set_new(
        document, "id", json_string("01933f2a-1234-7abc-8def-0123456789ab"));
    json_object_set_new(document, "from", json_string("isoc-energy"));
    json_object_set_new(document, "sent", json_string("2026-11-22T11:39:30Z"));
    json_object_set_new(
        document, "nonce", json_string("00112233445566778899aabbccddeeff"));
}

static void filled_in_they_are_valid(void **state)
{
    (void)state;
    cause_t why;
    schemas_t *schemas = schemas_open("schemas", &why);
    if (!schemas)
        fail_msg("%s", why.text);
    for (const char *const *kind = template_kinds; *kind; kind++) {
        char pointer[160];
        refusal_t refusal = {0};
        json_t *document = template_new(*kind);
        assert_non_null(document);
        assert_true(template_leftover(document, pointer, sizeof pointer));
        for (int i = 0; template_leftover(document, pointer, sizeof pointer); i++) {
            assert_true(i < 50);
            fill(document, pointer);
        }
        complete(document);
        value_t *value = value_from(document);
        if (schemas_check(schemas, value, &refusal) != 0)
            fail_msg(
                "%s: %s at %s: %s", *kind, refusal.code, refusal.pointer, refusal.text);
        value_free(&value);
    }
    schemas_close(&schemas);
}

static void roles_have_their_kinds(void **state)
{
    (void)state;
    assert_true(template_for("incident.notice", "isoc"));
    assert_true(template_for("incident.notice", "owner"));
    assert_false(template_for("incident.notice", "national-security"));
    assert_false(template_for("advisory", "isoc"));
    assert_true(template_for("advisory", "nccis"));
    assert_false(template_for("no.kind", "nccis"));
    assert_null(template_new("no.kind"));
}

static void leftovers_are_found_anywhere(void **state)
{
    (void)state;
    static const struct {
        const char *text, *pointer;
    } cases[] = {
        {"{\"a\": \"FILL IN: x\"}", "/a"},
        {"{\"a\": {\"b\": [1, \"x\", \"FILL IN: x\"]}}", "/a/b/2"},
        {"{\"a\": \"please FILL IN: x\"}", NULL},
        {"{\"a\": {}, \"b\": [], \"c\": null}", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char pointer[160];
        json_t *root = json_loads(cases[i].text, 0, NULL);
        assert_int_equal(
            template_leftover(root, pointer, sizeof pointer), cases[i].pointer != NULL);
        if (cases[i].pointer)
            assert_string_equal(pointer, cases[i].pointer);
        json_decref(root);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(filled_in_they_are_valid),
        cmocka_unit_test(roles_have_their_kinds),
        cmocka_unit_test(leftovers_are_found_anywhere),
    };
    return test_group(tests, NULL, NULL);
}
