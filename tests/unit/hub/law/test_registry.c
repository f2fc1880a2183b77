// registry: who serves whom, and what a wrong file is told, word for word.

#include "hub/law/registry.h"

#include "lib/base/file.h"
#include "tests/lib/test.h"

#include <unistd.h>

static char path[] = "/tmp/dabyl-registry-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

static registry_t *load(const char *text, cause_t *why)
{
    cause_t writing;
    assert_int_equal(file_replace(path, span_text(text), 0600, &writing), 0);
    return registry_open(path, why);
}

#define NAMES "name = { kk = \"\xd2\x9b\"; ru = \"\xd0\xba\"; en = \"k\"; };"
#define ORG(code) "{ code = \"" code "\"; " NAMES " }"
#define ORGS "organisations = ( " ORG("A") ", " ORG("B") ", " ORG("S") " );\n"
#define WITH(object) ORGS "objects = (\n" object " );\n"

static void objects_and_organisations_are_found(void **state)
{
    (void)state;
    cause_t why = {""};
    registry_t *registry =
        load(WITH("{ id = \"o1\"; sector = \"banking\"; owner = \"A\"; isoc = \"S\"; },"
                  "{ id = \"o2\"; sector = \"other\"; owner = \"B\"; },"
                  "{ id = \"O.3_x-y\"; sector = \"e-government\"; owner = \"B\"; "
                  "in_scope = false; }"),
            &why);
    if (registry == NULL)
        fail_msg("%s", why.text);
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

static const struct {
    const char *text, *complaint;
} bad[] = {
    {"", ": a list organisations = ( { ... }, ... ) was expected"},
    {ORGS, ": a list objects = ( { ... }, ... ) was expected"},
    {"objects = ( );", ": a list organisations = ( { ... }, ... ) was expected"},
    {"organisations = [ ];\nobjects = ( );",
        ": a list organisations = ( { ... }, ... ) was expected"},
    {ORGS "objects = ( );\nmembers = ( );", ":3: unknown key 'members'"},
    {ORGS "objects = ( {", ":2: syntax error"},
    {"organisations = ( 1 ); objects = ( );", ":1: a group { ... } was expected"},
    {"organisations = (\n{ } ); objects = ( );", ":2: code is missing"},
    {"organisations = ( { code = \"A\"; } ); objects = ( );", ":1: name is missing"},
    {"organisations = ( { code = \"A\";\n name = \"A\"; } ); objects = ( );",
        ":2: a group { ... } was expected"},
    {"organisations = ( { code = \"A\";\n name = { kk = \"a\"; en = \"b\"; }; } ); "
     "objects = ( );",
        ":2: ru is missing"},
    {"organisations = ( { code = \"A\";\n name = { de = \"a\"; }; } ); objects = ( );",
        ":2: unknown key 'de'"},
    {"organisations = ( { code = \"A\";\n name = { kk = \"\xd2\"; }; } ); objects = ( );",
        ":2: kk must be one line of UTF-8"},
    {"organisations = ( { code = \"A B\"; } ); objects = ( );",
        ":1: 'A B' cannot stand in a certificate's O"},
    {"organisations = ( " ORG("A") ",\n" ORG("A") " ); objects = ( );",
        ":2: organisation 'A' is there twice"},
    {WITH("{ }"), ":3: id is missing"},
    {WITH("{ id = 5; }"), ":3: id must be a text in quotes"},
    {WITH("{ id = \"a b\"; sector = \"other\"; owner = \"A\"; }"),
        ":3: 'a b' is no object id: letters and digits, joined by single . _ or -"},
    {WITH("{ id = \"a-\"; sector = \"other\"; owner = \"A\"; }"),
        ":3: 'a-' is no object id: letters and digits, joined by single . _ or -"},
    {WITH("{ id = \"a--b\"; sector = \"other\"; owner = \"A\"; }"),
        ":3: 'a--b' is no object id: letters and digits, joined by single . _ or -"},
    {WITH("{ id = \"a\"; owner = \"A\"; }"), ":3: sector is missing"},
    {WITH("{ id = \"a\"; sector = \"other\"; }"), ":3: owner is missing"},
    {WITH("{ id = \"a\";\n sector = \"energy\"; owner = \"A\"; }"),
        ":4: unknown sector 'energy'"},
    {WITH("{ id = \"a\"; sector = \"other\";\n owner = \"X\"; }"),
        ":4: owner 'X' is not among the organisations"},
    {WITH("{ id = \"a\"; sector = \"other\"; owner = \"A\";\n\n isoc = \"X\"; }"),
        ":5: isoc 'X' is not among the organisations"},
    {WITH("{ id = \"a\"; sector = \"other\"; owner = \"A\"; isoc = \"\"; }"),
        ":3: isoc must have 1 to 63 bytes"},
    {WITH("{ id = \"a\"; sector = \"other\"; owner = \"A\"; in_scope = 0; }"),
        ":3: in_scope must be true or false"},
    {WITH("{ id = \"a\"; sector = \"other\"; owner = \"A\";\n name = \"the dam\"; }"),
        ":4: unknown key 'name'"},
    {WITH("{ id = \"a\"; sector = \"other\"; owner = \"A\"; },\n"
          "{ id = \"a\"; sector = \"other\"; owner = \"A\"; }"),
        ":4: object 'a' is there twice"},
};

static void what_is_wrong_is_named_with_its_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cause_t why = {""};
        char expected[512];
        if (load(bad[i].text, &why) != NULL)
            fail_msg("row %zu was taken:\n%s", i, bad[i].text);
        (void)snprintf(expected, sizeof expected, "%s%s", path, bad[i].complaint);
        if (strcmp(why.text, expected) != 0)
            fail_msg("row %zu:\n%s\ngot      %s\nexpected %s", i, bad[i].text, why.text,
                expected);
    }
}

static void a_cut_file_never_breaks(void **state)
{
    (void)state;
    static const char text[] =
        WITH("{ id = \"a\"; sector = \"other\"; owner = \"A\"; isoc = \"S\"; }");
    char cut[sizeof text];
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
