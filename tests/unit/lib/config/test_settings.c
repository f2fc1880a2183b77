// settings: what is refused before libconfig sees it, and where strings and comments
// protect.

#include "lib/config/settings.h"

#include "tests/lib/test.h"

static const struct {
    const char *text, *complaint; // NULL: taken
} table[] = {
    {"", NULL},
    {"a = 1;", NULL},
    {"a = 2147483647; b = -2147483648;", NULL},
    {"a = 2147483648;", "x:1: 2147483648 is beyond 32 bits: write it with an L behind"},
    {"a = -2147483649;", "x:1: -2147483649 is beyond 32 bits: write it with an L behind"},
    {"a = 2147483648L; b = 9223372036854775807LL;", NULL},
    {"a = 9223372036854775808L;", "x:1: 9223372036854775808L is beyond 64 bits"},
    {"a = 0x7fffffff;", NULL},
    {"a = 0x80000000;", "x:1: 0x80000000 is beyond 32 bits: write it with an L behind"},
    {"a = 0XFFFFFFFFFFFFFFFFFF;", "x:1: 0XFFFFFFFFFFFFFFFFFF is beyond 64 bits"},
    {"a = 99999999999.5;", NULL}, // a float keeps what it can
    {"a = ( 1,\n 2,\n 99999999999 );",
        "x:3: 99999999999 is beyond 32 bits: write it with an L behind"},
    {"a = \"99999999999 @include \\\" 99999999999\";", NULL},
    {"# 99999999999 @include\na = 1; // 99999999999\n/* @include\n99999999999 */", NULL},
    {"/* \n\n */ a = 99999999999;",
        "x:3: 99999999999 is beyond 32 bits: write it with an L behind"},
    {"a = \"\n\n\"; b = 99999999999;",
        "x:3: 99999999999 is beyond 32 bits: write it with an L behind"},
    {"a99999999999 = 1;", NULL},
    {"a-99999999999 = 1;", NULL},
    {"@include \"/etc/hostname\"",
        "x:1: @include is not taken: one file is one whole text"},
    {"\n  @include \"/etc/hostname\"",
        "x:2: @include is not taken: one file is one whole text"},
    {"/* */@include \"/etc/hostname\"",
        "x:1: @include is not taken: one file is one whole text"},
    {"\"\\\"\"\n@include \"/etc/hostname\"",
        "x:2: @include is not taken: one file is one whole text"},
    {"a = 1", NULL},
    {"a = ", "x:1: syntax error"},
    {"\n= 1", "x:2: syntax error"},
};

static void texts_are_taken_or_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        settings_t settings;
        cause_t why = {""};
        int result = settings_parse(&settings, "x", span_text(table[i].text), &why);
        if (result == 0)
            settings_close(&settings);
        if (table[i].complaint == NULL && result == -1)
            fail_msg("%s: %s", table[i].text, why.text);
        if (table[i].complaint != NULL)
            assert_string_equal(why.text, table[i].complaint);
    }
}

// Nested as deep as the text is long: libconfig's parser gives up before its stack does.
static void depth_ends_in_a_complaint(void **state)
{
    (void)state;
    buf_t text = {0};
    buf_put_text(&text, "a = ");
    for (int i = 0; i < 200000; i++)
        buf_put_text(&text, "(");
    settings_t settings;
    cause_t why = {""};
    assert_int_equal(settings_parse(&settings, "x", buf_span(&text), &why), -1);
    assert_non_null(strstr(why.text, "x:1: "));
    buf_destroy(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_taken_or_told),
        cmocka_unit_test(depth_ends_in_a_complaint),
    };
    return test_group(tests, NULL, NULL);
}
