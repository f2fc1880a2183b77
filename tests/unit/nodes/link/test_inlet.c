// inlet: what comes is taken in its order, until it is too much; then nothing is.

#include "nodes/link/inlet.h"

#include "tests/lib/test.h"

enum { MOST = 1 << 20, HOLD = 256 };

static void put(inlet_t *inlet, uint32_t number, size_t size)
{
    zframe_t *frame = zframe_new(NULL, size);
    assert_true(size >= sizeof number);
    memcpy(zframe_data(frame), &number, sizeof number);
    inlet_put(inlet, &frame);
    assert_null(frame);
}

static void takes(inlet_t *inlet, uint32_t number, size_t size)
{
    uint32_t got;
    zframe_t *frame = inlet_take(inlet);
    assert_non_null(frame);
    assert_int_equal(zframe_size(frame), size);
    memcpy(&got, zframe_data(frame), sizeof got);
    assert_int_equal(got, number);
    zframe_destroy(&frame);
}

// Also of those that are copied because much waits.
static void first_in_is_first_out(void **state)
{
    (void)state;
    inlet_t *inlet = inlet_new(MOST);
    assert_null(inlet_take(inlet));
    for (uint32_t round = 0; round < 50; round++) {
        for (uint32_t i = 0; i < 40; i++)
            put(inlet, round * 40 + i, 4 + i * 500);
        assert_true(inlet_waits(inlet));
        for (uint32_t i = 0; i < 40; i++)
            takes(inlet, round * 40 + i, 4 + i * 500);
        assert_false(inlet_waits(inlet));
    }
    assert_false(inlet_overflowed(inlet));
    inlet_destroy(&inlet);
    inlet_destroy(&inlet);
}

// A frame costs more than its bytes: small ones are bounded like large ones.
static void too_much_is_lost_whole(void **state)
{
    (void)state;
    static const size_t sizes[] = {4, 4096, 8192, MOST / 2};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        inlet_t *inlet = inlet_new(MOST);
        size_t fit = MOST / (HOLD + sizes[i]);
        for (uint32_t n = 0; n < fit; n++)
            put(inlet, n, sizes[i]);
        assert_false(inlet_overflowed(inlet));
        takes(inlet, 0, sizes[i]); // what was taken makes room
        put(inlet, 1, sizes[i]);
        assert_false(inlet_overflowed(inlet));
        put(inlet, 2, sizes[i]);
        assert_true(inlet_overflowed(inlet));
        assert_false(inlet_waits(inlet));
        put(inlet, 3, 4);
        assert_null(inlet_take(inlet));
        inlet_destroy(&inlet);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_in_is_first_out),
        cmocka_unit_test(too_much_is_lost_whole),
    };
    return test_group(tests, NULL, NULL);
}
