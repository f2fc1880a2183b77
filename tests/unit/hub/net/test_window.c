// window: what a node acknowledges moves it, and what it does not goes out again.

#include "hub/net/window.h"

#include "tests/lib/test.h"

static cause_t why;

static void what_the_node_has_is_not_sent(void **state)
{
    (void)state;
    window_t window = {.weight = 7, .reached = 9};
    window_open(&window, 8, 5, 100);
    assert_int_equal(window.sent, 5);
    assert_int_equal(window.acked, 5);
    assert_int_equal(window.weight, 0);
    assert_int_equal(window_ack(&window, 5, 0, &why), 0);
    assert_int_equal(window_ack(&window, 6, 0, &why), -1); // nor the session's before it
    assert_false(window_resend(&window, 999999));
}

static void acknowledging_moves_the_window(void **state)
{
    (void)state;
    window_t window;
    window_open(&window, 8, 0, 1000);
    window_sent(&window, 5, 100, 1000);
    assert_int_equal(window_ack(&window, 6, 1000, &why), -1);
    assert_int_equal(window_ack(&window, 3, 1000, &why), 0);
    assert_int_equal(window.acked, 3);
    assert_int_equal(window_ack(&window, 2, 1000, &why), 0);
    assert_int_equal(window.acked, 3); // late, and no step back
}

static void what_stays_unacknowledged_goes_out_again(void **state)
{
    (void)state;
    window_t window;
    window_open(&window, 8, 0, 100);
    assert_false(window_resend(&window, 999999)); // nothing was sent
    window_sent(&window, 4, 100, 1000);
    assert_false(window_resend(&window, 1099));
    assert_true(window_resend(&window, 1100));
    assert_int_equal(window.sent, 0);
    window_sent(&window, 4, 100, 1100);
    assert_false(window_resend(&window, 1299)); // twice as long now
    assert_true(window_resend(&window, 1300));
    window_sent(&window, 4, 100, 1300);
    assert_int_equal(window_ack(&window, 1, 1400, &why), 0);
    assert_false(window_resend(&window, 1499)); // what moves waits its first wait again
    assert_true(window_resend(&window, 1500));
    assert_int_equal(window.sent, 1);
}

static void the_wait_before_sending_again_ends_growing(void **state)
{
    (void)state;
    window_t window;
    int64_t now = 0;
    window_open(&window, 8, 0, 15000);
    for (int i = 0; i < 200; i++) {
        window_sent(&window, 1, 100, now);
        now = window.resend_at_ms;
        assert_true(window_resend(&window, now));
        assert_in_range(window.resend_ms, 15000, 2 * 3600 * 1000);
    }
}

// The node may have got the first copy after all, and acknowledge it while the second
// one still waits for room in its queue.
static void an_acknowledgement_may_come_after_the_resending(void **state)
{
    (void)state;
    window_t window;
    window_open(&window, 8, 0, 100);
    window_sent(&window, 6, 100, 0);
    assert_true(window_resend(&window, 100));
    assert_int_equal(window.sent, 0);
    assert_int_equal(window_ack(&window, 6, 150, &why), 0);
    assert_int_equal(window.acked, 6);
    assert_int_equal(window.sent, 6); // and is not sent a third time
    assert_int_equal(window_ack(&window, 7, 150, &why), -1);
}

static void a_range_may_be_asked_for_again(void **state)
{
    (void)state;
    window_t window;
    window_open(&window, 8, 0, 1000);
    window_sent(&window, 9, 100, 0);
    assert_int_equal(window_ack(&window, 5, 0, &why), 0);
    assert_int_equal(window_again(&window, &(again_t){0, 3}, &why), -1);
    assert_int_equal(window_again(&window, &(again_t){4, 3}, &why), -1);
    assert_int_equal(window_again(&window, &(again_t){20, 30}, &why), 0);
    assert_int_equal(window.sent, 9); // not sent yet: it comes anyway
    assert_int_equal(window_again(&window, &(again_t){7, UINT64_MAX}, &why), 0);
    assert_int_equal(window.sent, 6);
    assert_int_equal(window.acked, 5);
    assert_int_equal(window_again(&window, &(again_t){2, 2}, &why), 0);
    assert_int_equal(window.sent, 1);
    assert_int_equal(window.acked, 1);
}

static void what_waits_for_acknowledgement_has_a_weight(void **state)
{
    (void)state;
    window_t window;
    window_open(&window, 8, 0, 1000);
    window_sent(&window, 4, 1000, 0);
    window_sent(&window, 4, 1000, 0);
    assert_int_equal(window.weight, 2000);
    assert_int_equal(window_ack(&window, 2, 0, &why), 0);
    assert_int_equal(window.weight, 1500);
    assert_int_equal(window_ack(&window, 1, 0, &why), 0);
    assert_int_equal(window.weight, 1500);
    assert_int_equal(window_ack(&window, 8, 0, &why), 0);
    assert_int_equal(window.weight, 0);
    window_sent(&window, 3, 1000, 0);
    assert_true(window_resend(&window, 1000 * 1000)); // all of it goes out again
    assert_int_equal(window.weight, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_node_has_is_not_sent),
        cmocka_unit_test(acknowledging_moves_the_window),
        cmocka_unit_test(what_stays_unacknowledged_goes_out_again),
        cmocka_unit_test(the_wait_before_sending_again_ends_growing),
        cmocka_unit_test(an_acknowledgement_may_come_after_the_resending),
        cmocka_unit_test(a_range_may_be_asked_for_again),
        cmocka_unit_test(what_waits_for_acknowledgement_has_a_weight),
    };
    return test_group(tests, NULL, NULL);
}
