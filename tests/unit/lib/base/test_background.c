// background: a thread runs under its name, and signals are not for it.

#include "lib/base/background.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

static cause_t why;

static void *look(void *context)
{
    (void)pthread_sigmask(SIG_SETMASK, NULL, context);
    return context;
}

static void no_signal_reaches_a_thread(void **state)
{
    (void)state;
    pthread_t thread;
    sigset_t seen, mine;
    void *result;
    assert_int_equal(background_start(&thread, "looks", look, &seen, &why), 0);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_ptr_equal(result, &seen);
    assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &mine), 0);
    static const int signals[] = {SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        assert_true(sigismember(&seen, signals[i]));
        assert_false(sigismember(&mine, signals[i])); // and ours are as they were
    }
}

static void *wait_for_the_end(void *context)
{
    (void)pthread_mutex_lock(context);
    (void)pthread_mutex_unlock(context);
    return NULL;
}

static void a_thread_has_its_name(void **state)
{
    (void)state;
    pthread_t thread;
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    char name[16];
    (void)pthread_mutex_lock(&lock);
    assert_int_equal(
        background_start(&thread, "waits", wait_for_the_end, &lock, &why), 0);
    assert_int_equal(pthread_getname_np(thread, name, sizeof name), 0);
    assert_string_equal(name, "waits");
    (void)pthread_mutex_unlock(&lock);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

// By the wall clock this moment would be decades ago, by the other one it is to come.
static void a_condition_waits_by_the_monotonic_clock(void **state)
{
    (void)state;
    pthread_cond_t condition;
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    struct timespec before, until, after;
    background_condition(&condition);
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &before), 0);
    until = before;
    until.tv_nsec += 20 * 1000 * 1000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    (void)pthread_mutex_lock(&lock);
    while (pthread_cond_timedwait(&condition, &lock, &until) == 0)
        continue;
    (void)pthread_mutex_unlock(&lock);
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &after), 0);
    assert_true(after.tv_sec > until.tv_sec ||
                (after.tv_sec == until.tv_sec && after.tv_nsec >= until.tv_nsec));
    assert_int_equal(pthread_cond_destroy(&condition), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_signal_reaches_a_thread),
        cmocka_unit_test(a_thread_has_its_name),
        cmocka_unit_test(a_condition_waits_by_the_monotonic_clock),
    };
    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
