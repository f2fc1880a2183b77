// lock: one holder at a time, and none after the holder is gone.

#include "lib/base/lock.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <signal.h>
#include <sys/wait.h>

static cause_t why;

static void test_one_holder(void **state)
{
    (void)state;
    scratch_t scratch;
    char words[64];
    scratch_open(&scratch);
    const char *path = scratch_at(&scratch, "lock");
    int held = lock_take(path, &why);
    assert_true(held >= 0);
    assert_int_equal(lock_take(path, &why), -1);
    (void)snprintf(words, sizeof words, "lock: in use by process %ld", (long)getpid());
    assert_non_null(strstr(why.text, words));
    (void)close(held);
    held = lock_take(path, &why);
    assert_true(held >= 0);
    (void)close(held);
    assert_int_equal(lock_take(scratch_at(&scratch, "no/lock"), &why), -1);
    scratch_close(&scratch);
}

static void test_it_ends_with_the_process(void **state)
{
    (void)state;
    scratch_t scratch;
    int ready[2];
    char byte;
    scratch_open(&scratch);
    const char *path = scratch_at(&scratch, "lock");
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    if (child == 0) {
        (void)lock_take(path, &why);
        (void)!write(ready[1], "x", 1);
        (void)pause();
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    char words[64];
    (void)snprintf(words, sizeof words, "process %ld", (long)child);
    assert_int_equal(lock_take(path, &why), -1);
    assert_non_null(strstr(why.text, words));
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, NULL, 0), child);
    int held = lock_take(path, &why);
    assert_true(held >= 0);
    (void)close(held);
    (void)close(ready[0]);
    (void)close(ready[1]);
    scratch_close(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_holder),
        cmocka_unit_test(test_it_ends_with_the_process),
    };
    return test_group(tests, NULL, NULL);
}
