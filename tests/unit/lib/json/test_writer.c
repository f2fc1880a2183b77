// writer: what is written is JSON that reads back as it was, in jansson's spelling.

#include "lib/json/value_json.h"
#include "lib/json/writer.h"
#include "tests/lib/test.h"
#include "tests/lib/values.h"

#include <math.h>

static uint32_t seed;

static uint32_t roll(uint32_t sides)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % sides;
}

static void random_text(char text[64])
{
    static const char *const piece[] = {"a", "\"", "\\", "/", "\b", "\f", "\n", "\r",
        "\t", "\x01", "\x1f", "\x7f", "\xc3\xa9", "\xd3\x99", "\xf0\x9f\x98\x80", " "};
    text[0] = 0;
    for (uint32_t n = roll(12); n > 0; n--)
        strcat(text, piece[roll(sizeof piece / sizeof *piece)]);
}

static double random_real(void)
{
    const double some[] = {
        0.5, -0.0, 1e20, 1e-7, -2.5e-300, 1e300, 123456789.125, 3, 1e15, 1e16, 0.1};
    return some[roll(sizeof some / sizeof *some)];
}

static json_t *random_tree(int depth)
{
    char text[64];
    json_t *tree;
    random_text(text);
    switch (roll(depth > 0 ? 8 : 6)) {
    case 0:
        return json_null();
    case 1:
        return json_boolean(roll(2));
    case 2:
        return json_integer((json_int_t)roll(1 << 20) - (1 << 19));
    case 3:
        return json_integer(roll(2) ? INT64_MIN : INT64_MAX);
    case 4:
        return json_real(random_real());
    case 5:
        return json_string(text);
    case 6:
        tree = json_array();
        for (uint32_t n = roll(4); n > 0; n--)
            (void)json_array_append_new(tree, random_tree(depth - 1));
        return tree;
    default:
        tree = json_object();
        for (uint32_t n = roll(4); n > 0; n--) {
            random_text(text);
            (void)json_object_set_new(tree, text, random_tree(depth - 1));
        }
        return tree;
    }
}

static void what_was_read_is_written_as_jansson_would(void **state)
{
    (void)state;
    for (seed = 1; seed <= 3000;) {
        uint32_t first = seed;
        json_t *tree = random_tree(5);
        char *expected =
            json_dumps(tree, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION(15));
        value_t *value = value_read(expected);
        buf_t out = {0};
        writer_t writer = writer_to(&out);
        writer_value(&writer, NULL, value);
        if (strcmp(buf_text(&out), expected) != 0)
            fail_msg("seed %u: %s, not %s", first, buf_text(&out), expected);
        value_free(&value);
        buf_destroy(&out);
        free(expected);
        json_decref(tree);
        seed = first + 1;
    }
}

static void members_and_items_are_separated(void **state)
{
    (void)state;
    buf_t out = {0};
    writer_t writer = writer_to(&out);
    writer_object(&writer, NULL);
    writer_array(&writer, "none");
    writer_end(&writer);
    writer_array(&writer, "list");
    writer_integer(&writer, NULL, -1);
    writer_object(&writer, NULL);
    writer_end(&writer);
    writer_json(&writer, NULL, span_text("[2]"));
    writer_end(&writer);
    writer_text(&writer, "text", "a\"b");
    writer_text(&writer, "nothing", NULL);
    writer_bool(&writer, "yes", true);
    writer_real(&writer, "real", 3);
    writer_value(&writer, "absent", NULL);
    writer_end(&writer);
    assert_string_equal(buf_text(&out),
        "{\"none\":[],\"list\":[-1,{},[2]],\"text\":\"a\\\"b\",\"nothing\":null,"
        "\"yes\":true,\"real\":3.0,\"absent\":null}");
    buf_destroy(&out);
}

// A text that was cut within a character is still JSON.
static void bytes_that_are_no_text_are_replaced(void **state)
{
    (void)state;
    const char *const bad[] = {"\xff", "a\xd3", "\xc0\xafz", "\xed\xa0\x80", "ok\x80ok"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        buf_t out = {0};
        writer_t writer = writer_to(&out);
        writer_text(&writer, NULL, bad[i]);
        value_t *value = value_read(buf_text(&out));
        assert_non_null(strstr(value_text(value), "\xEF\xBF\xBD"));
        value_free(&value);
        buf_destroy(&out);
    }
}

static void depth_goes_as_far_as_it_says(void **state)
{
    (void)state;
    buf_t out = {0};
    writer_t writer = writer_to(&out);
    for (int i = 0; i < WRITER_DEPTH; i++) {
        if (i % 2)
            writer_object(&writer, NULL);
        else
            writer_array(&writer, i == 0 ? NULL : "in");
    }
    for (int i = 0; i < WRITER_DEPTH; i++)
        writer_end(&writer);
    value_t *value = value_read(buf_text(&out));
    value_free(&value);
    buf_destroy(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_read_is_written_as_jansson_would),
        cmocka_unit_test(members_and_items_are_separated),
        cmocka_unit_test(bytes_that_are_no_text_are_replaced),
        cmocka_unit_test(depth_goes_as_far_as_it_says),
    };
    return test_group(tests, NULL, NULL);
}
