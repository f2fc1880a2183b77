// job - an eventfd says that the work has ended; joining its thread makes what it wrote
// the caller's.

#include "lib/base/job.h"

#include "lib/base/memory.h"
#include "lib/sys/task.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct job {
    char name[16];
    task_t thread;
    bool runs;
    int ended; // eventfd
    void (*run)(void *context);
    void *context;
};

job_t *job_new(const char *name, cause_t *why)
{
    job_t *self = memory_new(1, sizeof *self);
    (void)snprintf(self->name, sizeof self->name, "%s", name);
    self->ended = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (self->ended < 0) {
        (void)cause_errno(why, "the thread %s", name);
        free(self);
        return NULL;
    }
    return self;
}

void job_destroy(job_t **self_p)
{
    job_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->runs)
        task_join(self->thread);
    (void)close(self->ended);
    free(self);
}

static void *work(void *context)
{
    job_t *self = context;
    self->run(self->context);
    (void)eventfd_write(self->ended, 1);
    return NULL;
}

int job_start(job_t *self, void (*run)(void *context), void *context, cause_t *why)
{
    self->run = run;
    self->context = context;
    if (task_start(&self->thread, self->name, work, self) != 0)
        return cause_errno(why, "the thread %s", self->name);
    self->runs = true;
    return 0;
}

bool job_runs(const job_t *self)
{
    return self->runs;
}

bool job_done(job_t *self)
{
    eventfd_t ended;
    if (!self->runs || eventfd_read(self->ended, &ended) != 0)
        return false;
    task_join(self->thread);
    self->runs = false;
    return true;
}

int job_fd(const job_t *self)
{
    return self->ended;
}
