// task: a thread runs under its name, signals are not for it, and it waits by the steady
// clock.

#include "lib/sys/task.h"

#include "lib/sys/clock.h"
#include "tests/lib/test.h"

#include <signal.h>

static void *look(void *context)
{
    (void)pthread_sigmask(SIG_SETMASK, NULL, context);
    return context;
}

static void no_signal_reaches_a_thread(void **state)
{
    (void)state;
    task_t task;
    sigset_t seen, mine;
    assert_int_equal(task_start(&task, "looks", look, &seen), 0);
    task_join(task);
    assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &mine), 0);
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        assert_true(sigismember(&seen, signals[i]));
        assert_false(sigismember(&mine, signals[i])); // and ours are as they were
    }
}

static void *wait_for_the_end(void *context)
{
    mutex_lock(context);
    mutex_unlock(context);
    return NULL;
}

static void a_thread_has_its_name(void **state)
{
    (void)state;
    task_t task;
    mutex_t lock = MUTEX_READY;
    char name[16];
    mutex_lock(&lock);
    assert_int_equal(task_start(&task, "waits", wait_for_the_end, &lock), 0);
    assert_int_equal(pthread_getname_np(task, name, sizeof name), 0);
    assert_string_equal(name, "waits");
    mutex_unlock(&lock);
    task_join(task);
}

// By the wall clock this moment would be decades ago, by the other one it is to come.
static void a_wait_ends_by_the_steady_clock(void **state)
{
    (void)state;
    wakeup_t wakeup;
    mutex_t lock = MUTEX_READY;
    wakeup_init(&wakeup);
    int64_t until_ms = clock_ms(CLOCK_STEADY) + 20;
    mutex_lock(&lock);
    while (wakeup_wait_until(&wakeup, &lock, until_ms))
        continue;
    mutex_unlock(&lock);
    assert_true(clock_ms(CLOCK_STEADY) >= until_ms);
    wakeup_destroy(&wakeup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_signal_reaches_a_thread),
        cmocka_unit_test(a_thread_has_its_name),
        cmocka_unit_test(a_wait_ends_by_the_steady_clock),
    };
    return test_group(tests, NULL, NULL);
}
