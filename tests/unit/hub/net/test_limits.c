// limits: told at once, then once a minute, and not at all when nothing happened.

#include "hub/net/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char said[512]; // what was logged last, and nothing else is kept

__attribute__((format(printf, 3, 4))) static void hear(
    log_level_t level, const char *id, const char *format, ...)
{
    va_list list;
    size_t used = strlen(said);
    assert_int_equal(level, LOG_WARNING);
    assert_string_equal(id, "limit.reached");
    va_start(list, format);
    (void)vsnprintf(said + used, sizeof said - used, format, list);
    va_end(list);
}

static void expect(limits_t *limits, int64_t at_ms, const char *text)
{
    said[0] = 0;
    limits_say(limits, at_ms, hear);
    assert_string_equal(said, text);
}

static void it_is_told_at_once_and_then_once_a_minute(void **state)
{
    (void)state;
    limits_t *limits = limits_new();
    expect(limits, 0, "");
    limits_set(limits, LIMIT_CONNECTIONS, 2, "");
    expect(limits, 10, "limit=limits.connections times=2 last=-");
    expect(limits, 20, "");
    limits_set(limits, LIMIT_CONNECTIONS, 9, "");
    limits_set(limits, LIMIT_NODE_CONNECTIONS, 1, "isoc-bank");
    expect(limits, 30, "limit=limits.node_connections times=1 last=isoc-bank");
    limits_set(limits, LIMIT_NODE_CONNECTIONS, 1, ""); // nothing happened
    expect(limits, 60009, "");
    expect(limits, 60010, "limit=limits.connections times=9 last=-");
    expect(limits, 200000, "");
    limits_destroy(&limits);
}

static void the_status_has_what_was_reached(void **state)
{
    (void)state;
    limits_t *limits = limits_new();
    json_t *status = json_object();
    for (int i = 0; i < LIMITS; i++)
        limits_set(limits, (limit_t)i, (uint64_t)i, "x");
    limits_status(limits, status);
    json_t *list = json_object_get(status, "limits");
    assert_int_equal(json_object_size(list), LIMITS - 1); // but the first
    assert_int_equal(json_integer_value(json_object_get(list, "limits.node_connections")),
        LIMIT_NODE_CONNECTIONS);
    json_decref(status);
    limits_destroy(&limits);
    assert_null(limits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_told_at_once_and_then_once_a_minute),
        cmocka_unit_test(the_status_has_what_was_reached),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
