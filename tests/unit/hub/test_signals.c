// signals: they wait in a descriptor instead of interrupting, also in threads that start
// later.

#include "hub/signals.h"

#include "tests/lib/test.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static void *raise_here(void *signal)
{
    (void)pthread_kill(pthread_self(), *(const int *)signal);
    return NULL;
}

static void what_comes_is_read_from_the_descriptor(void **state)
{
    (void)state;
    static const struct {
        int signal;
        signals_t expected;
    } cases[] = {
        {SIGHUP, SIGNALS_RELOAD}, {SIGTERM, SIGNALS_STOP}, {SIGINT, SIGNALS_STOP}};
    cause_t why;
    uint32_t uid = 0;
    int descriptor = signals_open(&why);
    struct pollfd item = {.fd = descriptor, .events = POLLIN};
    assert_true(descriptor >= 0);
    assert_int_equal(signals_next(descriptor, &uid), SIGNALS_NONE);
    assert_int_equal(poll(&item, 1, 0), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(kill(getpid(), cases[i].signal), 0);
        assert_int_equal(poll(&item, 1, 60000), 1);
        assert_int_equal(signals_next(descriptor, &uid), cases[i].expected);
        assert_int_equal(uid, getuid());
        assert_int_equal(signals_next(descriptor, &uid), SIGNALS_NONE);
    }
    (void)close(descriptor);
}

static void threads_are_not_interrupted_either(void **state)
{
    (void)state;
    pthread_t thread;
    cause_t why;
    int deadly = SIGTERM;
    int descriptor = signals_open(&why);
    assert_true(descriptor >= 0);
    assert_int_equal(pthread_create(&thread, NULL, raise_here, &deadly), 0);
    assert_int_equal(pthread_join(thread, NULL), 0); // and this process is still there
    (void)close(descriptor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_comes_is_read_from_the_descriptor),
        cmocka_unit_test(threads_are_not_interrupted_either),
    };
    return test_group(tests, NULL, NULL);
}
