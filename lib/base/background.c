// background - a thread has the signal mask of the one that starts it: so it is full for
// as long as that takes.

#include "lib/base/background.h"

#include <errno.h>
#include <signal.h>
#include <time.h>

int background_start(pthread_t *thread, const char *name, void *(*run)(void *context),
    void *context, cause_t *why)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(thread, NULL, run, context);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error == 0) {
        (void)pthread_setname_np(*thread, name);
        return 0;
    }
    errno = error;
    return cause_errno(why, "the thread %s", name);
}

void background_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(condition, &attributes);
    (void)pthread_condattr_destroy(&attributes);
}
