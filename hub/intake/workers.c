// workers - one job at a time: its items are drawn from an atomic counter in small
// strides.
//
// Where there is much to do, who has no work sleeps: the processor is somebody else's,
// and the caller draws until a thread has woken.  Where there is little, one message
// matters, and waking up would take longer than the work.

#include "hub/intake/workers.h"

#include "lib/base/memory.h"
#include "lib/sys/clock.h"
#include "lib/sys/task.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

enum { FEW = 8, MANY = 64, STRIDE = 4, LINGER_US = 150 };

struct workers {
    mutex_t mutex;
    wakeup_t wake;    // threads wait for a job
    wakeup_t idle;    // the caller waits for the threads
    atomic_ulong job; // counts jobs, so that a thread takes part in each once
    unsigned busy;    // threads inside the job
    bool stop;
    work_fn work;
    void *context;
    size_t n, stride;
    atomic_bool brisk; // the last loop that was shared was of few items
    atomic_size_t next;
    unsigned threads;
    task_t thread[];
};

static void draw(workers_t *self)
{
    size_t first;
    while ((first = atomic_fetch_add(&self->next, self->stride)) < self->n)
        for (size_t i = first; i < self->n && i < first + self->stride; i++)
            self->work(self->context, i);
}

// To wake a processor that sleeps takes longer than a small job, above all in a virtual
// machine.  So who has just worked looks for more for a moment, and meanwhile lets
// everybody else go first.
static void linger(const workers_t *self, unsigned long seen)
{
    if (seen == 0 || !atomic_load(&self->brisk))
        return;
    int64_t until = clock_us(CLOCK_STEADY) + LINGER_US;
    while (atomic_load(&self->job) == seen && clock_us(CLOCK_STEADY) < until)
        task_yield();
}

static void *serve(void *argument)
{
    workers_t *self = argument;
    unsigned long seen = 0;
    for (;;) {
        linger(self, seen);
        mutex_lock(&self->mutex);
        while (!self->stop && self->job == seen)
            wakeup_wait(&self->wake, &self->mutex);
        if (self->stop)
            break;
        seen = self->job;
        self->busy++;
        mutex_unlock(&self->mutex);
        draw(self);
        mutex_lock(&self->mutex);
        if (--self->busy == 0)
            wakeup_signal(&self->idle);
        mutex_unlock(&self->mutex);
    }
    mutex_unlock(&self->mutex);
    return NULL;
}

// With fewer threads it is slower, and that is all.
static int start_thread(workers_t *self)
{
    return task_start(&self->thread[self->threads], "worker", serve, self);
}

workers_t *workers_new(unsigned threads)
{
    workers_t *self = memory_new(1, sizeof *self + threads * sizeof self->thread[0]);
    mutex_init(&self->mutex);
    wakeup_init(&self->wake);
    wakeup_init(&self->idle);
    while (self->threads < threads && start_thread(self) == 0)
        self->threads++;
    return self;
}

void workers_destroy(workers_t **self_p)
{
    workers_t *self = *self_p;
    if (!self)
        return;
    mutex_lock(&self->mutex);
    self->stop = true;
    wakeup_broadcast(&self->wake);
    mutex_unlock(&self->mutex);
    for (unsigned i = 0; i < self->threads; i++)
        task_join(self->thread[i]);
    wakeup_destroy(&self->idle);
    wakeup_destroy(&self->wake);
    mutex_destroy(&self->mutex);
    free(self);
    *self_p = NULL;
}

static void post(workers_t *self, size_t n, work_fn work, void *context)
{
    mutex_lock(&self->mutex);
    while (self->busy) // one that woke late for the job before
        wakeup_wait(&self->idle, &self->mutex);
    self->work = work;
    self->context = context;
    self->n = n;
    self->stride = n < MANY ? 1 : STRIDE;
    atomic_store(&self->next, 0);
    self->job++;
    wakeup_broadcast(&self->wake);
    mutex_unlock(&self->mutex);
}

// The caller draws what is left, then waits for those still inside.  A thread that wakes
// only now finds nothing to draw; the next job is not posted before it left.
static void finish(workers_t *self)
{
    draw(self);
    mutex_lock(&self->mutex);
    while (self->busy)
        wakeup_wait(&self->idle, &self->mutex);
    mutex_unlock(&self->mutex);
}

void workers_each(workers_t *self, size_t n, size_t alone, work_fn work, void *context)
{
    if (self->threads == 0 || n < alone) {
        for (size_t i = 0; i < n; i++)
            work(context, i);
        return;
    }
    atomic_store(&self->brisk, n <= FEW);
    post(self, n, work, context);
    finish(self);
}

void workers_start(workers_t *self, work_fn work, void *context)
{
    post(self, 1, work, context);
}

void workers_join(workers_t *self)
{
    finish(self);
}
