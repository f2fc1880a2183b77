// recent: the newest are there, newest first, and no more than there is room for.

#include "lib/recent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void the_newest_stay(void **state)
{
    enum { ROOM = 3 };
    (void)state;
    recent_t *recent = recent_new(ROOM);
    assert_null(recent_at(recent, 0));
    for (int64_t i = 1; i <= 10; i++) {
        const duty_t duty = {.at_ms = i};
        recent_add(recent, &duty);
        for (int64_t back = 0; back < ROOM; back++) {
            const duty_t *found = recent_at(recent, (size_t)back);
            assert_int_equal(found != NULL, back < i);
            if (found)
                assert_int_equal(found->at_ms, i - back);
        }
        assert_null(recent_at(recent, ROOM));
    }
    recent_destroy(&recent);
    assert_null(recent);
    recent_destroy(&recent);
}

int main(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_newest_stay)};
    return cmocka_run_group_tests_name("recent", tests, NULL, NULL);
}
