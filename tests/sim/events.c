// events - descriptors that are no files, and waiting for them.

#include "tests/sim/files.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

int __wrap_eventfd(unsigned count, int flags);
int __wrap_eventfd(unsigned count, int flags)
{
    int fd = files_new(FILES_EVENT, flags);
    if (fd >= 0) {
        files_at(fd)->at = count;
        files_at(fd)->semaphore = flags & EFD_SEMAPHORE;
    }
    return fd;
}

int __wrap_eventfd_write(int fd, eventfd_t more);
int __wrap_eventfd_write(int fd, eventfd_t more)
{
    files_at(fd)->at += more;
    return 0;
}

int __wrap_signalfd(int fd, const sigset_t *set, int flags);
int __wrap_signalfd(int fd, const sigset_t *set, int flags)
{
    (void)fd, (void)set;
    return files_new(FILES_SIGNALS, flags);
}

// Without it folders are looked at now and then.
int __wrap_inotify_init1(int flags);
int __wrap_inotify_init1(int flags)
{
    (void)flags;
    errno = ENOSYS;
    return -1;
}

static bool ready(const files_open_t *file)
{
    switch (file->kind) {
    case FILES_EVENT:
        return file->at > 0;
    case FILES_SIGNALS:
        return file->machine && file->machine->signals != 0;
    case FILES_WIRE:
        return file->ready(file->context);
    case FILES_FILE:
        break;
    }
    return true;
}

static ssize_t read_count(files_open_t *file, void *out)
{
    uint64_t count = file->semaphore ? 1 : file->at;
    file->at -= count;
    memcpy(out, &count, sizeof count);
    return (ssize_t)sizeof count;
}

static ssize_t read_signal(files_open_t *file, void *out, size_t size)
{
    int signal = __builtin_ctz(file->machine->signals);
    file->machine->signals &= ~(1U << signal);
    memset(out, 0, size);
    ((struct signalfd_siginfo *)out)->ssi_signo = (uint32_t)signal;
    return (ssize_t)sizeof(struct signalfd_siginfo);
}

ssize_t files_read_event(files_open_t *file, void *out, size_t size);
ssize_t files_read_event(files_open_t *file, void *out, size_t size)
{
    if (!ready(file)) {
        errno = EAGAIN;
        return -1;
    }
    return file->kind == FILES_SIGNALS ? read_signal(file, out, size)
                                       : read_count(file, out);
}

int __wrap_eventfd_read(int fd, eventfd_t *count);
int __wrap_eventfd_read(int fd, eventfd_t *count)
{
    return files_read_event(files_at(fd), count, sizeof *count) < 0 ? -1 : 0;
}

typedef struct {
    struct pollfd *item;
    nfds_t n;
} watch_t;

static int look(const watch_t *watch)
{
    int found = 0;
    for (nfds_t i = 0; i < watch->n; i++) {
        struct pollfd *item = &watch->item[i];
        const files_open_t *file = item->fd < 0 ? NULL : files_at(item->fd);
        item->revents = file && ready(file) ? item->events & POLLIN : 0;
        found += item->revents != 0;
    }
    return found;
}

static int64_t when_ready(void *context)
{
    return look(context) > 0 ? 0 : FIBERS_NEVER;
}

int __wrap_poll(struct pollfd *item, nfds_t n, int most_ms);
int __wrap_poll(struct pollfd *item, nfds_t n, int most_ms)
{
    enum { TURN_US = 50 }; // that a turn takes at least
    watch_t watch = {item, n};
    fibers_sleep(TURN_US);
    fibers_step();
    int64_t until =
        most_ms < 0 ? FIBERS_NEVER : fibers_now_us() + (int64_t)most_ms * 1000;
    fibers_wait(when_ready, &watch, until);
    return look(&watch);
}

int __wrap___poll_chk(struct pollfd *item, nfds_t n, int most_ms, size_t room);
int __wrap___poll_chk(struct pollfd *item, nfds_t n, int most_ms, size_t room)
{
    (void)room;
    return __wrap_poll(item, n, most_ms);
}
