// registry: who serves whom, and what a wrong file is told, word for word.

#include "lib/lawcheck/registry.h"

#include "lib/base/file.h"
#include "tests/lib/data.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

static scratch_t scratch;

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

static registry_t *load(const char *text, cause_t *why)
{
    cause_t writing;
    const char *path = scratch_at(&scratch, "registry.conf");
    assert_int_equal(file_replace(path, span_text(text), 0600, &writing), 0);
    return registry_open(path, why);
}

#define ORG(code)                                                                        \
    "{ code = \"" code "\"; name = { kk = \"a\"; ru = \"b\"; en = \"c\"; }; }"
#define ORGS "organisations = ( " ORG("A") ", " ORG("B") ", " ORG("S") " );\n"

static void objects_and_organisations_are_found(void **state)
{
    (void)state;
    registry_t *registry = data_registry("objects.conf");
    assert_int_equal(registry_objects(registry), 3);
    const object_t *object = registry_object(registry, "o1");
    assert_non_null(object);
    assert_string_equal(object->id, "o1");
    assert_string_equal(object->sector, "banking");
    assert_string_equal(object->owner, "A");
    assert_string_equal(object->isoc, "S");
    assert_true(object->in_scope);
    assert_string_equal(registry_object(registry, "o2")->isoc, "");
    assert_false(registry_object(registry, "O.3_x-y")->in_scope);
    assert_null(registry_object(registry, "o"));
    assert_null(registry_object(registry, "o11"));
    assert_null(registry_object(registry, "O1"));
    assert_null(registry_object(registry, ""));
    assert_true(registry_served(registry, "A"));
    assert_false(registry_served(registry, "B"));
    assert_false(registry_served(registry, "S"));
    assert_false(registry_served(registry, "nobody"));
    registry_close(&registry);
    assert_null(registry);
    registry_close(&registry);
}

static void many_objects_are_found_and_no_others(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    cause_t why = {""};
    buf_t text = {0};
    char id[32];
    buf_put_text(&text, ORGS "objects = ( ");
    for (int i = 0; i < MANY; i++)
        buf_printf(&text,
            "%s{ id = \"ob-%d\"; sector = \"transport\"; owner = \"A\"; }\n",
            i == 0 ? "" : ",", i);
    buf_put_text(&text, ");");
    registry_t *registry = load(buf_text(&text), &why);
    if (registry == NULL)
        fail_msg("%s", why.text);
    assert_true(span_equal(registry_text(registry), buf_span(&text)));
    for (int i = -5; i < MANY + 5; i++) {
        (void)snprintf(id, sizeof id, "ob-%d", i);
        const object_t *object = registry_object(registry, id);
        assert_int_equal(object != NULL, i >= 0 && i < MANY);
        if (object != NULL)
            assert_string_equal(object->id, id);
    }
    buf_destroy(&text);
    registry_close(&registry);
}

static void check_complaint(const char *text, span_t complaint)
{
    cause_t why = {""};
    char expected[512];
    (void)snprintf(expected, sizeof expected, "%s/%.*s", scratch.path,
        (int)complaint.size, complaint.data);
    if (load(text, &why) != NULL)
        fail_msg("this was taken:\n%s", text);
    if (strcmp(why.text, expected) != 0)
        fail_msg("%s\ngot      %s\nexpected %s", text, why.text, expected);
}

static void what_is_wrong_is_named_with_its_line(void **state)
{
    (void)state;
    span_t rest = span_text(data_text("wrong.conf")), complaint, text;
    buf_t file = {0};
    size_t n = 0;
    for (; data_next(&rest, &complaint, &text); n++) {
        bool is_object = text.size > 0 && text.data[0] == '{';
        buf_clear(&file);
        buf_put_text(&file, is_object ? ORGS "objects = (\n" : "");
        buf_put(&file, text.data, text.size);
        buf_put_text(&file, is_object ? " );\n" : "");
        check_complaint(buf_text(&file), complaint);
    }
    assert_true(n > 25);
    buf_destroy(&file);
    check_complaint("organisations = ( { code = \"A\";\n name = { kk = \"\xd2\"; }; } ); "
                    "objects = ( );",
        span_text("registry.conf:2: kk must be one line of UTF-8"));
}

static void a_cut_file_never_breaks(void **state)
{
    (void)state;
    const char *text = data_text("objects.conf");
    char cut[1024];
    assert_in_range(strlen(text), 3, sizeof cut - 1);
    for (size_t size = 0; size < strlen(text) - 3; size++) {
        cause_t why = {""};
        memcpy(cut, text, size);
        cut[size] = '\0';
        assert_null(load(cut, &why));
        assert_int_not_equal(why.text[0], '\0');
    }
}

static void the_example_is_a_registry(void **state)
{
    (void)state;
    cause_t why = {""};
    registry_t *registry = registry_open("hub/etc/registry.conf", &why);
    if (registry == NULL)
        fail_msg("%s", why.text);
    assert_true(registry_objects(registry) > 0);
    registry_close(&registry);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(objects_and_organisations_are_found),
        cmocka_unit_test(many_objects_are_found_and_no_others),
        cmocka_unit_test(what_is_wrong_is_named_with_its_line),
        cmocka_unit_test(a_cut_file_never_breaks),
        cmocka_unit_test(the_example_is_a_registry),
    };
    return test_group(tests, set_up, tear_down);
}
