// quarantine: an order is for an entry that cannot be read, and for no other; what is
// written of it is read again.

#include "lib/tlog/quarantine.h"

#include "tests/lib/test.h"

static const cause_t because = {"this is no record of a duty"};

static void only_what_cannot_be_read_is_set_aside(void **state)
{
    quarantine_t quarantine = {0};
    cause_t why;
    size_t cursor = 0;
    (void)state;
    assert_int_equal(quarantine_order(&quarantine, 0, &why), -1);
    assert_int_equal(quarantine_order(&quarantine, 7, &why), 0);
    assert_int_equal(quarantine_check(&quarantine, 7, &why), -1);
    assert_non_null(strstr(why.text, "ends before"));
    assert_int_equal(quarantine_check(&quarantine, 8, &why), -1);
    assert_non_null(strstr(why.text, "can be read"));
    assert_null(quarantine_due(&quarantine, &cursor));
    assert_int_equal(quarantine_fail(&quarantine, 7, &because), 0);
    assert_int_equal(quarantine_check(&quarantine, 8, &why), 0);
    cursor = 0;
    const aside_t *due = quarantine_due(&quarantine, &cursor);
    assert_int_equal(due->position, 7);
    assert_null(quarantine_due(&quarantine, &cursor));
    assert_int_equal(quarantine_enter(&quarantine, 9, 7, "x", &why), 0);
    cursor = 0;
    assert_null(quarantine_due(&quarantine, &cursor)); // it has its entry
    assert_int_equal(quarantine_check(&quarantine, 10, &why), 0);
    assert_true(quarantine_holds(&quarantine, 7));
}

static void what_nobody_set_aside_is_named_with_the_way_out(void **state)
{
    quarantine_t quarantine = {0};
    cause_t why;
    (void)state;
    assert_int_equal(quarantine_order(&quarantine, 3, &why), 0);
    assert_int_equal(quarantine_fail(&quarantine, 3, &because), 0);
    assert_int_equal(quarantine_fail(&quarantine, 12, &because), 0);
    assert_int_equal(quarantine_check(&quarantine, 20, &why), -1);
    assert_string_equal(why.text,
        "entry 12 cannot be read (this is no record of a duty); to start without it: "
        "dabyl-hub --quarantine 3 --quarantine 12 hub.conf");
}

static void there_is_an_end_to_it(void **state)
{
    quarantine_t quarantine = {0};
    (void)state;
    for (uint64_t i = 1; i <= QUARANTINE_MAX; i++)
        assert_int_equal(quarantine_fail(&quarantine, i, &because), 0);
    assert_int_equal(quarantine_fail(&quarantine, 1, &because), 0);
    assert_int_equal(quarantine_fail(&quarantine, 1000, &because), -1);
}

static void what_is_written_is_read(void **state)
{
    static const char *const reasons[] = {"x", "line\nbreak", "\x1b[1m", "тіл", ""};
    (void)state;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        quarantine_t quarantine = {0};
        cause_t long_why, why;
        buf_t text = {0};
        uint64_t position;
        char reason[QUARANTINE_TEXT];
        size_t size = strlen(reasons[i]);
        for (size_t k = 0; k < sizeof long_why.text; k++)
            long_why.text[k] = size ? reasons[i][k % size] : 'y';
        long_why.text[sizeof long_why.text - 1] = 0;
        assert_int_equal(quarantine_fail(&quarantine, UINT64_MAX / 2, &long_why), 0);
        quarantine_print(&quarantine.item[0], &text);
        assert_int_equal(quarantine_parse(buf_span(&text), &position, reason, &why), 0);
        assert_int_equal(position, UINT64_MAX / 2);
        assert_string_equal(reason, quarantine.item[0].reason);
        for (size_t cut = 0; cut < text.size; cut++)
            assert_int_equal(
                quarantine_parse(span_of(text.data, cut), &position, reason, &why), -1);
        buf_destroy(&text);
    }
}

static void an_entry_sets_aside_what_is_before_it(void **state)
{
    quarantine_t quarantine = {0};
    cause_t why;
    (void)state;
    assert_int_equal(quarantine_enter(&quarantine, 5, 0, "x", &why), -1);
    assert_int_equal(quarantine_enter(&quarantine, 5, 5, "x", &why), -1);
    assert_int_equal(quarantine_enter(&quarantine, 5, 4, "x", &why), 0);
    assert_true(quarantine_late(&quarantine)); // it had been folded
    quarantine_again(&quarantine);
    assert_true(quarantine_holds(&quarantine, 4));
    assert_int_equal(quarantine_enter(&quarantine, 5, 4, "x", &why), 0);
    assert_false(quarantine_late(&quarantine));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_cannot_be_read_is_set_aside),
        cmocka_unit_test(what_nobody_set_aside_is_named_with_the_way_out),
        cmocka_unit_test(there_is_an_end_to_it),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(an_entry_sets_aside_what_is_before_it),
    };
    return test_group(tests, NULL, NULL);
}
