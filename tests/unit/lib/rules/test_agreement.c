// agreement: what two messages say alike, and the first place in which they do not.

#include "lib/rules/agreement.h"

#include "tests/lib/test.h"
#include "tests/lib/values.h"

static void read(agreement_t *self, const char *text)
{
    settings_t file;
    cause_t why;
    char whole[256];
    *self = (agreement_t){0};
    (void)snprintf(whole, sizeof whole, "require = { %s };", text);
    assert_int_equal(settings_parse(&file, "x", span_text(whole), &why), 0);
    const config_setting_t *root = config_root_setting(&file.config);
    if (agreement_read(self, &file, config_setting_get_member(root, "require"), &why) !=
        0)
        fail_msg("%s", why.text);
    settings_close(&file);
}

// Where the first does not agree with the second: "" when it does everywhere.
static const char *compare(const char *rule, const char *here, const char *there)
{
    static char where[AGREEMENT_WHERE];
    static const hash_t digest = {{0x0f, 0xa0}};
    agreement_t self;
    value_t *a = value_read(here), *b = there ? value_read(there) : NULL;
    read(&self, rule);
    assert_true(agreement_asks(&self));
    where[0] = 0;
    if (agreement_check(&self, a, b, &digest, where) == AGREES)
        where[0] = 0;
    else
        assert_int_not_equal(where[0], 0);
    value_free(&a);
    value_free(&b);
    return where;
}

typedef struct {
    const char *here, *there, *where;
} row_t;

static void hold(const char *rule, const row_t *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const char *where = compare(rule, rows[i].here, rows[i].there);
        if (strcmp(where, rows[i].where) != 0)
            fail_msg("%s\n%s\n%s\ngot      %s\nexpected %s", rule, rows[i].here,
                rows[i].there ? rows[i].there : "(erased)", where, rows[i].where);
    }
}

static void what_is_the_same_is_what_it_says(void **state)
{
    (void)state;
    static const row_t rows[] = {
        {"{\"m\": [\"a\", \"b\"]}", "{\"m\": [\"a\", \"b\"]}", ""},
        {"{\"m\": {\"x\": 1, \"y\": [2]}}", "{\"m\": {\"y\": [2], \"x\": 1}}", ""},
        {"{\"m\": \"\\u0061\"}", "{\"m\": \"a\"}", ""},
        {"{}", "{}", ""}, // in neither
        {"{}", "{\"m\": []}", "/m"},
        {"{\"m\": []}", "{}", "/m"},
        {"{\"m\": null}", "{}", "/m"},
        {"{\"m\": 1}", "{\"m\": \"1\"}", "/m"},
        {"{\"m\": true}", "{\"m\": false}", "/m"},
        {"{\"m\": [\"b\", \"a\"]}", "{\"m\": [\"a\", \"b\"]}", "/m/0"},
        {"{\"m\": [\"a\", \"one word\"]}", "{\"m\": [\"a\", \"one world\"]}", "/m/1"},
        {"{\"m\": [\"a\"]}", "{\"m\": [\"a\", \"b\"]}", "/m/1"},
        {"{\"m\": [\"a\", \"b\"]}", "{\"m\": [\"a\"]}", "/m/1"},
        {"{\"m\": [{\"x\": [1, 2]}]}", "{\"m\": [{\"x\": [1, 3]}]}", "/m/0/x/1"},
        {"{\"m\": {\"x\": 1}}", "{\"m\": {\"x\": 1, \"y\": 2}}", "/m/y"},
        {"{\"m\": {\"x\": 1, \"y\": 2}}", "{\"m\": {\"x\": 1}}", "/m/y"},
        {"{\"m\": [[]]}", "{\"m\": [{}]}", "/m/0"},
        {"{\"m\": 1}", NULL, "/m"}, // it was erased: nothing can be shown
        {"{}", NULL, "/m"},
    };
    hold("same = \"/m\";", rows, sizeof rows / sizeof rows[0]);
}

static void a_part_is_of_what_is_there(void **state)
{
    (void)state;
    static const row_t rows[] = {
        {"{\"m\": [\"b\"]}", "{\"m\": [\"a\", \"b\"]}", ""},
        {"{\"m\": [\"b\", \"a\"]}", "{\"m\": [\"a\", \"b\"]}", ""},
        {"{\"m\": [\"b\", \"c\"]}", "{\"m\": [\"a\", \"b\"]}", "/m/1"},
        {"{\"m\": []}", "{\"m\": [\"a\"]}", "/m"},
        {"{}", "{\"m\": [\"a\"]}", "/m"},
        {"{}", "{}", "/m"},
        {"{\"m\": \"a\"}", "{\"m\": \"a\"}", "/m"},
        {"{\"m\": [\"a\"]}", "{\"m\": \"a\"}", "/m/0"},
        {"{\"m\": [\"a\"]}", "{\"m\": {\"k\": \"a\"}}", "/m/0"},
        {"{\"m\": [\"a\"]}", NULL, "/m/0"},
    };
    hold("part = \"/m\";", rows, sizeof rows / sizeof rows[0]);
}

static void moments_come_one_after_the_other(void **state)
{
    (void)state;
#define AT(second) "\"2026-11-22T12:00:0" second "Z\""
    static const row_t since[] = {
        {"{\"m\": " AT("1") "}", "{\"n\": " AT("1") "}", ""},
        {"{\"m\": " AT("2") "}", "{\"n\": " AT("1") "}", ""},
        {"{\"m\": " AT("1") "}", "{\"n\": " AT("2") "}", "/m"},
        {"{\"m\": \"2026-11-22T17:00:01+05:00\"}", "{\"n\": " AT("1") "}", ""},
        {"{}", "{\"n\": " AT("1") "}", "/m"},
        {"{\"m\": " AT("1") "}", "{}", "/m"},
        {"{\"m\": " AT("1") "}", NULL, "/m"},
    };
    static const row_t after[] = {
        {"{\"m\": " AT("1") "}", "{\"n\": " AT("1") "}", "/m"},
        {"{\"m\": " AT("2") "}", "{\"n\": " AT("1") "}", ""},
        {"{\"m\": " AT("1") "}", "{\"n\": " AT("2") "}", "/m"},
        {"{\"m\": " AT("1") "}", "{}", "/m"},
        {"{\"m\": " AT("1") "}", NULL, "/m"},
    };
    hold("not_before = [ \"/m\", \"/n\" ];", since, sizeof since / sizeof since[0]);
    hold("after = [ \"/m\", \"/n\" ];", after, sizeof after / sizeof after[0]);
}

static void the_other_one_is_named_by_its_digest(void **state)
{
    (void)state;
#define REST "00000000000000000000000000000000000000000000000000000000000\""
    static const row_t rows[] = {
        {"{\"d\": \"0fa00" REST "}", "{}", ""},
        {"{\"d\": \"0fa00" REST "}", NULL, ""}, // erased: its leaf has it
        {"{\"d\": \"0fa01" REST "}", "{}", "/d"},
        {"{\"d\": \"0FA00" REST "}", "{}", "/d"},
        {"{\"d\": \"0fa0\"}", "{}", "/d"},
        {"{\"d\": 0}", "{}", "/d"},
        {"{}", "{}", "/d"},
    };
    hold("digest = \"/d\";", rows, sizeof rows / sizeof rows[0]);
}

static void every_pointer_is_looked_at(void **state)
{
    (void)state;
    static const char rule[] = "same = [ \"/a\", \"/b\" ]; part = [ \"/c\", \"/d\" ];";
    static const row_t rows[] = {
        {"{\"a\": 1, \"b\": 2, \"c\": [3], \"d\": [4]}",
            "{\"a\": 1, \"b\": 2, \"c\": [3], \"d\": [4]}", ""},
        {"{\"a\": 1, \"b\": 1, \"c\": [3], \"d\": [4]}",
            "{\"a\": 1, \"b\": 2, \"c\": [3], \"d\": [4]}", "/b"},
        {"{\"a\": 1, \"b\": 2, \"c\": [3], \"d\": [5]}",
            "{\"a\": 1, \"b\": 2, \"c\": [3], \"d\": [4]}", "/d/0"},
    };
    hold(rule, rows, sizeof rows / sizeof rows[0]);
}

// A place that is too long to be named is cut, and nothing beside it is written to.
static void a_long_place_is_cut(void **state)
{
    (void)state;
    char key[400], here[500];
    memset(key, 'k', sizeof key);
    (void)snprintf(here, sizeof here, "{\"m\": {\"%.390s\": 1}}", key);
    const char *where = compare("same = \"/m\";", here, "{\"m\": {}}");
    assert_int_equal(strlen(where), AGREEMENT_WHERE - 1);
    assert_memory_equal(where, "/m/kkkk", 7);
}

static void two_are_equal_when_they_ask_the_same(void **state)
{
    (void)state;
    static const char *const texts[] = {"", "same = \"/a\";", "same = \"/b\";",
        "same = [ \"/a\", \"/b\" ];", "part = \"/a\";", "part = \"/b\";",
        "digest = \"/a\";", "digest = \"/b\";"};
    enum { N = sizeof texts / sizeof texts[0] };
    agreement_t all[N];
    for (size_t i = 0; i < N; i++)
        read(&all[i], texts[i]);
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < N; k++)
            assert_int_equal(agreement_equal(&all[i], &all[k]), i == k);
    assert_false(agreement_asks(&all[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_the_same_is_what_it_says),
        cmocka_unit_test(a_part_is_of_what_is_there),
        cmocka_unit_test(moments_come_one_after_the_other),
        cmocka_unit_test(the_other_one_is_named_by_its_digest),
        cmocka_unit_test(every_pointer_is_looked_at),
        cmocka_unit_test(a_long_place_is_cut),
        cmocka_unit_test(two_are_equal_when_they_ask_the_same),
    };
    return test_group(tests, NULL, NULL);
}
