// crew - a ring of jobs under one lock.
//
// An officer's share counts what is queued and what is being done, so that a console that
// asks without end waits for itself.

#include "web/http/crew.h"

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/sys/task.h"
#include "lib/tlog/leaf.h"

#include <stdlib.h>
#include <string.h>

enum { JOBS = 256, JOBS_EACH = 32 };

typedef struct {
    void *job; // NULL: free
    char officer[NODE_ID_MAX];
} place_t;

struct crew {
    mutex_t mutex;
    wakeup_t wakeup;
    crew_do_t *work;
    void *context;
    task_t *task;
    size_t tasks;
    place_t place[JOBS];
    size_t queue[JOBS]; // places, in order
    size_t first, queued, busy;
    bool ends;
};

static bool take(crew_t *self, size_t *at)
{
    while (self->queued == 0 && !self->ends)
        wakeup_wait(&self->wakeup, &self->mutex);
    if (self->queued == 0)
        return false;
    *at = self->queue[self->first];
    self->first = (self->first + 1) % JOBS;
    self->queued--;
    return true;
}

static void *run(void *context)
{
    crew_t *self = context;
    size_t at;
    mutex_lock(&self->mutex);
    while (take(self, &at)) {
        mutex_unlock(&self->mutex);
        self->work(self->context, self->place[at].job);
        mutex_lock(&self->mutex);
        self->place[at].job = NULL;
        self->busy--;
    }
    mutex_unlock(&self->mutex);
    return NULL;
}

crew_t *crew_new(size_t n, crew_do_t *work, void *context, cause_t *why)
{
    crew_t *self = memory_new(1, sizeof *self);
    mutex_init(&self->mutex);
    wakeup_init(&self->wakeup);
    self->work = work;
    self->context = context;
    self->task = memory_new(n, sizeof *self->task);
    while (self->tasks < n &&
           task_start(self->task + self->tasks, "web-worker", run, self) == 0)
        self->tasks++;
    if (self->tasks < n) {
        (void)cause_errno(why, "cannot start %zu workers", n);
        crew_destroy(&self);
    }
    return self;
}

void crew_end(crew_t *self)
{
    mutex_lock(&self->mutex);
    self->ends = true;
    wakeup_broadcast(&self->wakeup);
    mutex_unlock(&self->mutex);
    for (size_t i = 0; i < self->tasks; i++)
        task_join(self->task[i]);
    self->tasks = 0;
}

void crew_destroy(crew_t **self_p)
{
    crew_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    crew_end(self);
    wakeup_destroy(&self->wakeup);
    mutex_destroy(&self->mutex);
    free(self->task);
    free(self);
}

static place_t *find_place(crew_t *self, const char *officer, cause_t *why)
{
    size_t own = 0;
    place_t *free_one = NULL;
    for (place_t *one = self->place; one < self->place + JOBS; one++) {
        if (!one->job)
            free_one = one;
        else
            own += strcmp(one->officer, officer) == 0;
    }
    if (own >= JOBS_EACH)
        free_one = NULL;
    if (!free_one)
        (void)cause_set(why, "%zu requests %s wait already",
            own >= JOBS_EACH ? own : self->busy,
            own >= JOBS_EACH ? "of this officer" : "in all");
    return free_one;
}

bool crew_give(crew_t *self, void *job, const char *officer, cause_t *why)
{
    mutex_lock(&self->mutex);
    place_t *place = self->ends ? NULL : find_place(self, officer, why);
    if (place) {
        place->job = job;
        (void)text_copy(span_text(officer), place->officer, sizeof place->officer);
        self->queue[(self->first + self->queued++) % JOBS] =
            (size_t)(place - self->place);
        self->busy++;
        wakeup_signal(&self->wakeup);
    } else if (self->ends) {
        (void)cause_set(why, "the console ends");
    }
    mutex_unlock(&self->mutex);
    return place != NULL;
}

size_t crew_busy(crew_t *self)
{
    mutex_lock(&self->mutex);
    size_t n = self->busy;
    mutex_unlock(&self->mutex);
    return n;
}
