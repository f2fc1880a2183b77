// task - work on a thread of its own, beside the main one, and how tasks wait for each
// other.
//
// A seam: whoever decides which thread goes next replaces this file.  No signal reaches a
// thread that is started here.  Timed waits go by CLOCK_STEADY.

#ifndef LIB_SYS_TASK_H
#define LIB_SYS_TASK_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

typedef pthread_t task_t;
typedef pthread_mutex_t mutex_t;
typedef pthread_cond_t wakeup_t;

// `name` (at most 15 bytes) is what the system shows of it.  The caller joins it.  -1
// with errno: there is none.
int task_start(
    task_t *self, const char *name, void *(*run)(void *context), void *context);
void task_join(task_t self);
void task_yield(void); // everybody else first

#define MUTEX_READY PTHREAD_MUTEX_INITIALIZER
void mutex_init(mutex_t *self);
void mutex_destroy(mutex_t *self);
void mutex_lock(mutex_t *self);
void mutex_unlock(mutex_t *self);

void wakeup_init(wakeup_t *self);
void wakeup_destroy(wakeup_t *self);
// The mutex is held before and after.  A wait may end without a reason.
void wakeup_wait(wakeup_t *self, mutex_t *mutex);
// False: it is `until_ms` by CLOCK_STEADY.
bool wakeup_wait_until(wakeup_t *self, mutex_t *mutex, int64_t until_ms);
void wakeup_signal(wakeup_t *self);
void wakeup_broadcast(wakeup_t *self);

#endif
