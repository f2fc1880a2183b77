// inflow: which numbers are taken, when they are acknowledged, when missing ones are
// asked for.

#include "nodes/link/inflow.h"

#include "tests/lib/test.h"

static deliver_t *frame;

static const deliver_t *numbers(uint64_t first, size_t n)
{
    frame->n = n;
    for (size_t i = 0; i < n; i++)
        frame->item[i].number = first + i;
    return frame;
}

static void takes_what_comes_next(void **state)
{
    (void)state;
    static const struct {
        uint64_t stored, number;
        size_t n, first, taken;
        bool gap, owing;
    } cases[] = {
        {0, 1, 3, 0, 3, false, false},
        {5, 6, 1, 0, 1, false, false},
        {5, 4, 4, 2, 2, false, true}, // two of them again
        {5, 3, 3, 3, 0, false, true}, // all of them again
        {5, 7, 2, 0, 0, true, false}, // one is missing
        {0, 2, 1, 0, 0, true, false},
        {UINT64_MAX - 2, UINT64_MAX - 1, 1, 0, 1, false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        inflow_t inflow = {.stored = cases[i].stored,
            .acked = cases[i].stored,
            .seen = cases[i].stored,
            .window = 8};
        size_t first;
        assert_int_equal(
            inflow_offer(&inflow, numbers(cases[i].number, cases[i].n), 100, &first),
            cases[i].taken);
        assert_int_equal(first, cases[i].first);
        assert_int_equal(inflow.gap, cases[i].gap);
        assert_int_equal(inflow.owing, cases[i].owing);
    }
}

static void takes_no_more_than_is_without_a_hole(void **state)
{
    (void)state;
    inflow_t inflow = {.window = 8};
    again_t again;
    size_t first;
    (void)numbers(1, 5);
    frame->item[3].number = 7;
    frame->item[4].number = 8;
    assert_int_equal(inflow_offer(&inflow, frame, 0, &first), 3);
    inflow_stored(&inflow, 3, 0);
    assert_int_equal(inflow_again_now(&inflow, 0, &again), 1);
    assert_int_equal(again.first, 4);
    assert_int_equal(again.last, 8);
    assert_int_equal(inflow_again_now(&inflow, 1, &again), 0); // it was asked just now
    assert_int_equal(inflow_due_ms(&inflow), INFLOW_ACK_MS);
    assert_int_equal(inflow_offer(&inflow, numbers(4, 5), 2, &first), 5);
    inflow_stored(&inflow, 5, 2);
    assert_int_equal(inflow_again_now(&inflow, 5000, &again), 0);
}

static void gives_up_asking(void **state)
{
    (void)state;
    inflow_t inflow = {.window = 8};
    again_t again;
    size_t first;
    int64_t now = 0;
    assert_int_equal(inflow_offer(&inflow, numbers(2, 1), now, &first), 0);
    for (int i = 0; i < INFLOW_AGAIN_MAX; i++) {
        assert_int_equal(inflow_again_now(&inflow, now, &again), 1);
        now = inflow_due_ms(&inflow);
    }
    assert_int_equal(inflow_again_now(&inflow, now, &again), -1);
}

static void acknowledges_many_at_once(void **state)
{
    (void)state;
    inflow_t inflow = {.window = 8};
    inflow_stored(&inflow, 1, 100);
    assert_false(inflow_ack_now(&inflow, 100));
    assert_int_equal(inflow_due_ms(&inflow), 100 + INFLOW_ACK_MS);
    inflow_stored(&inflow, 2, 110); // the first one decides how long they wait
    assert_int_equal(inflow_due_ms(&inflow), 100 + INFLOW_ACK_MS);
    assert_true(inflow_ack_now(&inflow, 100 + INFLOW_ACK_MS));
    assert_false(inflow_ack_now(&inflow, 1000));
    assert_int_equal(inflow_due_ms(&inflow), INT64_MAX);
    inflow_stored(&inflow, 4, 2000); // half the window: at once
    assert_true(inflow_ack_now(&inflow, 2000));
    // A new session repeats nothing that was said, and says what was not.
    inflow_begin(&inflow);
    assert_false(inflow_ack_now(&inflow, 3000));
    inflow_stored(&inflow, 1, 3000);
    inflow_begin(&inflow);
    assert_true(inflow_ack_now(&inflow, 3000));
    // A new process does not know what the one before said.
    inflow_t fresh = {.stored = 8, .window = 8};
    inflow_begin(&fresh);
    assert_true(inflow_ack_now(&fresh, 0));
}

static void takes_nothing_while_paused(void **state)
{
    (void)state;
    inflow_t inflow = {.window = 8};
    again_t again;
    size_t first;
    inflow_pause(&inflow);
    assert_int_equal(inflow_offer(&inflow, numbers(1, 4), 0, &first), 0);
    assert_int_equal(inflow_again_now(&inflow, 0, &again), 0); // later is soon enough
    inflow_resume(&inflow, 50);
    assert_int_equal(inflow_again_now(&inflow, 50, &again), 1);
    assert_int_equal(again.first, 1);
    assert_int_equal(again.last, 4);
    inflow_pause(&inflow);
    inflow_begin(&inflow); // a new session sends it all by itself
    inflow_resume(&inflow, 60);
    assert_int_equal(inflow_again_now(&inflow, 60, &again), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_comes_next),
        cmocka_unit_test(takes_no_more_than_is_without_a_hole),
        cmocka_unit_test(gives_up_asking),
        cmocka_unit_test(acknowledges_many_at_once),
        cmocka_unit_test(takes_nothing_while_paused),
    };
    frame = calloc(1, sizeof *frame);
    int result = test_group(tests, NULL, NULL);
    free(frame);
    return result;
}
