// unsent: what one node leaves unread is counted for it alone, and until it is let go.

#include "hub/net/unsent.h"

#include "tests/lib/test.h"

static unsent_frame_t *wrap(unsent_t *unsent, size_t whose, const char *text)
{
    buf_t bytes = {0};
    buf_put_text(&bytes, text);
    const uint8_t *data = bytes.data;
    unsent_frame_t *frame = unsent_take(unsent, whose, &bytes);
    assert_null(bytes.data);
    assert_ptr_equal(unsent_data(frame), data); // no copy
    assert_int_equal(unsent_size(frame), strlen(text));
    return frame;
}

static void let_go(unsent_frame_t *frame)
{
    unsent_free(unsent_data(frame), frame);
}

static void each_is_counted_until_it_is_let_go(void **state)
{
    (void)state;
    unsent_t *unsent = unsent_new();
    assert_int_equal(unsent_bytes(unsent, 3), 0);
    unsent_frame_t *first = wrap(unsent, 3, "first");
    unsent_frame_t *second =
        wrap(unsent, 900, "the second"); // first's counter stays in place
    unsent_frame_t *third = wrap(unsent, 3, "third one");
    unsent_frame_t *empty = wrap(unsent, 3, "");
    assert_int_equal(unsent_bytes(unsent, 3), 14);
    assert_int_equal(unsent_bytes(unsent, 900), 10);
    assert_int_equal(unsent_bytes(unsent, 4), 0);
    let_go(first);
    assert_int_equal(unsent_bytes(unsent, 3), 9);
    let_go(third);
    let_go(empty);
    let_go(second);
    assert_int_equal(unsent_bytes(unsent, 3), 0);
    assert_int_equal(unsent_bytes(unsent, 900), 0);
    unsent_destroy(&unsent);
    assert_null(unsent);
    unsent_destroy(&unsent);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_counted_until_it_is_let_go)};
    return test_group(tests, NULL, NULL);
}
