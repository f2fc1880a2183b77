// drain - the thread sleeps on a timer that the owner sets when it goes to work and stops
// when it waits.  A turn is mostly shorter than the timer, and then costs two system
// calls and no other thread.
//
// ZMQ_FD tells of changes only, and whoever uses the socket may have used one up: so the
// owner reads all there is before it waits, and what the thread reads is told by `news`.

#include "lib/net/drain.h"

#include "lib/base/memory.h"
#include "lib/sys/task.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

enum {
    MS = 1000000,      // nanoseconds
    AFTER_NS = 5 * MS, // the owner went to work, and then
    EVERY_NS = 2 * MS, // the thread reads: so much is what libzmq holds unread
};

struct drain {
    void *socket;
    drain_read_fn read;
    void *context;
    mutex_t lock;
    task_t thread;
    bool running;
    atomic_bool closing;
    bool told;   // `news` is readable; under the lock
    int changes; // ZMQ_FD
    int news, timer;
};

void drain_lock(drain_t *self)
{
    mutex_lock(&self->lock);
}

void drain_unlock(drain_t *self)
{
    mutex_unlock(&self->lock);
}

static void read_and_tell(drain_t *self)
{
    const uint64_t one = 1;
    drain_lock(self);
    if (self->read(self->context) && !self->told) {
        self->told = true;
        (void)!write(self->news, &one, sizeof one);
    }
    drain_unlock(self);
}

static void forget(drain_t *self)
{
    uint64_t count;
    drain_lock(self);
    if (self->told)
        (void)!read(self->news, &count, sizeof count);
    self->told = false;
    drain_unlock(self);
}

static void set_timer(drain_t *self, long after_ns, long every_ns)
{
    struct itimerspec when = {{0, every_ns}, {0, after_ns}};
    (void)timerfd_settime(self->timer, 0, &when, NULL);
}

static void *run(void *context)
{
    drain_t *self = context;
    uint64_t times;
    while (!atomic_load(&self->closing)) {
        if (read(self->timer, &times, sizeof times) < 0 && errno != EINTR)
            break;
        if (!atomic_load(&self->closing))
            read_and_tell(self);
    }
    return NULL;
}

static int open_files(drain_t *self, cause_t *why)
{
    size_t size = sizeof self->changes;
    if (zmq_getsockopt(self->socket, ZMQ_FD, &self->changes, &size) != 0 ||
        (self->news = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0 ||
        (self->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)) < 0)
        return cause_errno(why, "cannot watch a socket");
    return 0;
}

drain_t *drain_open(
    void *socket, const char *name, drain_read_fn read, void *context, cause_t *why)
{
    drain_t *self = memory_new(1, sizeof *self);
    self->socket = socket;
    self->read = read;
    self->context = context;
    self->news = self->timer = -1;
    mutex_init(&self->lock);
    if (open_files(self, why) == 0) {
        self->running = task_start(&self->thread, name, run, self) == 0;
        if (self->running)
            return self;
        (void)cause_errno(why, "the thread %s", name);
    }
    drain_close(&self);
    return NULL;
}

void drain_close(drain_t **self_p)
{
    drain_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    atomic_store(&self->closing, true);
    if (self->running) {
        set_timer(self, 1, 0);
        task_join(self->thread);
    }
    if (self->news >= 0)
        (void)close(self->news);
    if (self->timer >= 0)
        (void)close(self->timer);
    mutex_destroy(&self->lock);
    free(self);
}

void drain_wait(drain_t *self, struct pollfd item[DRAIN_ITEMS])
{
    set_timer(self, 0, 0);
    read_and_tell(self);
    item[0] = (struct pollfd){self->changes, POLLIN, 0};
    item[1] = (struct pollfd){self->news, POLLIN, 0};
}

void drain_work(drain_t *self)
{
    forget(self);
    set_timer(self, AFTER_NS, EVERY_NS);
}
