// alarm: what was kept comes back as it was, and what is no notice is refused.

#include "nodes/notify/alarm.h"

#include "lib/base/file.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

static scratch_t scratch;
static cause_t why;

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

static notify_rule_t rule_of(int64_t escalate_ms)
{
    notify_rule_t rule = {.on = ON_OVERDUE, .tells = 3, .escalate_ms = escalate_ms};
    static const char *const names[] = {"duty", "head", "chief"};
    for (size_t i = 0; i < 3; i++)
        (void)snprintf(rule.tell[i], NOTIFY_NAME_MAX, "%s", names[i]);
    return rule;
}

static alarm_t some_alarm(void)
{
    alarm_t alarm;
    const notify_rule_t rule = rule_of(60000);
    alarm_begin(&alarm, &rule, "n7", 1000);
    alarm.number = 7;
    alarm.level = 4;
    alarm.exercise = true;
    (void)snprintf(alarm.kind, sizeof alarm.kind, "service.notice");
    alarm.message = (reference_t){"hub", "01a22cfd-1c28-7e6a-b206-73ee85bbfe59"};
    alarm.about = (reference_t){"isoc", "01a22cfd-1c28-7e6a-b206-73ee85bbfe60"};
    alarm.step[0] = (step_t){"duty", STEP_TOLD, 1000, 1001, 2, 4321, 99};
    alarm.step[1].state = STEP_TRYING;
    alarm.step[1].begun_ms = 61000;
    return alarm;
}

static void assert_same_step(const step_t *a, const step_t *b)
{
    assert_string_equal(a->name, b->name);
    assert_int_equal(a->state, b->state);
    assert_int_equal(a->due_ms, b->due_ms);
    assert_int_equal(a->begun_ms, b->begun_ms);
    assert_int_equal(a->attempts, b->attempts);
    assert_int_equal(a->pid, b->pid);
    assert_int_equal(a->born, b->born);
}

static void what_is_kept_comes_back(void **state)
{
    (void)state;
    const alarm_t alarm = some_alarm();
    alarm_t again;
    assert_int_equal(alarm_write(&alarm, scratch.path, &why), 0);
    assert_int_equal(alarm_read(&again, scratch.path, "n7", &why), 0);
    assert_string_equal(again.id, alarm.id);
    assert_int_equal(again.on, ON_OVERDUE);
    assert_int_equal(again.number, 7);
    assert_int_equal(again.level, 4);
    assert_true(again.exercise && !again.over);
    assert_string_equal(again.kind, alarm.kind);
    assert_string_equal(again.about.id, alarm.about.id);
    assert_string_equal(again.message.author, "hub");
    assert_int_equal(again.steps, 3);
    for (size_t i = 0; i < again.steps; i++)
        assert_same_step(&again.step[i], &alarm.step[i]);
    assert_int_equal(alarm_remove(&alarm, scratch.path, &why), 0);
    assert_int_equal(alarm_read(&again, scratch.path, "n7", &why), -1);
}

static void half_a_notice_is_none(void **state)
{
    (void)state;
    const alarm_t alarm = some_alarm();
    alarm_t again;
    buf_t whole = {0};
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/n7.json", scratch.path);
    assert_int_equal(alarm_write(&alarm, scratch.path, &why), 0);
    assert_int_equal(file_read(path, 1 << 20, &whole, &why), 0);
    for (size_t size = 0; size + 2 < whole.size; size++) {
        assert_int_equal(file_replace(path, span_of(whole.data, size), 0600, &why), 0);
        assert_int_equal(alarm_read(&again, scratch.path, "n7", &why), -1);
    }
    static const char *const wrong[] = {"{}", "[]", "{\"notice\":\"v2\"}",
        "{\"notice\":\"v1\",\"on\":\"never\"}",
        ("{\"notice\":\"v1\",\"on\":\"disk\",\"steps\":[{\"name\":\"a\","
         "\"state\":\"lost\"}]}")};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(file_replace(path, span_text(wrong[i]), 0600, &why), 0);
        assert_int_equal(alarm_read(&again, scratch.path, "n7", &why), -1);
    }
    buf_destroy(&whole);
}

static void steps_follow_each_other(void **state)
{
    (void)state;
    alarm_t alarm;
    const notify_rule_t slow = rule_of(60000), fast = rule_of(0);
    alarm_begin(&alarm, &slow, "n1", 1000);
    assert_int_equal(alarm.step[0].due_ms, 1000);
    assert_int_equal(alarm.step[2].due_ms, 121000);
    assert_false(alarm_said(&alarm));
    assert_int_equal(alarm_escalated(&alarm), 0);
    alarm.step[1].begun_ms = alarm.step[2].begun_ms = 5;
    assert_int_equal(alarm_escalated(&alarm), 2);
    alarm.over = true;
    assert_int_equal(alarm_escalated(&alarm), 0);
    for (size_t i = 0; i < alarm.steps; i++)
        alarm.step[i].state = i % 2 ? STEP_GIVEN_UP : STEP_TOLD;
    assert_true(alarm_said(&alarm));
    alarm_begin(&alarm, &fast, "n2", 1000);
    assert_int_equal(alarm.step[2].due_ms, 1000);
    alarm.step[2].begun_ms = 5; // all at once is no escalation
    assert_int_equal(alarm_escalated(&alarm), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_kept_comes_back),
        TEST(half_a_notice_is_none),
        TEST(steps_follow_each_other),
    };
    return test_group(tests, NULL, NULL);
}
