// sink - whether the descriptor is a pipe, a terminal, a socket or a file decides, once
// in sink_open, how a line is written without waiting.

#include "lib/base/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

// Only for pipes and devices.  All who write to a regular file share the offset of its
// open file description, so that one is never opened a second time.
static int open_again(int fd)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

void sink_open(sink_t *self, int fd)
{
    struct stat is;
    *self = (sink_t){.fd = fd};
    if (fd < 0 || fstat(fd, &is) != 0) {
        self->fd = -1;
        return;
    }
    self->socket = S_ISSOCK(is.st_mode);
    if (!S_ISFIFO(is.st_mode) && !S_ISCHR(is.st_mode))
        return;
    int again = open_again(fd);
    self->own = again >= 0;
    self->ask = again < 0;
    if (self->own)
        self->fd = again;
}

void sink_close(sink_t *self)
{
    if (self->own)
        (void)close(self->fd);
    *self = (sink_t){.fd = -1, .lost = self->lost};
}

static ssize_t put(const sink_t *self, span_t bytes)
{
    if (self->socket)
        return send(self->fd, bytes.data, bytes.size, MSG_DONTWAIT | MSG_NOSIGNAL);
    struct pollfd wish = {.fd = self->fd, .events = POLLOUT};
    if (self->ask && (poll(&wish, 1, 0) != 1 || !(wish.revents & POLLOUT)))
        return -1;
    return write(self->fd, bytes.data, bytes.size);
}

bool sink_write(sink_t *self, span_t line)
{
    uint8_t begun[SINK_LINE + 1] = {'\n'};
    bool after_cut = self->cut && line.size <= SINK_LINE;
    if (after_cut) {
        memcpy(begun + 1, line.data, line.size);
        line = span_of(begun, line.size + 1);
    }
    ssize_t n;
    do
        n = self->fd < 0 ? -1 : put(self, line);
    while (n < 0 && errno == EINTR);
    if (n > 0)
        self->cut = (size_t)n < line.size;
    if (n == (ssize_t)line.size)
        return true;
    self->lost++;
    return false;
}
