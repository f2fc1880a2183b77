// wanted: what an answer must say, as rules state it, as entries carry it, and as answers
// say it.

#include "lib/rules/wanted.h"

#include "tests/lib/test.h"
#include "tests/lib/values.h"

static wanted_t read(const char *tests)
{
    settings_t file;
    cause_t why;
    char whole[256];
    wanted_t wanted;
    (void)snprintf(whole, sizeof whole, "met_when = ( %s );", tests);
    assert_int_equal(settings_parse(&file, "x", span_text(whole), &why), 0);
    const config_setting_t *root = config_root_setting(&file.config);
    if (wanted_read(&wanted, &file, config_setting_get_member(root, "met_when"), &why) !=
        0)
        fail_msg("%s", why.text);
    settings_close(&file);
    return wanted;
}

#define STATE "{ field = \"/body/state\"; in = [ \"done\", \"impossible\" ]; }"
#define ALL "{ field = \"/body/more\"; is_true = false; }"
#define SURE "{ field = \"/body/sure\"; is_true = true; }"

static void an_answer_says_it_or_not(void **state)
{
    (void)state;
    static const struct {
        const char *tests, *body;
        bool met;
    } rows[] = {
        {STATE, "\"state\": \"done\"", true},
        {STATE, "\"state\": \"impossible\"", true},
        {STATE, "\"state\": \"in-progress\"", false},
        {STATE, "\"state\": \"Done\"", false},
        {STATE, "\"state\": \"\"", false},
        {STATE, "\"state\": [\"done\"]", false},
        {STATE, "\"state\": true", false},
        {STATE, "", false},
        {STATE, "\"x\": {\"state\": \"done\"}", false},
        {ALL, "", true},
        {ALL, "\"more\": false", true},
        {ALL, "\"more\": \"true\"", true},
        {ALL, "\"more\": true", false},
        {SURE, "\"sure\": true", true},
        {SURE, "\"sure\": 1", false},
        {SURE, "", false},
        {STATE ", " ALL, "\"state\": \"done\"", true},
        {STATE ", " ALL, "\"state\": \"done\", \"more\": true", false},
        {STATE ", " ALL, "\"more\": false", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[128];
        const wanted_t wanted = read(rows[i].tests);
        (void)snprintf(text, sizeof text, "{\"body\": {%s}}", rows[i].body);
        value_t *message = value_read(text);
        if (wanted_met(&wanted, message) != rows[i].met)
            fail_msg("%s: %s", rows[i].tests, text);
        value_free(&message);
    }
    const wanted_t any = {0}, done = read(STATE);
    assert_true(wanted_met(&any, NULL));
    assert_false(wanted_met(&done, NULL)); // it was erased
}

static void print(const wanted_t *self, buf_t *out)
{
    writer_t to = writer_to(out);
    writer_array(&to, NULL);
    wanted_write(self, &to);
    writer_end(&to);
}

static void what_was_written_is_read_again(void **state)
{
    (void)state;
    static const char *const all[] = {STATE, ALL, SURE, STATE ", " ALL, ALL ", " SURE};
    enum { N = sizeof all / sizeof all[0] };
    for (size_t i = 0; i < N; i++) {
        buf_t text = {0};
        wanted_t wanted = read(all[i]), back;
        print(&wanted, &text);
        value_t *list = value_read(buf_text(&text));
        assert_true(wanted_take(&back, list));
        for (size_t k = 0; k < N; k++) {
            const wanted_t other = read(all[k]);
            assert_int_equal(wanted_same(&back, &other), i == k);
        }
        value_free(&list);
        buf_destroy(&text);
    }
}

// What nobody could have written does not become a test that everything passes.
static void what_makes_no_test_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {"[]", "{}", "[{}]", "[1]",
        "[{\"field\": \"/body/x\"}]", "[{\"in\": [\"a\"]}]",
        "[{\"field\": \"/body/\", \"in\": [\"a\"]}]",
        "[{\"field\": \"/kind\", \"in\": [\"a\"]}]",
        "[{\"field\": \"/body/a/b\", \"in\": [\"a\"]}]",
        "[{\"field\": \"/body/x\", \"in\": []}]",
        "[{\"field\": \"/body/x\", \"in\": \"a\"}]",
        "[{\"field\": \"/body/x\", \"in\": [1]}]",
        "[{\"field\": \"/body/x\", \"in\": [\"\"]}]",
        "[{\"field\": \"/body/x\", \"in\": [\"a\", \"b\", \"c\", \"d\", \"e\"]}]",
        "[{\"field\": \"/body/x\", \"in\": [\"0123456789012345678901234567890123\"]}]",
        "[{\"field\": \"/body/01234567890123456789012345678901\", \"is_true\": true}]",
        "[{\"field\": \"/body/x\", \"is_true\": \"yes\"}]",
        "[{\"field\": \"/body/x\", \"is_true\": true}, {}]",
        ("[{\"field\": \"/x\", \"is_true\": true}, {\"field\": \"/x\", \"is_true\": "
         "true},"
         "{\"field\": \"/x\", \"is_true\": true}]")};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        wanted_t wanted;
        value_t *list = value_read(texts[i]);
        if (wanted_take(&wanted, list))
            fail_msg("%s", texts[i]);
        value_free(&list);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_says_it_or_not),
        cmocka_unit_test(what_was_written_is_read_again),
        cmocka_unit_test(what_makes_no_test_is_refused),
    };
    return test_group(tests, NULL, NULL);
}
