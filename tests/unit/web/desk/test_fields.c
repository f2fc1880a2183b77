// A message field by field: names in three languages, values as they are, and what no
// schema knows.

#include "web/desk/fields.h"

#include "tests/lib/test.h"

static schemas_t *schemas;

static int set_up(void **state)
{
    cause_t why;
    (void)state;
    schemas = schemas_open("schemas", &why);
    return schemas ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    schemas_close(&schemas);
    return 0;
}

static const json_t *field(const json_t *fields, const char *pointer)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)fields, i,
        one) if (strcmp(json_string_value(json_object_get(one, "pointer")), pointer) ==
                 0) return one;
    fail_msg("there is no %s", pointer);
    return NULL;
}

static json_t *fields_of(const schemas_t *by, const char *text)
{
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    json_t *fields = fields_json(by, root);
    json_decref(root);
    return fields;
}

#define NOTICE                                                                           \
    "{\"kind\": \"incident.notice\", \"marking\": \"TLP:AMBER\", \"summary\": {\"en\": " \
    "\"a\\u202eb\"}, \"body\": {\"level\": 4, \"sector\": \"banking\", \"countries\": "  \
    "[\"KG\", \"UZ\"], \"cross_border\": true, \"a/b~c\": null, \"carried\": "           \
    "{\"document\": \"e30=\"}}}"

static void names_are_said_in_three_languages(void **state)
{
    (void)state;
    json_t *fields = fields_of(schemas, NOTICE);
    const json_t *level = field(fields, "/body/level");
    const char *const languages[] = {"kk", "ru", "en"};
    for (size_t i = 0; i < 3; i++)
        assert_non_null(json_object_get(json_object_get(level, "words"), languages[i]));
    assert_int_equal(json_integer_value(json_object_get(level, "value")), 4);
    // An item of a list has the name of the list's items.
    assert_true(json_equal(json_object_get(field(fields, "/body/countries/0"), "words"),
        json_object_get(field(fields, "/body/countries/1"), "words")));
    assert_string_equal(
        json_string_value(json_object_get(field(fields, "/body/countries/1"), "value")),
        "UZ");
    json_decref(fields);
}

static void values_are_said_and_stay_what_they_are(void **state)
{
    (void)state;
    json_t *fields = fields_of(schemas, NOTICE);
    const json_t *sector = field(fields, "/body/sector");
    assert_string_equal(json_string_value(json_object_get(sector, "value")), "banking");
    assert_true(json_is_string(json_object_get(json_object_get(sector, "said"), "ru")));
    const json_t *summary = field(fields, "/summary/en");
    assert_string_equal(json_string_value(json_object_get(summary, "value")), "a\u202eb");
    assert_true(json_is_null(json_object_get(summary, "said")));
    assert_true(
        json_is_true(json_object_get(field(fields, "/body/cross_border"), "value")));
    json_decref(fields);
}

static void odd_names_are_pointers_and_what_is_carried_is_not_there(void **state)
{
    (void)state;
    json_t *fields = fields_of(schemas, NOTICE);
    assert_true(json_is_null(json_object_get(field(fields, "/body/a~1b~0c"), "value")));
    size_t i;
    json_t *one;
    json_array_foreach(fields, i, one) assert_null(
        strstr(json_string_value(json_object_get(one, "pointer")), "carried"));
    json_decref(fields);
}

static void without_a_law_fields_have_no_names(void **state)
{
    (void)state;
    static const char *const odd[] = {NOTICE, "{}", "{\"kind\": 5, \"body\": [[1]]}",
        "{\"kind\": \"no.such.kind\", \"x\": 1}"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        json_t *fields = fields_of(i ? schemas : NULL, odd[i]);
        size_t k;
        json_t *one;
        json_array_foreach(fields, k, one) assert_non_null(json_object_get(one, "value"));
        if (i == 0)
            assert_true(
                json_is_null(json_object_get(field(fields, "/body/level"), "words")));
        json_decref(fields);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_said_in_three_languages),
        cmocka_unit_test(values_are_said_and_stay_what_they_are),
        cmocka_unit_test(odd_names_are_pointers_and_what_is_carried_is_not_there),
        cmocka_unit_test(without_a_law_fields_have_no_names),
    };
    return test_group(tests, set_up, tear_down);
}
