// folder_watch - inotify.  Most callers only want to be woken and then look at the folder
// themselves; those that take the names are told when the kernel's queue ran over.

#include "nodes/cli/folder_watch.h"

#include "lib/base/moment.h"
#include "lib/base/times.h"

#include <errno.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

void folder_watch_set(folder_watch_t *self, const char *const *folders, size_t n)
{
    // IN_CREATE as well: a file made by link(2) is neither moved nor written.
    enum { EVENTS = IN_MOVED_TO | IN_CREATE | IN_CLOSE_WRITE | IN_ONLYDIR };
    self->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    for (size_t i = 0; i < n && self->fd >= 0; i++)
        if (inotify_add_watch(self->fd, folders[i], EVENTS) < 0)
            folder_watch_close(self);
}

void folder_watch_close(folder_watch_t *self)
{
    if (self->fd >= 0)
        (void)close(self->fd);
    self->fd = -1;
}

static void visit_all(
    const char *events, size_t size, folder_watch_visit_t *visit, void *context)
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

int folder_watch_names(folder_watch_t *self, int64_t until_ms,
    folder_watch_visit_t *visit, void *context, cause_t *why)
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

int folder_watch_wait(folder_watch_t *self, int64_t until_ms, cause_t *why)
{
    int64_t now_ms = clock_now().monotonic_ms,
            look_ms = moment_after(now_ms, WATCH_BLIND_MS);
    if (self->fd >= 0 || moment_due(until_ms, now_ms))
        return folder_watch_names(self, until_ms, NULL, NULL, why);
    bool look = look_ms < until_ms;
    moment_sooner(&look_ms, until_ms);
    int result = folder_watch_names(self, look_ms, NULL, NULL, why);
    return result < 0 ? -1 : look;
}
