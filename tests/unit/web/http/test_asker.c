// Questions to a daemon: many who ask the same at the time are one to it; an answer is
// shared while it is fresh, and a failure is not.

#include "lib/net/control.h"
#include "lib/sys/task.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"
#include "web/http/asker.h"

#include <poll.h>

enum { ASKERS = 8 };

static scratch_t scratch;
static cause_t why;
static control_t *control;
static asker_t *asker;

// A daemon that answers so many questions, each with its number, and to "no" an error.
static size_t asked;

static void answer_next(void)
{
    char line[64], text[64];
    while (!control_receive(control, line, sizeof line)) {
        struct pollfd fd = {control_fd(control), POLLIN, 0};
        (void)poll(&fd, 1, 10);
    }
    asked++;
    (void)snprintf(text, sizeof text,
        strcmp(line, "no") == 0 ? "{\"error\":\"not now\"}" : "{\"n\":%zu}", asked);
    control_answer(control, span_text(text));
}

static void *answer_one(void *context)
{
    answer_next();
    return context;
}

static void *ask_one(void *context)
{
    cause_t ignored;
    json_t *json = asker_ask(asker, context, 60000, &ignored);
    size_t n = (size_t)json_integer_value(json_object_get(json, "n"));
    json_decref(json);
    return (void *)(uintptr_t)n;
}

static size_t ask(const char *request, int64_t fresh_ms, bool answered)
{
    task_t daemon;
    if (answered)
        assert_int_equal(task_start(&daemon, "daemon", answer_one, NULL), 0);
    json_t *json = asker_ask(asker, request, fresh_ms, &why);
    size_t n = (size_t)json_integer_value(json_object_get(json, "n"));
    json_decref(json);
    if (answered)
        task_join(daemon);
    return n;
}

static void many_who_ask_the_same_are_one(void **state)
{
    (void)state;
    task_t tasks[ASKERS];
    size_t before = asked;
    for (size_t i = 0; i < ASKERS; i++)
        assert_int_equal(task_start(tasks + i, "asker", ask_one, (void *)"same"), 0);
    answer_next();
    for (size_t i = 0; i < ASKERS; i++) {
        void *got;
        assert_int_equal(pthread_join(tasks[i], &got), 0);
        assert_int_equal((size_t)(uintptr_t)got, before + 1);
    }
    assert_false(control_waits(control));
}

static void an_answer_is_shared_while_it_is_fresh(void **state)
{
    (void)state;
    size_t first = ask("fresh", 60000, true);
    assert_int_equal(first, asked);
    assert_int_equal(ask("fresh", 60000, false), first);
    assert_int_equal(ask("fresh", 0, true), first + 1);
    assert_int_equal(ask("fresh", 60000, false), first + 1);
    assert_int_equal(ask("another", 60000, true), first + 2);
}

static void a_failure_is_not_kept(void **state)
{
    (void)state;
    assert_int_equal(ask("no", 60000, true), 0);
    assert_string_equal(why.text, "not now");
    size_t before = asked;
    assert_int_equal(ask("no", 60000, true), 0);
    assert_int_equal(asked, before + 1);
}

static void more_questions_than_places_go_one_after_the_other(void **state)
{
    (void)state;
    char request[16];
    size_t before = asked;
    for (size_t i = 0; i < 100; i++) {
        (void)snprintf(request, sizeof request, "q %zu", i);
        assert_int_equal(ask(request, 60000, true), before + i + 1);
    }
    assert_int_equal(ask("q 99", 60000, false), before + 100);
}

static void nobody_there_is_said_at_once(void **state)
{
    (void)state;
    asker_t *lonely = asker_new(scratch_at(&scratch, "run/nobody"));
    assert_null(asker_ask(lonely, "status", 0, &why));
    assert_non_null(strstr(why.text, "the daemon is not running"));
    asker_destroy(&lonely);
}

static int set_up(void **state)
{
    (void)state;
    scratch_open(&scratch);
    control = control_open(scratch_at(&scratch, "run/control"), &why);
    asker = asker_new(scratch_at(&scratch, "run/control"));
    return control ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    asker_destroy(&asker);
    control_close(&control);
    scratch_close(&scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_who_ask_the_same_are_one),
        cmocka_unit_test(an_answer_is_shared_while_it_is_fresh),
        cmocka_unit_test(a_failure_is_not_kept),
        cmocka_unit_test(more_questions_than_places_go_one_after_the_other),
        cmocka_unit_test(nobody_there_is_said_at_once),
    };
    return test_group(tests, set_up, tear_down);
}
