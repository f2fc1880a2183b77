// limits: told at once, then once a minute, and not at all when nothing happened.

#include "hub/net/limits.h"

#include "tests/lib/heard.h"
#include "tests/lib/test.h"

static void expect(limits_t *limits, int64_t at_ms, const char *text)
{
    heard_t heard;
    char line[256] = "";
    if (*text)
        (void)snprintf(line, sizeof line, "warning limit.reached %s", text);
    heard_begin(&heard);
    limits_say(limits, at_ms);
    (void)heard_end(&heard);
    if (!heard_was(&heard, line))
        fail_msg("expected '%s', said was '%s'", line, heard.text);
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

static void each_is_counted_by_its_name(void **state)
{
    (void)state;
    limits_t *limits = limits_new();
    for (limit_t i = 0; i < LIMITS; i++)
        limits_set(limits, i, i, "x");
    for (limit_t i = 0; i < LIMITS; i++)
        assert_int_equal(limits_times(limits, i), i);
    assert_string_equal(limits_name(LIMIT_NODE_CONNECTIONS), "limits.node_connections");
    limits_destroy(&limits);
    assert_null(limits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_told_at_once_and_then_once_a_minute),
        cmocka_unit_test(each_is_counted_by_its_name),
    };
    return test_group(tests, NULL, NULL);
}
