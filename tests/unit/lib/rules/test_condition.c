// condition: tests of fields as rules write them, against messages.

#include "lib/rules/condition.h"
#include "tests/lib/test.h"
#include "tests/lib/values.h"

static int read_condition(const char *text, condition_t *out, cause_t *why)
{
    settings_t file;
    char whole[512];
    (void)snprintf(whole, sizeof whole, "when = { %s };", text);
    assert_int_equal(settings_parse(&file, "x", span_text(whole), why), 0);
    const config_setting_t *root = config_root_setting(&file.config);
    int result = condition_read(out, &file, config_setting_get_member(root, "when"), why);
    settings_close(&file);
    return result;
}

static const struct {
    const char *condition, *message;
    bool holds;
} table[] = {
    {"field = \"/l\"; at_least = 3;", "{\"l\": 3}", true},
    {"field = \"/l\"; at_least = 3;", "{\"l\": 2}", false},
    {"field = \"/l\"; at_least = 3;", "{\"l\": 5}", true},
    // JSON has one kind of number: an integer by schema may still be written with a point
    {"field = \"/l\"; at_least = 3;", "{\"l\": 3.0}", true},
    {"field = \"/l\"; at_least = 3;", "{\"l\": 0.3e1}", true},
    {"field = \"/l\"; at_least = 3;", "{\"l\": 2.9999}", false},
    {"field = \"/l\"; at_least = 3;", "{\"l\": -9223372036854775808}", false},
    {"field = \"/l\"; at_least = 9223372036854775807L;", "{\"l\": 9223372036854775806}",
        false},
    {"field = \"/l\"; at_least = 3;", "{\"l\": \"4\"}", false},
    {"field = \"/l\"; at_least = 3;", "{\"l\": true}", false},
    {"field = \"/l\"; at_least = 3;", "{\"l\": null}", false},
    {"field = \"/l\"; at_least = 3;", "{\"l\": [4]}", false},
    {"field = \"/l\"; at_least = 3;", "{}", false},
    {"field = \"/l\"; at_least = 3;", "4", false},
    {"field = \"/l\"; at_most = 3;", "{\"l\": 3}", true},
    {"field = \"/l\"; at_most = 3;", "{\"l\": 4}", false},
    {"field = \"/l\"; at_most = -1;", "{\"l\": -2}", true},
    {"field = \"/l\"; at_most = 3;", "{}", false},
    {"field = \"/a/b\"; equals = \"x\";", "{\"a\": {\"b\": \"x\"}}", true},
    {"field = \"/a/b\"; equals = \"x\";", "{\"a\": {\"b\": \"X\"}}", false},
    {"field = \"/a/b\"; equals = \"x\";", "{\"a\": \"x\"}", false},
    {"field = \"/a\"; equals = 3;", "{\"a\": 3}", true},
    {"field = \"/a\"; equals = 3;", "{\"a\": 3.0}", true},
    {"field = \"/a\"; equals = 3;", "{\"a\": \"3\"}", false},
    {"field = \"/a\"; equals = true;", "{\"a\": true}", true},
    {"field = \"/a\"; equals = true;", "{\"a\": 1}", false},
    {"field = \"/a\"; equals = false;", "{\"a\": false}", true},
    {"field = \"/a\"; equals = false;", "{}", false},
    {"field = \"/a\"; in = [ \"x\", \"y\" ];", "{\"a\": \"y\"}", true},
    {"field = \"/a\"; in = [ \"x\", \"y\" ];", "{\"a\": \"z\"}", false},
    {"field = \"/a\"; in = [ \"x\", \"y\" ];", "{\"a\": [\"x\"]}", false},
    {"field = \"/a\"; in = [ 3, 4, 5 ];", "{\"a\": 4}", true},
    {"field = \"/a\"; in = [ 3, 4, 5 ];", "{\"a\": 2}", false},
    {"field = \"/a/1\"; equals = \"y\";", "{\"a\": [\"x\", \"y\"]}", true},
    {"field = \"/a~1b\"; present = true;", "{\"a/b\": null}", true},
    {"field = \"/a\"; present = true;", "{}", false},
    {"field = \"/a\"; present = false;", "{}", true},
    {"field = \"/a\"; present = false;", "{\"a\": false}", false},
    {"field = \"/a\"; is_true = true;", "{\"a\": true}", true},
    {"field = \"/a\"; is_true = true;", "{\"a\": false}", false},
    {"field = \"/a\"; is_true = true;", "{\"a\": \"true\"}", false},
    {"field = \"/a\"; is_true = true;", "{}", false},
    {"field = \"/a\"; is_true = false;", "{}", true},
    {"field = \"/a\"; is_true = false;", "{\"a\": true}", false},
};

static void conditions_hold_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        condition_t condition;
        cause_t why;
        if (read_condition(table[i].condition, &condition, &why) == -1)
            fail_msg("%s: %s", table[i].condition, why.text);
        value_t *message = value_read(table[i].message);
        if (condition_holds(&condition, message) != table[i].holds)
            fail_msg("{ %s } on %s", table[i].condition, table[i].message);
        value_free(&message);
        condition_close(&condition);
    }
}

static const struct {
    const char *condition, *complaint;
} bad[] = {
    {"at_least = 3;", "x:1: field is missing"},
    {"field = 3; at_least = 3;", "x:1: field must be a text in quotes"},
    {"field = \"\"; at_least = 3;", "x:1: field must have 1 to 95 bytes"},
    {"field = \"level\"; at_least = 3;",
        "x:1: 'level' is not a JSON pointer such as /body/level"},
    {"field = \"/a~2\"; at_least = 3;",
        "x:1: '/a~2' is not a JSON pointer such as /body/level"},
    {"field = \"/a~\"; at_least = 3;",
        "x:1: '/a~' is not a JSON pointer such as /body/level"},
    {"field = \"/a\";",
        "x:1: one test expected beside field: at_least, at_most, equals, in, "
        "present or is_true"},
    {"field = \"/a\"; at_least = 1; at_most = 3;",
        "x:1: one test expected beside field: at_least, at_most, equals, in, present or "
        "is_true"},
    {"field = \"/a\";\n atleast = 1;", "x:2: unknown key 'atleast'"},
    {"field = \"/a\"; at_least = \"3\";", "x:1: at_least must be a whole number"},
    {"field = \"/a\"; at_least = 3.0;", "x:1: at_least must be a whole number"},
    {"field = \"/a\"; at_most = true;", "x:1: at_most must be a whole number"},
    {"field = \"/a\"; in = [ ];", "x:1: in must be an array [ ... ] of values"},
    {"field = \"/a\"; in = \"x\";", "x:1: in must be an array [ ... ] of values"},
    {"field = \"/a\"; equals = [ 1 ];",
        "x:1: a text, a whole number, true or false expected"},
    {"field = \"/a\"; equals = 1.5;",
        "x:1: a text, a whole number, true or false expected"},
    {"field = \"/a\"; equals = \"\xff\";", "x:1: the text is not a line of UTF-8"},
    {"field = \"/a\"; present = 1;", "x:1: present must be true or false"},
    {"field = \"/a\"; is_true = \"true\";", "x:1: is_true must be true or false"},
};

static void what_is_no_condition_is_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        condition_t condition;
        cause_t why = {""};
        assert_int_equal(read_condition(bad[i].condition, &condition, &why), -1);
        assert_string_equal(why.text, bad[i].complaint);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(conditions_hold_or_not),
        cmocka_unit_test(what_is_no_condition_is_told),
    };
    return test_group(tests, NULL, NULL);
}
