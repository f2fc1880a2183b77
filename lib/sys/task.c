// task - POSIX threads.  A thread has the signal mask of the one that starts it: so it
// is full for as long as that takes.

#include "lib/sys/task.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <time.h>

int task_start(task_t *self, const char *name, void *(*run)(void *context), void *context)
{
    sigset_t all, before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(self, NULL, run, context);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0) {
        errno = error;
        return -1;
    }
    (void)pthread_setname_np(*self, name);
    return 0;
}

void task_join(task_t self)
{
    (void)pthread_join(self, NULL);
}

void task_yield(void)
{
    (void)sched_yield();
}

void mutex_init(mutex_t *self)
{
    (void)pthread_mutex_init(self, NULL);
}

void mutex_destroy(mutex_t *self)
{
    (void)pthread_mutex_destroy(self);
}

void mutex_lock(mutex_t *self)
{
    (void)pthread_mutex_lock(self);
}

void mutex_unlock(mutex_t *self)
{
    (void)pthread_mutex_unlock(self);
}

void wakeup_init(wakeup_t *self)
{
    pthread_condattr_t attributes;
    (void)pthread_condattr_init(&attributes);
    (void)pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    (void)pthread_cond_init(self, &attributes);
    (void)pthread_condattr_destroy(&attributes);
}

void wakeup_destroy(wakeup_t *self)
{
    (void)pthread_cond_destroy(self);
}

void wakeup_wait(wakeup_t *self, mutex_t *mutex)
{
    (void)pthread_cond_wait(self, mutex);
}

bool wakeup_wait_until(wakeup_t *self, mutex_t *mutex, int64_t until_ms)
{
    struct timespec until = {until_ms / 1000, until_ms % 1000 * 1000000};
    return pthread_cond_timedwait(self, mutex, &until) != ETIMEDOUT;
}

void wakeup_signal(wakeup_t *self)
{
    (void)pthread_cond_signal(self);
}

void wakeup_broadcast(wakeup_t *self)
{
    (void)pthread_cond_broadcast(self);
}
