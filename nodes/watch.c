// watch - most callers look at the folder anyway, so that a queue that ran over costs
// them nothing; who takes names is told when some were lost.

#include "nodes/watch.h"

#include "lib/moment.h"
#include "lib/times.h"

#include <errno.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

int watch_open(watch_t *self, cause_t *why)
{
    self->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    return self->fd < 0 ? cause_errno(why, "cannot watch folders") : 0;
}

int watch_add(watch_t *self, const char *folder, cause_t *why)
{
    // IN_CREATE as well: a file made by link(2) is neither moved nor written.
    if (inotify_add_watch(self->fd, folder, IN_MOVED_TO | IN_CREATE | IN_ONLYDIR) < 0)
        return cause_errno(why, "%s", folder);
    return 0;
}

void watch_close(watch_t *self)
{
    if (self->fd >= 0)
        (void)close(self->fd);
    self->fd = -1;
}

static void visit_all(
    const char *events, size_t size, watch_visit_t *visit, void *context)
{
    for (size_t at = 0; at < size;) {
        const struct inotify_event *event = (const void *)(events + at);
        if (event->mask & (IN_Q_OVERFLOW | IN_IGNORED | IN_UNMOUNT))
            visit(context, NULL);
        else if (event->len > 0)
            visit(context, event->name);
        at += sizeof *event + event->len;
    }
}

int watch_names(
    watch_t *self, int64_t until_ms, watch_visit_t *visit, void *context, cause_t *why)
{
    struct pollfd waited = {self->fd, POLLIN, 0};
    int ready = poll(&waited, 1, moment_poll(until_ms, clock_now().monotonic_ms));
    if (ready < 0 && errno != EINTR)
        return cause_errno(why, "waiting for a folder");
    if (ready <= 0)
        return 0;
    char events[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t size;
    while ((size = read(self->fd, events, sizeof events)) > 0)
        if (visit)
            visit_all(events, (size_t)size, visit, context);
    return 1;
}

int watch_wait(watch_t *self, int64_t until_ms, cause_t *why)
{
    return watch_names(self, until_ms, NULL, NULL, why);
}
