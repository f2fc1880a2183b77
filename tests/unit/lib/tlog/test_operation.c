// operation: what is printed is read again, and nothing that is not a line stands in it.

#include "lib/tlog/operation.h"
#include "lib/tlog/operator.h"

#include "tests/lib/test.h"

#include <stdlib.h>

static const uint8_t nonce[OPERATION_NONCE] = {1, 2, 3};

static int parse(const char *text, operation_t *out)
{
    cause_t why;
    return operation_parse(out, span_text(text), &why);
}

static void what_is_printed_is_read(void **state)
{
    (void)state;
    static const operation_t cases[] = {
        {.by = "Айгүл С.", .act = "reload"},
        {.by = "uid 0",
            .has_uid = true,
            .uid = UINT32_MAX,
            .act = "admit",
            .to = "knb-desk"},
        {.by = "d", .act = "erase", .to = "x y", .reason = "a court", .result = "done"},
        {.by = "d", .act = "remove", .reason = "key compromise"},
    };
    buf_t text = {0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        operation_t read;
        buf_clear(&text);
        operation_print(&cases[i], nonce, &text);
        buf_put_u8(&text, 0);
        assert_int_equal(parse((const char *)text.data, &read), 0);
        assert_string_equal(read.by, cases[i].by);
        assert_string_equal(read.act, cases[i].act);
        assert_string_equal(read.to, cases[i].to);
        assert_string_equal(read.reason, cases[i].reason);
        assert_string_equal(read.result, cases[i].result);
        assert_int_equal(read.has_uid, cases[i].has_uid);
        assert_int_equal(read.uid, cases[i].uid);
    }
    buf_destroy(&text);
}

#define HEAD "dabyl-operator/v1\nnonce 00112233445566778899aabbccddeeff\n"

static void nothing_else_is_one(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "",
        "dabyl-operator/v2\nnonce 00112233445566778899aabbccddeeff\nby a\nact b\n",
        "dabyl-operator/v1\nby a\nact b\n",
        "dabyl-operator/v1\nnonce 00\nby a\nact b\n",
        HEAD "act b\n",
        HEAD "by a\n",
        HEAD "by a\nact two words\n",
        HEAD "by \nact b\n",
        HEAD "by a\x1b[2J\nact b\n",
        HEAD "by a\nuid -1\nact b\n",
        HEAD "by a\nuid 01\nact b\n",
        HEAD "by a\nuid 4294967296\nact b\n",
        HEAD "by a\nact b\nreason c\nto d\n",
        HEAD "by a\nact b\nby a\n",
        HEAD "by a\nact b\nto c",
        HEAD "by a\nact b\nto \n",
        HEAD "by a\nact abcdefghijklmnopqrstuvwxyzabcdef\n",
    };
    operation_t read;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (parse(wrong[i], &read) == 0)
            fail_msg("taken: %s", wrong[i]);
    const char good[] = HEAD "by a\nuid 7\nact b\nto c\nreason d\nresult e\n";
    assert_int_equal(parse(good, &read), 0);
    for (size_t n = 0; n + 1 < sizeof good; n++) {
        char cut[sizeof good];
        cause_t why;
        memcpy(cut, good, n);
        cut[n] = 0;
        // What it may lack stands at its end.
        bool whole = n > 0 && cut[n - 1] == '\n' && strstr(cut, "act b\n");
        assert_int_equal(operation_parse(&read, span_text(cut), &why) == 0, whole);
    }
}

static void who_asks_says_it_in_front(void **state)
{
    (void)state;
    cause_t why;
    operation_t asked;
    reader_t reader = reader_of(span_text("by a\nreason b c\nlast 7\n"));
    assert_int_equal(operation_take(&asked, &reader, &why), 0);
    assert_string_equal(asked.by, "a");
    assert_string_equal(asked.act, "");
    assert_string_equal(asked.reason, "b c");
    assert_true(span_is(reader.rest, "last 7\n"));
    reader = reader_of(span_text(""));
    assert_int_equal(operation_take(&asked, &reader, &why), 0);
    operation_name(&asked);
    assert_string_equal(asked.by, "unnamed");
    asked = (operation_t){.has_uid = true, .uid = 12};
    operation_name(&asked);
    assert_string_equal(asked.by, "uid 12");
    reader = reader_of(span_text("by a")); // cut off
    assert_int_equal(operation_take(&asked, &reader, &why), -1);
    assert_non_null(strstr(why.text, "'by'"));
}

static void a_name_is_said_or_known(void **state)
{
    (void)state;
    char name[OPERATION_BY_MAX];
    cause_t why;
    assert_int_equal(setenv("DABYL_OPERATOR", "daulet", 1), 0);
    assert_int_equal(operator_name("aigul", name, &why), 0);
    assert_string_equal(name, "aigul");
    assert_int_equal(operator_name(NULL, name, &why), 0);
    assert_string_equal(name, "daulet");
    assert_int_equal(setenv("DABYL_OPERATOR", "a\nb", 1), 0);
    assert_int_equal(operator_name(NULL, name, &why), -1);
    assert_non_null(strstr(why.text, "DABYL_OPERATOR"));
    assert_int_equal(unsetenv("DABYL_OPERATOR"), 0);
    assert_int_equal(operator_name(NULL, name, &why), 0);
    assert_true(name[0]);
    assert_int_equal(operator_name("", name, &why), -1);
    assert_int_equal(operator_name("a ", name, &why), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_printed_is_read),
        cmocka_unit_test(nothing_else_is_one),
        cmocka_unit_test(who_asks_says_it_in_front),
        cmocka_unit_test(a_name_is_said_or_known),
    };
    return test_group(tests, NULL, NULL);
}
