// given: whose configuration a file is, and what is said of what is not this daemon's.

#include "lib/config/given.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

static scratch_t scratch;
static cause_t why;

static int setup(void **state)
{
    (void)state;
    scratch_open(&scratch);
    return folder_make(scratch_at(&scratch, "here"), 0700, &why);
}

static int teardown(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

static const char *put(const char *text)
{
    const char *path = scratch_at(&scratch, "here/any.conf");
    assert_int_equal(file_replace(path, span_text(text), 0600, &why), 0);
    return path;
}

#define HUB "origin = \"o/n\";\n"
#define NODE "hub = { endpoints = [ \"tcp://h:1\" ]; };\n"

static const struct {
    const char *text, *whose;
} files[] = {
    {HUB, "dabyl-hub"},
    {NODE, "dabyl-node"},
    {"hub = \"/srv/hub\";\n", NULL}, // of dabyl-web: a path, and no group
    {HUB NODE, NULL},
    {"", NULL},
    {"origin = {{", NULL},
};

static void whose_it_is(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *whose = given_whose(put(files[i].text));
        assert_int_equal(whose == NULL, files[i].whose == NULL);
        if (whose)
            assert_string_equal(whose, files[i].whose);
    }
    assert_null(given_whose(scratch_at(&scratch, "none")));
    assert_null(given_whose(scratch_at(&scratch, "here")));
}

static const char *explained(const char *program, const char *path)
{
    (void)cause_set(&why, "as it was");
    given_explain(program, path, &why);
    return why.text;
}

static void its_own_keeps_its_cause(void **state)
{
    (void)state;
    assert_string_equal(explained("dabyl-hub", put(HUB)), "as it was");
    assert_string_equal(explained("dabyl-node", put(NODE)), "as it was");
    assert_string_equal(explained("dabyl-node", put(HUB NODE)), "as it was");
    assert_string_equal(explained("dabyl-node", put("")), "as it was");
    assert_string_equal(
        explained("dabyl-node", scratch_at(&scratch, "none")), "as it was");
}

static void another_is_named(void **state)
{
    (void)state;
    char expected[PATH_MAX + 128];
    const char *path = put(HUB);
    (void)snprintf(expected, sizeof expected,
        "%s is a configuration of dabyl-hub; dabyl-node takes another, which is called "
        "node.conf",
        path);
    assert_string_equal(explained("dabyl-node", path), expected);
    assert_non_null(strstr(explained("dabyl-web", put(NODE)), "is called web.conf"));
}

static void a_folder_is_entered(void **state)
{
    (void)state;
    char expected[PATH_MAX + 128];
    const char *folder = scratch_at(&scratch, "here");
    (void)put(HUB);
    assert_non_null(
        strstr(explained("dabyl-hub", folder), "here is a folder without a hub.conf"));
    assert_int_equal(
        file_replace(scratch_at(&scratch, "here/hub.conf"), span_text(HUB), 0600, &why),
        0);
    (void)snprintf(expected, sizeof expected,
        "a folder was given, and dabyl-hub takes the configuration in it: dabyl-hub "
        "%s/hub.conf",
        folder);
    assert_string_equal(explained("dabyl-hub", folder), expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(whose_it_is, setup, teardown),
        cmocka_unit_test_setup_teardown(its_own_keeps_its_cause, setup, teardown),
        cmocka_unit_test_setup_teardown(another_is_named, setup, teardown),
        cmocka_unit_test_setup_teardown(a_folder_is_entered, setup, teardown),
    };
    return test_group(tests, NULL, NULL);
}
