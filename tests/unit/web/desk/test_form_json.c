// Forms as pages get them: by the plan's rules and schemas, for each role.

#include "web/desk/form_json.h"

#include "tests/lib/test.h"
#include "web/desk/call.h"

static rules_t *plan;
static schemas_t *forms;

static int set_up(void **state)
{
    (void)state;
    cause_t why;
    plan = rules_open("hub/etc/plan.rules", &why);
    forms = schemas_open("schemas", &why);
    if (!plan || !forms)
        fail_msg("%s", why.text);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    rules_close(&plan);
    schemas_close(&forms);
    return 0;
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static json_t *find(const json_t *list, const char *key, const char *value)
{
    size_t i;
    json_t *item;
    json_array_foreach(
        list, i, item) if (strcmp(text_of(item, key), value) == 0) return item;
    return NULL;
}

static void kinds_are_those_of_the_role(void **state)
{
    (void)state;
    json_t *kinds = form_json_kinds(plan, forms, "isoc");
    json_t *notice = find(kinds, "kind", "incident.notice");
    assert_non_null(notice);
    assert_string_equal(text_of(json_object_get(notice, "title"), "context"), "kind");
    assert_string_equal(text_of(json_object_get(notice, "title"), "text"),
        "notice of an information security incident");
    assert_string_equal(text_of(notice, "cites"), "488:8.3, 8.5, 10");
    assert_false(json_is_true(json_object_get(notice, "default")));
    assert_true(json_is_null(json_object_get(notice, "seals")));
    assert_true(json_is_true(json_object_get(notice, "call")));
    assert_null(find(kinds, "kind", "headquarters.directive"));
    assert_null(find(kinds, "kind", "security.alert"));
    json_decref(kinds);
    kinds = form_json_kinds(plan, forms, "headquarters");
    const json_t *directive = find(kinds, "kind", "headquarters.directive");
    assert_true(json_is_object(json_object_get(directive, "seals")));
    assert_false(json_is_true(json_object_get(directive, "call")));
    json_decref(kinds);
}

static json_t *form_of(const char *kind, const char *role)
{
    form_t form;
    form_open(&form, plan, forms, kind, role);
    json_t *json = form_json(&form);
    form_close(&form);
    assert_non_null(json);
    return json;
}

static void blanks_say_what_may_stand_there(void **state)
{
    (void)state;
    json_t *form = form_of("incident.notice", "isoc");
    const json_t *blanks = json_object_get(form, "blanks");
    json_t *level = find(blanks, "pointer", "/body/level");
    assert_string_equal(text_of(level, "type"), "number");
    assert_int_equal(json_integer_value(json_object_get(level, "maximum")), 5);
    assert_true(json_is_true(json_object_get(level, "needed")));
    json_t *sector = find(blanks, "pointer", "/body/sector");
    json_t *banking = find(json_object_get(sector, "among"), "value", "banking");
    assert_true(text_of(json_object_get(banking, "words"), "kk")[0]);
    assert_true(text_of(json_object_get(sector, "words"), "ru")[0]);
    assert_true(
        json_is_true(json_object_get(find(blanks, "pointer", "/summary/kk"), "tongue")));
    assert_string_equal(
        text_of(find(blanks, "pointer", "/body/detected_at"), "type"), "moment");
    assert_int_equal(json_integer_value(json_object_get(
                         find(blanks, "pointer", "/body/description"), "length")),
        20000);
    assert_true(json_is_true(json_object_get(form, "may")));
    json_decref(form);
    form = form_of("plan.submission", "owner");
    assert_string_equal(
        text_of(find(json_object_get(form, "blanks"), "pointer", "/body/approved_on"),
            "type"),
        "date");
    json_decref(form);
}

// What several blanks lie in has words, too.
static void parts_have_words(void **state)
{
    (void)state;
    json_t *form = form_of("incident.notice", "isoc");
    const json_t *parts = json_object_get(form, "parts");
    const json_t *reported = find(parts, "pointer", "/body/reported");
    assert_string_equal(
        text_of(json_object_get(reported, "words"), "en"), "how it became known");
    assert_true(text_of(json_object_get(reported, "words"), "kk")[0]);
    assert_non_null(find(parts, "pointer", "/body/indicators"));
    assert_null(find(parts, "pointer", "/body/indicators/-"));
    assert_null(find(parts, "pointer", "/body/measures")); // a blank itself
    assert_null(find(parts, "pointer", ""));
    json_decref(form);
}

// A person chooses a file; name, size and digest are the program's matter.
static void a_file_is_one_blank(void **state)
{
    (void)state;
    json_t *form = form_of("plan.submission", "owner");
    const json_t *blanks = json_object_get(form, "blanks");
    assert_string_equal(text_of(find(blanks, "pointer", "/body/file"), "type"), "file");
    assert_null(find(blanks, "pointer", "/body/file/name"));
    assert_null(find(blanks, "pointer", "/body/file/sha256"));
    json_decref(form);
    form = form_of("trace.manifest", "isoc");
    assert_string_equal(
        text_of(find(json_object_get(form, "blanks"), "pointer", "/body/traces/-/file"),
            "type"),
        "file");
    json_decref(form);
}

static void every_kind_has_a_form(void **state)
{
    (void)state;
    size_t i, k;
    json_t *kind, *blank;
    for (size_t r = 0; cert_roles[r]; r++) {
        json_t *kinds = form_json_kinds(plan, forms, cert_roles[r]);
        json_array_foreach(kinds, i, kind)
        {
            json_t *form = form_of(text_of(kind, "kind"), cert_roles[r]);
            assert_true(json_is_true(json_object_get(form, "may")));
            assert_true(json_array_size(json_object_get(form, "blanks")) > 3);
            json_array_foreach(json_object_get(form, "blanks"), k, blank)
            {
                const json_t *words = json_object_get(blank, "words");
                if (!text_of(words, "kk")[0] || !text_of(words, "ru")[0] ||
                    !text_of(words, "en")[0])
                    fail_msg("%s %s", text_of(kind, "kind"), text_of(blank, "pointer"));
            }
            json_decref(form);
        }
        json_decref(kinds);
    }
}

// What the node adds, and what only the hub says.
static bool is_left_out(const char *pointer)
{
    static const char *const names[] = {
        "/dabyl", "/id", "/kind", "/from", "/sent", "/nonce", "/for", NULL};
    for (size_t i = 0; names[i]; i++)
        if (strcmp(pointer, names[i]) == 0)
            return true;
    return strncmp(pointer, "/body/carried/", 14) == 0;
}

static void assert_blank(const json_t *blanks, const char *kind, const char *pointer)
{
    size_t i;
    json_t *blank;
    json_array_foreach(blanks, i, blank)
    {
        const char *there = text_of(blank, "pointer"), *type = text_of(blank, "type");
        size_t length = strlen(there);
        bool whole = strcmp(type, "file") == 0 || strcmp(type, "reference") == 0;
        if (strcmp(there, pointer) == 0 ||
            (whole && strncmp(there, pointer, length) == 0 && pointer[length] == '/'))
            return;
    }
    if (!is_left_out(pointer))
        fail_msg("%s: nobody can write %s", kind, pointer);
}

static void assert_blanks(
    const json_t *blanks, const char *kind, const char *pointer, const json_t *value)
{
    char inside[256];
    const char *key;
    size_t i;
    json_t *member;
    if (!json_is_object(value) && !json_is_array(value))
        assert_blank(blanks, kind, pointer);
    json_object_foreach((json_t *)value, key, member)
    {
        (void)snprintf(inside, sizeof inside, "%s/%s", pointer, key);
        assert_blanks(blanks, kind, inside, member);
    }
    (void)snprintf(inside, sizeof inside, "%s/-", pointer);
    json_array_foreach(value, i, member) assert_blanks(blanks, kind, inside, member);
}

// Whatever an example says can be written in a browser.
static void every_example_can_be_written(void **state)
{
    (void)state;
    char path[256];
    size_t written = 0;
    for (size_t i = 0; i < rules_count(plan); i++) {
        const char *kind = rules_at(plan, i)->kind, *role = NULL;
        if (i > 0 && strcmp(kind, rules_at(plan, i - 1)->kind) == 0)
            continue;
        for (size_t r = 0; cert_roles[r] && !role; r++)
            if (strcmp(cert_roles[r], "hub") != 0 &&
                rules_permit(plan, kind, cert_roles[r]))
                role = cert_roles[r];
        if (!role)
            continue;
        (void)snprintf(path, sizeof path, "schemas/examples/%s.json", kind);
        json_t *example = json_load_file(path, 0, NULL), *form = form_of(kind, role);
        assert_non_null(example);
        assert_blanks(json_object_get(form, "blanks"), kind, "", example);
        json_decref(example);
        json_decref(form);
        written++;
    }
    assert_true(written > 30);
}

static json_t *call_for(const char *role, json_t **document)
{
    form_t form;
    compose_t compose;
    const char *kind = call_kind(plan, forms, role);
    assert_string_equal(kind ? kind : "", "incident.notice");
    form_open(&form, plan, forms, kind, role);
    compose_begin(&compose, &form, NULL, 1795348800000);
    call_begin(&compose);
    *document = json_incref(compose.document);
    json_t *questions = call_questions(&form);
    compose_end(&compose);
    form_close(&form);
    return questions;
}

static void a_call_is_asked_in_order(void **state)
{
    (void)state;
    json_t *document, *questions = call_for("nccis", &document);
    const json_t *reported =
        json_object_get(json_object_get(document, "body"), "reported");
    assert_string_equal(text_of(reported, "channel"), "call-centre-1400");
    assert_string_equal(text_of(reported, "reported_at"), "2026-11-22T12:00:00.000Z");
    const json_t *first = json_array_get(questions, 0);
    assert_string_equal(
        json_string_value(json_array_get(json_object_get(first, "pointers"), 0)),
        "/body/reported/name");
    assert_string_equal(text_of(json_object_get(first, "ask"), "text"),
        "Who is calling, and at which number can we call back?");
    assert_int_equal(json_array_size(questions), 12);
    json_decref(document);
    json_decref(questions);
    // The call centre is not theirs.
    questions = call_for("isoc", &document);
    reported = json_object_get(json_object_get(document, "body"), "reported");
    assert_string_equal(text_of(reported, "channel"), "telephone");
    json_decref(document);
    json_decref(questions);
    assert_null(call_kind(plan, forms, "prosecutor"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_are_those_of_the_role),
        cmocka_unit_test(blanks_say_what_may_stand_there),
        cmocka_unit_test(parts_have_words),
        cmocka_unit_test(a_file_is_one_blank),
        cmocka_unit_test(every_kind_has_a_form),
        cmocka_unit_test(every_example_can_be_written),
        cmocka_unit_test(a_call_is_asked_in_order),
    };
    return test_group(tests, set_up, tear_down);
}
