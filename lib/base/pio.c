// pio - pread and pwrite in a loop: a signal or a short count is no end.

#include "lib/base/pio.h"

#include <errno.h>
#include <unistd.h>

ssize_t pio_read(int fd, void *data, size_t size, uint64_t offset)
{
    size_t done = 0;
    while (done < size) {
        ssize_t got =
            pread(fd, (uint8_t *)data + done, size - done, (off_t)(offset + done));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return (ssize_t)done;
}

int pio_write(int fd, span_t data, uint64_t offset)
{
    size_t done = 0;
    while (done < data.size) {
        ssize_t put =
            pwrite(fd, data.data + done, data.size - done, (off_t)(offset + done));
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return -1;
        if (put == 0) { // never for a regular file, but it must not become a loop
            errno = EIO;
            return -1;
        }
        done += (size_t)put;
    }
    return 0;
}

int pio_write_zeros(int fd, uint64_t offset, uint64_t size)
{
    static const uint8_t zeros[65536];
    while (size > 0) {
        size_t part = size < sizeof zeros ? (size_t)size : sizeof zeros;
        if (pio_write(fd, span_of(zeros, part), offset) != 0)
            return -1;
        offset += part;
        size -= part;
    }
    return 0;
}
