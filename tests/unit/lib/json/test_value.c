// value: reading JSON, and asking what was read.

#include "lib/json/value_json.h"
#include "tests/lib/test.h"
#include "tests/lib/values.h"

#include <locale.h>
#include <math.h>

static const value_limits_t plain = {.depth = 4, .values = 100};
static const value_limits_t strict = {.depth = 4, .values = 100, .strict = true};

static void refused(
    const value_limits_t *limits, const char *text, value_fault_kind_t kind, size_t at)
{
    value_fault_t fault = {0};
    value_t *value = value_parse(span_text(text), limits, &fault);
    if (value)
        fail_msg("taken: %s", text);
    if (fault.kind != kind || fault.at != at)
        fail_msg("%s: kind %d at %zu: %s", text, (int)fault.kind, fault.at, fault.what);
    assert_non_null(fault.what);
}

static void texts_are_unescaped(void **state)
{
    (void)state;
    value_t *value = value_read("[\"\", \"a\", \"\\\"\\\\\\/\\b\\f\\n\\r\\t\", "
                                "\"\\u0041\\u00e9\\u04d9\\ud83d\\ude00\","
                                " \"x\\u0000y\", \"\xd3\x99\", \"a\\tb\\tc\"]");
    const char *expected[] = {"", "a", "\"\\/\b\f\n\r\t",
        "A\xc3\xa9\xd3\x99\xf0\x9f\x98\x80", "x", "\xd3\x99", "a\tb\tc"};
    size_t i = 0;
    value_each(text, value)
    {
        assert_string_equal(value_text(text), expected[i++]);
    }
    assert_int_equal(i, 7);
    assert_int_equal(value_length(value_item(value, 4)), 3); // a NUL is a character too
    value_free(&value);
    assert_null(value);
}

static void what_is_no_json_is_refused_where_it_stops(void **state)
{
    (void)state;
    const struct {
        const char *text;
        value_fault_kind_t kind;
        size_t at;
    } rows[] = {
        {"", VALUE_SYNTAX, 0},
        {"  ", VALUE_SYNTAX, 2},
        {"[1,]", VALUE_SYNTAX, 3},
        {"[1 2]", VALUE_SYNTAX, 3},
        {"[1", VALUE_SYNTAX, 2},
        {"{\"a\"}", VALUE_SYNTAX, 4},
        {"{\"a\":}", VALUE_SYNTAX, 5},
        {"{a:1}", VALUE_SYNTAX, 1},
        {"{\"a\":1,}", VALUE_SYNTAX, 7},
        {"truE", VALUE_SYNTAX, 0},
        {"nul", VALUE_SYNTAX, 0},
        {"1 1", VALUE_SYNTAX, 2},
        {"\"a", VALUE_SYNTAX, 2},
        {"\"\\", VALUE_SYNTAX, 1},
        {"\"\\u12", VALUE_SYNTAX, 1},
        {"\"\\u123g\"", VALUE_SYNTAX, 1},
        {"\"\\ud800\\u0041\"", VALUE_SYNTAX, 1},
        {"\"\\udc00\"", VALUE_SYNTAX, 1},
        {"\"\n\"", VALUE_SYNTAX, 1},
        {"\"\xff\"", VALUE_UTF8, 1},
        {"\xd3\x99", VALUE_UTF8, 0},
        {"{\"a\\u0000\":1}", VALUE_SYNTAX, 1},
        {"[01]", VALUE_NUMBER, 1},
        {"[1.]", VALUE_NUMBER, 1},
        {"[1e]", VALUE_NUMBER, 1},
        {"[1e+]", VALUE_NUMBER, 1},
        {"[-]", VALUE_NUMBER, 1},
        {"[1.2.3]", VALUE_NUMBER, 1},
        {"[1e999]", VALUE_NUMBER, 1},
        {"{\"a\":1,\"b\":2,\"a\":3}", VALUE_DUPLICATE, 13},
        {"[[[[[1]]]]]", VALUE_DEPTH, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        refused(&plain, rows[i].text, rows[i].kind, rows[i].at);
}

static void strict_refuses_what_could_be_read_in_two_ways(void **state)
{
    (void)state;
    const char *numbers[] = {"1.0", "1e3", "-0", "9223372036854775808"};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        value_t *value = value_read(numbers[i]);
        value_free(&value);
        refused(&strict, numbers[i], VALUE_NUMBER, 0);
    }
    refused(&strict, "\"\\u0000\"", VALUE_SYNTAX, 1);
}

// Several bytes are looked at together: each byte in each place among others.
static void strings_are_taken_byte_by_byte(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++)
        for (size_t at = 1; at <= 17; at++) {
            value_fault_t fault;
            char text[] = "\" !#[]~ !#[]~ !#[]\"";
            text[at] = (char)c;
            value_t *value = value_parse(span_text(text), &plain, &fault);
            assert_int_equal(
                value != NULL, c >= ' ' && c < 0x80 && c != '"' && c != '\\');
            if (value)
                assert_memory_equal(value_text(value), text + 1, 17);
            else if (c != '"' && c != '\\')
                assert_int_equal(fault.at, at);
            value_free(&value);
        }
}

static void a_limit_counts_values(void **state)
{
    (void)state;
    const value_limits_t three = {.depth = 4, .values = 3};
    value_fault_t fault;
    value_t *value = value_parse(span_text("{\"a\":[1]}"), &three, &fault);
    assert_non_null(value);
    value_free(&value);
    refused(&three, "{\"a\":[1,2]}", VALUE_MANY, 8);
}

// More members than are compared pair by pair.
static void a_key_is_found_twice_among_many(void **state)
{
    (void)state;
    const value_limits_t wide = {.depth = 2, .values = 10000};
    for (int twice = -1; twice < 3000; twice += 1500) {
        value_fault_t fault = {0};
        buf_t text = {0};
        size_t at = 0;
        for (int i = 0; i < 3000; i++)
            buf_printf(&text, "%s\"k%d\":%d", i ? "," : "{", i, i);
        at = text.size + 1;
        if (twice >= 0)
            buf_printf(&text, ",\"k%d\":0", twice);
        buf_put_text(&text, "}");
        value_t *value = value_parse(buf_span(&text), &wide, &fault);
        assert_true((value == NULL) == (twice >= 0));
        if (value)
            assert_int_equal(value_integer(value_get(value, "k2999")), 2999);
        else
            assert_true(fault.kind == VALUE_DUPLICATE && fault.at == at);
        value_free(&value);
        buf_destroy(&text);
    }
}

static void members_and_items_are_found(void **state)
{
    (void)state;
    value_t *value =
        value_read("{\"a\":{\"x\":[1,[2],{}]},\"ab\":true,\"n\":null,\"\":-5}");
    const value_t *list = value_at(value, "/a/x");
    assert_int_equal(value_count(value), 4);
    assert_int_equal(value_count(list), 3);
    assert_int_equal(value_integer(value_at(list, "/1/0")), 2);
    assert_true(value_is(value_item(list, 2), VALUE_OBJECT));
    assert_null(value_item(list, 3));
    assert_null(value_next(value_item(list, 2), NULL));
    assert_true(value_is(value_get(value, "ab"), VALUE_TRUE));
    assert_true(value_is(value_getn(value, "ab", 2), VALUE_TRUE));
    assert_null(value_getn(value, "ab", 3));
    assert_true(value_is(value_get(value, "n"), VALUE_NULL));
    assert_int_equal(value_integer(value_get(value, "")), -5);
    assert_null(value_get(list, "a"));
    assert_null(value_item(value, 0));
    value_free(&value);
}

// Of every length, and with one that differs in each of its bytes.
static void keys_are_told_apart_by_every_byte(void **state)
{
    (void)state;
    enum { LONGEST = 40 };
    for (size_t length = 0; length <= LONGEST; length++) {
        char key[LONGEST + 1] = {0};
        buf_t text = {0};
        memset(key, 'a', length);
        buf_put_text(&text, "{");
        for (size_t i = 0; i < length; i++) {
            key[i] = 'b';
            buf_printf(&text, "\"%s\":%zu,", key, i);
            key[i] = 'a';
        }
        buf_printf(&text, "\"%s\":-1}", key);
        value_t *object = value_read(buf_text(&text));
        assert_int_equal(value_integer(value_get(object, key)), -1);
        for (size_t i = 0; i < length; i++) {
            key[i] = 'b';
            assert_int_equal(value_integer(value_get(object, key)), i);
            key[i] = 'c';
            assert_null(value_get(object, key));
            key[i] = 'a';
        }
        value_free(&object);
        buf_destroy(&text);
    }
}

static void nothing_answers_as_nothing(void **state)
{
    (void)state;
    assert_null(value_get(NULL, "a"));
    assert_null(value_item(NULL, 0));
    assert_null(value_at(NULL, "/a"));
    assert_null(value_text(NULL));
    assert_null(value_json(NULL));
    assert_int_equal(value_count(NULL) + value_length(NULL), 0);
    assert_int_equal(value_integer(NULL), 0);
    assert_false(value_is_number(NULL));
    value_t *none = NULL;
    value_free(&none);
}

// Text of two values, and -1, 0 or 1.
static void compares(const char *a_text, const char *b_text, int expected)
{
    value_t *a = value_read(a_text), *b = value_read(b_text);
    if (value_compare(a, b) != expected || value_compare(b, a) != -expected ||
        value_equal(a, b) != (expected == 0))
        fail_msg("%s against %s", a_text, b_text);
    value_free(&a);
    value_free(&b);
}

static void numbers_are_compared_exactly(void **state)
{
    (void)state;
    compares("1", "1.0", 0);
    compares("-3", "2", -1);
    compares("0.5", "0.25", 1);
    compares("9007199254740993", "9007199254740992.0", 1);
    compares("9223372036854775807", "9223372036854775808", -1);
    compares("-9223372036854775808", "-9223372036854775808.0", 0);
    compares("-2", "-2.5", 1);
}

static void equal_means_the_same_value(void **state)
{
    (void)state;
    const struct {
        const char *a, *b;
        bool equal;
    } rows[] = {
        {"{\"a\":1,\"b\":[1,{}]}", "{\"b\":[1.0,{}],\"a\":1}", true},
        {"{\"a\":1}", "{\"b\":1}", false},
        {"{\"a\":1}", "{\"a\":1,\"b\":1}", false},
        {"[1,2]", "[2,1]", false},
        {"[]", "{}", false},
        {"\"\\u0061\"", "\"a\"", true},
        {"true", "false", false},
        {"null", "null", true},
        {"1", "true", false},
        {"\"a\\u0000b\"", "\"a\\u0000c\"", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        value_t *a = value_read(rows[i].a), *b = value_read(rows[i].b);
        if (value_equal(a, b) != rows[i].equal)
            fail_msg("%s against %s", rows[i].a, rows[i].b);
        value_free(&a);
        value_free(&b);
    }
}

// A point is a point, whatever the program's locale writes.
static void reals_do_not_depend_on_the_locale(void **state)
{
    (void)state;
    if (!setlocale(LC_NUMERIC, "ru_RU.UTF-8") && !setlocale(LC_NUMERIC, "de_DE.UTF-8"))
        printf("# no locale with a comma is installed: only the C locale was tried\n");
    value_t *value = value_read("[12.25, -0.5e1]");
    assert_true(fabs(value_number(value_item(value, 0)) - 12.25) < 1e-9);
    assert_true(fabs(value_number(value_item(value, 1)) + 5) < 1e-9);
    value_free(&value);
    (void)setlocale(LC_NUMERIC, "C");
}

static void a_copy_for_jansson_is_the_same(void **state)
{
    (void)state;
    const char *text = "{\"a\":[1,-2.5,\"x\\n\",true,false,null,{}],\"b\":{\"c\":[]}}";
    value_t *value = value_read(text);
    json_t *copy = value_json(value);
    json_t *read = json_loads(text, 0, NULL);
    assert_true(json_equal(copy, read));
    json_decref(copy);
    json_decref(read);
    value_free(&value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_unescaped),
        cmocka_unit_test(what_is_no_json_is_refused_where_it_stops),
        cmocka_unit_test(strict_refuses_what_could_be_read_in_two_ways),
        cmocka_unit_test(strings_are_taken_byte_by_byte),
        cmocka_unit_test(a_limit_counts_values),
        cmocka_unit_test(a_key_is_found_twice_among_many),
        cmocka_unit_test(members_and_items_are_found),
        cmocka_unit_test(keys_are_told_apart_by_every_byte),
        cmocka_unit_test(nothing_answers_as_nothing),
        cmocka_unit_test(numbers_are_compared_exactly),
        cmocka_unit_test(equal_means_the_same_value),
        cmocka_unit_test(reals_do_not_depend_on_the_locale),
        cmocka_unit_test(a_copy_for_jansson_is_the_same),
    };
    return test_group(tests, NULL, NULL);
}
