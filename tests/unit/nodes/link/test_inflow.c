// inflow: which numbers are taken, when they are acknowledged, when missing ones are
// asked for.

#include "nodes/link/inflow.h"

#include "tests/lib/test.h"

enum { FRAME_BYTES = 1000 };

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
        assert_int_equal(inflow_offer(&inflow, numbers(cases[i].number, cases[i].n),
                             FRAME_BYTES, 100, &first),
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
    assert_int_equal(inflow_offer(&inflow, frame, FRAME_BYTES, 0, &first), 3);
    inflow_stored(&inflow, 3, 0);
    assert_int_equal(inflow_again_now(&inflow, 0, &again), 1);
    assert_int_equal(again.first, 4);
    assert_int_equal(again.last, 8);
    assert_int_equal(inflow_again_now(&inflow, 1, &again), 0); // it was asked just now
    assert_true(inflow_ack_now(&inflow, 1));
    assert_int_equal(inflow_offer(&inflow, numbers(4, 5), FRAME_BYTES, 2, &first), 5);
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
    assert_int_equal(inflow_offer(&inflow, numbers(2, 1), FRAME_BYTES, now, &first), 0);
    for (int i = 0; i < INFLOW_AGAIN_MAX; i++) {
        assert_int_equal(inflow_again_now(&inflow, now, &again), 1);
        now = inflow_due_ms(&inflow);
    }
    assert_int_equal(inflow_again_now(&inflow, now, &again), -1);
}

// A frame with the next n numbers comes and is stored.
static void take(inflow_t *inflow, size_t n, size_t bytes, int64_t now)
{
    size_t first;
    assert_int_equal(
        inflow_offer(inflow, numbers(inflow->stored + 1, n), bytes, now, &first), n);
    inflow_stored(inflow, n, now);
}

static void acknowledges_at_once_what_comes_after_a_while(void **state)
{
    (void)state;
    inflow_t inflow = {.window = 8};
    for (int64_t now = 100; now < 100 + 5 * INFLOW_ACK_MS; now += INFLOW_ACK_MS) {
        take(&inflow, 1, FRAME_BYTES, now);
        assert_true(inflow_due_ms(&inflow) <= now);
        assert_true(inflow_ack_now(&inflow, now));
        assert_false(inflow_ack_now(&inflow, now)); // once
        assert_int_equal(inflow_due_ms(&inflow), INT64_MAX);
    }
}

static void acknowledges_a_stream_in_few_words(void **state)
{
    (void)state;
    inflow_t inflow = {.window = 1024};
    enum { FRAMES = 200 };
    int64_t oldest = 0, now = 100;
    size_t said = 0;
    for (int i = 0; i < FRAMES; i++, now += 5) {
        if (inflow.stored == inflow.acked)
            oldest = now;
        take(&inflow, 3, FRAME_BYTES, now);
        said += inflow_ack_now(&inflow, now);
        // Nothing waits for longer, and who asks when to come again is told no later.
        assert_true(inflow.stored == inflow.acked ||
                    inflow_due_ms(&inflow) <= oldest + INFLOW_ACK_MS);
    }
    assert_true(said >= 2 && said <= 1 + FRAMES * 5 / INFLOW_ACK_MS);
    now = inflow_due_ms(&inflow); // the stream is over: the rest by itself
    assert_true(inflow_ack_now(&inflow, now));
    assert_int_equal(inflow.acked, 3 * FRAMES);
}

static void acknowledges_at_once_when_there_is_much_to_say(void **state)
{
    (void)state;
    inflow_t inflow = {.window = 8};
    take(&inflow, 1, FRAME_BYTES, 100);
    assert_true(inflow_ack_now(&inflow, 100));
    take(&inflow, 3, FRAME_BYTES, 101);
    assert_false(inflow_ack_now(&inflow, 101));
    take(&inflow, 1, FRAME_BYTES, 102); // half the window
    assert_true(inflow_ack_now(&inflow, 102));
    take(&inflow, 1, INFLOW_ACK_BYTES - 1, 103);
    assert_false(inflow_ack_now(&inflow, 103));
    take(&inflow, 1, 1, 104); // what the hub leaves open is bytes, too
    assert_true(inflow_ack_now(&inflow, 104));
    take(&inflow, 1, FRAME_BYTES, 105);
    assert_false(inflow_ack_now(&inflow, 105));
}

static void says_it_again_in_a_new_session(void **state)
{
    (void)state;
    // What was said before may have been lost with the session, or with the hub, and
    // nothing that comes later may make up for it.
    inflow_t inflow = {.window = 8};
    take(&inflow, 1, FRAME_BYTES, 100);
    assert_true(inflow_ack_now(&inflow, 100));
    inflow_begin(&inflow);
    assert_true(inflow_ack_now(&inflow, 101));
    assert_false(inflow_ack_now(&inflow, 1000));
    inflow_t fresh = {.stored = 8, .window = 8}; // and so does a new process
    inflow_begin(&fresh);
    assert_true(inflow_ack_now(&fresh, 0));
    inflow_t none = {.window = 8};
    inflow_begin(&none);
    assert_false(inflow_ack_now(&none, 0));
    assert_int_equal(inflow_due_ms(&none), INT64_MAX);
}

static void takes_nothing_while_paused(void **state)
{
    (void)state;
    inflow_t inflow = {.window = 8};
    again_t again;
    size_t first;
    inflow_pause(&inflow);
    assert_int_equal(inflow_offer(&inflow, numbers(1, 4), FRAME_BYTES, 0, &first), 0);
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
        cmocka_unit_test(acknowledges_at_once_what_comes_after_a_while),
        cmocka_unit_test(acknowledges_a_stream_in_few_words),
        cmocka_unit_test(acknowledges_at_once_when_there_is_much_to_say),
        cmocka_unit_test(says_it_again_in_a_new_session),
        cmocka_unit_test(takes_nothing_while_paused),
    };
    frame = calloc(1, sizeof *frame);
    int result = test_group(tests, NULL, NULL);
    free(frame);
    return result;
}
