// compose: every kind of the plan can be written field by field, and what is typed is
// what is meant.

#include "nodes/writing/compose.h"

#include "lib/pki/cert.h"
#include "nodes/roles/placeholder.h"
#include "nodes/writing/guide.h"
#include "tests/lib/test.h"
#include "tests/lib/values.h"

enum { NOW = 1795348800 };

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

// Who writes this kind; NULL: the hub alone.
static const char *author_of(const char *kind)
{
    for (size_t i = 0; cert_roles[i]; i++)
        if (strcmp(cert_roles[i], "hub") != 0 && rules_permit(plan, kind, cert_roles[i]))
            return cert_roles[i];
    return NULL;
}

static const char *next_kind(size_t *i)
{
    const char *last = *i > 0 ? rules_at(plan, *i - 1)->kind : "";
    while (*i < rules_count(plan)) {
        const char *kind = rules_at(plan, (*i)++)->kind;
        if (strcmp(kind, last) != 0 && author_of(kind))
            return kind;
    }
    return NULL;
}

// As somebody would type it.
static void type(const json_t *value, char out[4096])
{
    if (json_is_object(value))
        (void)snprintf(out, 4096, "%s/%s",
            json_string_value(json_object_get(value, "author")),
            json_string_value(json_object_get(value, "id")));
    else if (json_is_string(value))
        (void)snprintf(out, 4096, "%s", json_string_value(value));
    else if (json_is_boolean(value))
        (void)snprintf(out, 4096, "%s", json_is_true(value) ? "yes" : "no");
    else
        (void)snprintf(out, 4096, "%lld", (long long)json_integer_value(value));
}

static void write_one(
    compose_t *compose, const blank_t *blank, long item, const json_t *value)
{
    cause_t why;
    char text[4096];
    type(value, text);
    if (compose_set(compose, blank, item, text, &why) != 0)
        fail_msg("%s: %s '%s': %s", compose->form->kind, blank->option, text, why.text);
}

// What stands in the example at this blank, typed.
static void write_blank(compose_t *compose, const blank_t *blank, const json_t *at,
    const char *pointer, long item)
{
    size_t i, length = strcspn(pointer + 1, "/");
    json_t *one;
    if (!at)
        return;
    if (!*pointer)
        write_one(compose, blank, item, at);
    else if (length == 1 && pointer[1] == '-')
        json_array_foreach(at, i, one)
            write_blank(compose, blank, one, pointer + 2, (long)i);
    else
        write_blank(compose, blank, json_object_getn(at, pointer + 1, length),
            pointer + 1 + length, item);
}

static void compare(const char *kind, json_t *example, const json_t *written)
{
    static const char *const added[] = {"id", "from", "sent", "nonce", "for"};
    for (size_t i = 0; i < 5; i++)
        (void)json_object_del(example, added[i]);
    if (json_equal(example, (json_t *)written))
        return;
    char *a = json_dumps(example, JSON_SORT_KEYS),
         *b = json_dumps(written, JSON_SORT_KEYS);
    fail_msg("%s:\n%s\n%s", kind, a, b);
}

static void examples_can_be_typed(void **state)
{
    (void)state;
    size_t i = 0, n = 0;
    const char *kind;
    while ((kind = next_kind(&i)) != NULL) {
        char path[200];
        form_t form;
        compose_t compose;
        refusal_t refusal;
        (void)snprintf(path, sizeof path, "schemas/examples/%s.json", kind);
        json_t *example = json_load_file(path, 0, NULL);
        assert_non_null(example);
        form_open(&form, plan, forms, kind, author_of(kind));
        compose_begin(&compose, &form, NULL, NOW * INT64_C(1000));
        for (size_t b = 0; b < form.n; b++)
            write_blank(&compose, &form.blank[b], example, form.blank[b].pointer, -1);
        (void)json_object_del(json_object_get(example, "body"), "carried");
        compare(kind, example, compose.document);
        if (compose_check(&compose, &refusal) != 0)
            fail_msg("%s: %s %s", kind, refusal.pointer, refusal.text);
        for (size_t b = 0; b < form.n; b++)
            if (form.blank[b].needed && !compose_has(&compose, &form.blank[b]))
                fail_msg("%s: the example lacks %s", kind, form.blank[b].option);
        compose_end(&compose);
        form_close(&form);
        json_decref(example);
        n++;
    }
    assert_true(n > 30);
}

// A document to fill in has a mark wherever something is needed, and goes nowhere so.
static void documents_to_fill_in_say_what_is_needed(void **state)
{
    (void)state;
    size_t i = 0;
    const char *kind;
    while ((kind = next_kind(&i)) != NULL) {
        form_t form;
        char pointer[200];
        form_open(&form, plan, forms, kind, author_of(kind));
        json_t *document = guide_template(&form, "ru");
        assert_true(placeholder_left(document, pointer, sizeof pointer));
        compose_t compose = {.form = &form, .document = document};
        for (size_t b = 0; b < form.n; b++)
            if (form.blank[b].needed && !compose_has(&compose, &form.blank[b]))
                fail_msg("%s: nothing to fill in for %s", kind, form.blank[b].option);
        json_decref(document);
        form_close(&form);
    }
}

// Each role is offered what it may send, and nothing else.
static void lists_are_those_of_the_rules(void **state)
{
    (void)state;
    for (size_t r = 0; cert_roles[r]; r++) {
        char *text = NULL;
        size_t size = 0, listed = 0, may = 0, i = 0;
        const char *kind;
        FILE *out = open_memstream(&text, &size);
        guide_list(plan, forms, cert_roles[r], true, out);
        (void)fclose(out);
        for (const char *c = text; *c; c++)
            listed += *c == '\n';
        while ((kind = next_kind(&i)) != NULL) {
            char quoted[100];
            (void)snprintf(quoted, sizeof quoted, "\"kind\":\"%s\"", kind);
            bool permitted = rules_permit(plan, kind, cert_roles[r]);
            may += permitted;
            if (strcmp(cert_roles[r], "hub") != 0 &&
                permitted != (strstr(text, quoted) != NULL))
                fail_msg("%s: the list and the rules differ on %s", cert_roles[r], kind);
        }
        if (strcmp(cert_roles[r], "hub") != 0)
            assert_int_equal(listed, may);
        free(text);
    }
}

static void what_is_typed_is_what_is_meant(void **state)
{
    (void)state;
    static const struct {
        const char *option, *text, *json; // NULL: it is refused
    } rows[] = {
        {"level", "4", "4"},
        {"level", "04", "4"},
        {"level", "6", NULL},
        {"level", "-1", NULL},
        {"level", "", NULL},
        {"level", "4x", NULL},
        {"level", "99999999999999999999", NULL},
        {"cross-border", "yes", "true"},
        {"cross-border", "да", "true"},
        {"cross-border", "иә", "true"},
        {"cross-border", "нет", "false"},
        {"cross-border", "жоқ", "false"},
        {"cross-border", "maybe", NULL},
        {"determination", "confirmed", "\"confirmed\""},
        {"determination", "2", "\"confirmed\""},
        {"determination", "0", NULL},
        {"determination", "6", NULL},
        {"detected-at", "now", "\"2026-11-22T12:00:00.000Z\""},
        {"detected-at", "қазір", "\"2026-11-22T12:00:00.000Z\""},
        {"detected-at", "-30 min", "\"2026-11-22T11:30:00.000Z\""},
        {"detected-at", "-2h", "\"2026-11-22T10:00:00.000Z\""},
        {"detected-at", "+1 d", "\"2026-11-23T12:00:00.000Z\""},
        {"detected-at", "2026-11-22T16:00:00+05:00", "\"2026-11-22T16:00:00+05:00\""},
        {"detected-at", "2026-11-22T16:00:00", NULL},
        {"detected-at", "2026-11-22", NULL},
        {"detected-at", "16:00", NULL},
        {"detected-at", "+", NULL},
        {"detected-at", "+2", NULL},
        {"detected-at", "+999999999999 d", NULL},
        {"summary-ru", "Да.", "\"Да.\""},
        {"summary-ru", "\xff", NULL},
        {"summary-ru", "", NULL},
        {"re", "nccis/019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01",
            "{\"author\":\"nccis\",\"id\":\"019abd3c-5c00-7a4e-9b6d-2f1c8e7a9d01\"}"},
        {"re", "nccis/7", NULL},
        {"re", "7", NULL}, // no node to look into
        {"to", "nccis", "[\"nccis\"]"},
        {"to", "NCCIS", NULL},
    };
    form_t form;
    form_open(&form, plan, forms, "incident.notice", "isoc");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cause_t why = {""};
        long item;
        compose_t compose;
        compose_begin(&compose, &form, NULL, NOW * INT64_C(1000));
        json_t *before = json_deep_copy(compose.document);
        const blank_t *blank = form_find(&form, rows[i].option, &item);
        assert_non_null(blank);
        int result = compose_set(&compose, blank, item, rows[i].text, &why);
        char *said = json_dumps(compose.document, JSON_COMPACT);
        if ((result == 0) != (rows[i].json != NULL) ||
            (result == 0 && !strstr(said, rows[i].json)))
            fail_msg("%s '%s': %s %s", rows[i].option, rows[i].text, said, why.text);
        if (result != 0)
            assert_true(why.text[0] && json_equal(before, compose.document));
        compose_clear(&compose, blank);
        assert_false(compose_has(&compose, blank));
        free(said);
        json_decref(before);
        compose_end(&compose);
    }
    form_close(&form);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_can_be_typed),
        cmocka_unit_test(documents_to_fill_in_say_what_is_needed),
        cmocka_unit_test(lists_are_those_of_the_rules),
        cmocka_unit_test(what_is_typed_is_what_is_meant),
    };
    return test_group(tests, set_up, tear_down);
}
