// wording: what a message says, in the words of our schemas, for people of three
// languages.

#include "nodes/inbox/wording.h"

#include "lib/base/file.h"
#include "tests/lib/test.h"

#include <stdlib.h>

enum { LABEL_MOST = 40 };

static schemas_t *schemas;

static int set_up(void **state)
{
    (void)state;
    cause_t why;
    schemas = schemas_open("schemas", &why);
    if (!schemas)
        fail_msg("%s", why.text);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    schemas_close(&schemas);
    return 0;
}

static char *printed;

static const char *print(const char *kind, const char *language, const json_t *message)
{
    size_t size = 0;
    free(printed);
    FILE *out = open_memstream(&printed, &size);
    assert_non_null(out);
    const wording_t wording = {schemas, kind, language};
    wording_print(&wording, message, out);
    fclose(out);
    return printed;
}

static void fields_and_values_have_words(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *json, *language, *says;
    } rows[] = {
        {"incident.notice", "{\"incident\": {\"author\": \"isoc\", \"id\": \"7\"}}", "ru",
            " инцидент: isoc/7\n"},
        {"incident.notice", "{\"marking\": \"TLP:RED\"}", "en",
            " marking: named recipients only (TLP:RED)\n"},
        {"incident.notice", "{\"body\": {\"level\": 4, \"sector\": \"banking\"}}", "ru",
            " содержание\n     уровень: 4\n     отрасль: банковская сфера\n"},
        {"incident.notice", "{\"body\": {\"sector\": \"banking\"}}", "kk",
            "банк саласы\n"},
        {"incident.notice", "{\"body\": {\"consequences\": [\"defence\", \"economy\"]}}",
            "en", "     may lead to: defence; the economy\n"},
        {"incident.notice", "{\"body\": {\"detected_at\": \"2026-11-22T11:39:30Z\"}}",
            "en", "when it was found: 2026-11-22 11:39:30 UTC\n"},
        {"incident.notice", "{\"body\": {\"cross_border\": false}}", "en",
            "side abroad: no\n"},
        {"incident.update", "{\"re\": {\"author\": \"isoc\", \"id\": \"7\"}}", "en",
            " in answer to: isoc/7\n"},
        {"incident.notice",
            "{\"body\": {\"indicators\": [{\"type\": \"ip\", \"value\": \"::1\"}]}}",
            "en",
            "     indicators:\n         kind of the indicator: ip, the indicator itself: "
            "::1\n"},
        {"of.another", "{\"a\": {\"b\": [null, 2.5, [], {}]}}", "en",
            " a\n     b: null; 2.5; []; {}\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *message = json_loads(rows[i].json, 0, NULL);
        assert_non_null(message);
        const char *text = print(rows[i].kind, rows[i].language, message);
        if (!strstr(text, rows[i].says))
            fail_msg("%s says '%s'", rows[i].json, text);
        json_decref(message);
    }
}

static void what_the_head_says_is_not_said_again(void **state)
{
    (void)state;
    json_t *message = json_pack("{s:i,s:s,s:s,s:s,s:s,s:s,s:s}", "dabyl", 1, "id", "7",
        "kind", "incident.notice", "from", "isoc", "for", "nccis", "nonce", "n0nce",
        "status", "test");
    assert_string_equal(print("incident.notice", "en", message),
        " status: a test: reaches nobody else\n");
    json_decref(message);
}

static void what_is_carried_has_its_own_head(void **state)
{
    (void)state;
    json_t *cause = json_pack("{s:i,s:s,s:s,s:s,s:s}", "dabyl", 1, "id", "7", "kind",
        "incident.notice", "from", "isoc", "nonce", "n0nce");
    char *document = json_dumps(cause, JSON_COMPACT);
    char base64[1024];
    assert_true(strlen(document) < 512);
    base64_encode(document, strlen(document), base64);
    json_t *message = json_pack("{s:{s:{s:s}}}", "body", "carried", "document", base64);
    const char *text = print("security.alert", "en", message);
    assert_non_null(strstr(text, " id: 7\n"));
    assert_non_null(strstr(text, " author: isoc\n"));
    assert_non_null(strstr(text, " kind: notice of an information security incident\n"));
    assert_null(strstr(text, "n0nce"));
    json_decref(message);
    json_decref(cause);
    free(document);
}

static void hostile_ones_are_printed_too(void **state)
{
    (void)state;
    char key[1000];
    memset(key, 'a', sizeof key - 1);
    key[sizeof key - 1] = 0;
    json_t *message = json_object();
    for (int i = 0; i < 40; i++) {
        json_t *outer = json_pack("{s:[o]}", i % 2 ? key : "body", message);
        message = json_pack("{s:o}", "carried", outer);
    }
    assert_non_null(strstr(print("incident.notice", "ru", message), "aaaa"));
    json_decref(message);
}

static void check_keys(const char *kind, const char *pointer, const json_t *object)
{
    const char *key;
    json_t *value;
    size_t i;
    json_array_foreach(object, i, value) check_keys(kind, pointer, value);
    json_object_foreach((json_t *)object, key, value)
    {
        char inner[300];
        (void)snprintf(inner, sizeof inner, "%s/%s", pointer, key);
        const char *en = schemas_words(schemas, kind, inner, "en");
        const char *ru = schemas_words(schemas, kind, inner, "ru");
        const char *kk = schemas_words(schemas, kind, inner, "kk");
        if (!ru || !kk || strcmp(ru, en) == 0 || strcmp(kk, en) == 0)
            fail_msg("%s%s has no words in schemas/words.json", kind, inner);
        const char *label = schemas_label(schemas, kind, inner, "en");
        if (strlen(label) > LABEL_MOST)
            fail_msg("%s%s: '%s' is long beside a value", kind, inner, label);
        check_keys(kind, inner, value);
    }
}

static void every_field_of_the_examples_has_words(void **state)
{
    (void)state;
    names_t names = {0};
    cause_t why;
    assert_int_equal(names_list(&names, "schemas/examples", ".json", &why), 0);
    assert_true(names.n > 40);
    for (size_t i = 0; i < names.n; i++) {
        char path[PATH_MAX];
        (void)snprintf(path, sizeof path, "schemas/examples/%s", names.name[i]);
        json_t *message = json_load_file(path, 0, NULL);
        assert_non_null(message);
        check_keys(json_string_value(json_object_get(message, "kind")), "", message);
        json_decref(message);
    }
    names_free(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_and_values_have_words),
        cmocka_unit_test(what_the_head_says_is_not_said_again),
        cmocka_unit_test(what_is_carried_has_its_own_head),
        cmocka_unit_test(hostile_ones_are_printed_too),
        cmocka_unit_test(every_field_of_the_examples_has_words),
    };
    int failed = test_group(tests, set_up, tear_down);
    free(printed);
    return failed;
}
