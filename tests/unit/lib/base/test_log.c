// log: one plain line per event, whatever is in the values.

#include "lib/base/log.h"

#include "lib/base/times.h"
#include "tests/lib/test.h"

#include <unistd.h>

static char line[8192];

// What a call to log_line wrote: `line` holds it afterwards.
static void captured(void (*call)(void))
{
    int pipes[2], kept = dup(STDERR_FILENO);
    assert_int_equal(pipe(pipes), 0);
    assert_int_not_equal(dup2(pipes[1], STDERR_FILENO), -1);
    call();
    assert_int_not_equal(dup2(kept, STDERR_FILENO), -1);
    (void)close(pipes[1]);
    (void)close(kept);
    ssize_t size = read(pipes[0], line, sizeof line - 1);
    (void)close(pipes[0]);
    assert_true(size >= 0);
    line[size] = '\0';
}

static void say_ready(void)
{
    log_line(LOG_INFO, "hub.ready", "endpoint=%s entries=%d", "tcp://127.0.0.1:7600", 12);
}

static void say_nothing_more(void)
{
    log_line(LOG_ERROR, "hub.bare", "%s", "");
}

static void say_hostile(void)
{
    log_line(LOG_WARNING, "x", "name=%s", "a\nb\r\x1b[31m\x7f\xd2\x9b\tz");
}

static void say_debug(void)
{
    log_line(LOG_DEBUG, "x", "a=%d", 1);
}

static void say_much(void)
{
    static char much[5000];
    memset(much, 'm', sizeof much - 1);
    log_line(LOG_INFO, "x", "much=%s", much);
}

static void say_numbers(void)
{
    log_line(LOG_WARNING, "x.y",
        "a=%d b=%llu c=%zu d=\"%d\" e=%d/%d f=%.*s g=%08x h=\"%s, %s\" i=%s", -1,
        18446744073709551615ull, (size_t)7, 4, 5, 6, 2, "abc", 255u, "one", "two", "");
}

static void say_forged(void)
{
    log_line(
        LOG_INFO, "x", "reason=\"%s\" node=%s", "a\" level=\"b\\\xff\xd2\x9b\n", "c d=e");
}

static void say_often(void)
{
    for (int i = 0; i < 20; i++)
        log_often(LOG_INFO, "often", "node=%s code=%s n=%d", "a", "b.c", i);
}

static const char *after_time(void)
{
    static const char head[] = "{\"time\":\"";
    int64_t ms;
    assert_memory_equal(line, head, sizeof head - 1);
    assert_true(time_parse(span_of(line + sizeof head - 1, TIME_TEXT - 1), &ms));
    return line + sizeof head - 1 + TIME_TEXT - 1;
}

static int as_json(void **state)
{
    cause_t why;
    (void)state;
    return log_set_format("json", &why);
}

static int as_text(void **state)
{
    cause_t why;
    (void)state;
    return log_set_format("text", &why);
}

static void json_has_a_member_for_each_pair(void **state)
{
    (void)state;
    captured(say_ready);
    assert_string_equal(after_time(),
        "\",\"severity\":\"info\",\"event\":\"hub.ready\","
        "\"endpoint\":\"tcp://127.0.0.1:7600\",\"entries\":12}\n");
    captured(say_numbers);
    assert_string_equal(after_time(),
        "\",\"severity\":\"warning\",\"event\":\"x.y\",\"a\":-1,"
        "\"b\":18446744073709551615,\"c\":7,\"d\":\"4\",\"e\":\"5/6\",\"f\":\"ab\","
        "\"g\":\"000000ff\",\"h\":\"one, two\",\"i\":\"\"}\n");
}

static void nobody_writes_a_member_by_what_he_says(void **state)
{
    (void)state;
    captured(say_forged);
    assert_string_equal(after_time(),
        "\",\"severity\":\"info\",\"event\":\"x\",\"reason\":\"a\\\" level=\\\"b\\\\"
        "\xef\xbf\xbd\xd2\x9b\\u000a\",\"node\":\"c d=e\"}\n");
}

static void what_is_too_long_is_cut_and_still_an_object(void **state)
{
    (void)state;
    captured(say_much);
    size_t size = strlen(line);
    assert_true(size > 1900 && size <= 2048);
    assert_string_equal(line + size - 4, "m\"}\n");
}

static void json_is_counted_like_text(void **state)
{
    (void)state;
    captured(say_often);
    size_t lines = 0;
    for (const char *at = line; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    assert_int_equal(lines, 10);
}

static void there_are_two_forms(void **state)
{
    cause_t why;
    (void)state;
    assert_int_equal(log_set_format("xml", &why), -1);
    assert_non_null(strstr(why.text, "xml"));
}

static void a_line_is_time_level_id_and_pairs(void **state)
{
    (void)state;
    int64_t ms;
    captured(say_ready);
    assert_true(time_parse(span_of(line, TIME_TEXT - 1), &ms));
    assert_string_equal(line + TIME_TEXT - 1,
        " info hub.ready endpoint=tcp://127.0.0.1:7600 entries=12\n");
    captured(say_nothing_more);
    assert_string_equal(line + TIME_TEXT - 1, " error hub.bare\n");
}

static void a_value_cannot_end_the_line(void **state)
{
    (void)state;
    captured(say_hostile);
    assert_string_equal(line + TIME_TEXT - 1, " warning x name=a?b??[31m?\xd2\x9b?z\n");
}

static void what_is_too_long_is_cut_and_ends_with_the_line(void **state)
{
    (void)state;
    captured(say_much);
    size_t size = strlen(line);
    assert_true(size > 1000 && size < 4096);
    assert_ptr_equal(strchr(line, '\n'), line + size - 1);
}

static void the_level_decides(void **state)
{
    (void)state;
    cause_t why;
    captured(say_debug);
    assert_string_equal(line, "");
    assert_int_equal(log_set_level("debug", &why), 0);
    captured(say_debug);
    assert_string_equal(line + TIME_TEXT - 1, " debug x a=1\n");
    assert_int_equal(log_set_level("error", &why), 0);
    captured(say_ready);
    assert_string_equal(line, "");
    captured(say_nothing_more);
    assert_string_not_equal(line, "");
    assert_int_equal(log_set_level("info", &why), 0);
    assert_int_equal(log_set_level("", &why), -1);
    assert_int_equal(log_set_level("Info", &why), -1);
    assert_int_equal(log_set_level("information", &why), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_is_time_level_id_and_pairs),
        cmocka_unit_test(a_value_cannot_end_the_line),
        cmocka_unit_test(what_is_too_long_is_cut_and_ends_with_the_line),
        cmocka_unit_test(the_level_decides),
        cmocka_unit_test_setup_teardown(
            json_has_a_member_for_each_pair, as_json, as_text),
        cmocka_unit_test_setup_teardown(
            nobody_writes_a_member_by_what_he_says, as_json, as_text),
        cmocka_unit_test_setup_teardown(
            what_is_too_long_is_cut_and_still_an_object, as_json, as_text),
        cmocka_unit_test_setup_teardown(json_is_counted_like_text, as_json, as_text),
        cmocka_unit_test(there_are_two_forms),
    };
    return test_group(tests, NULL, NULL);
}
