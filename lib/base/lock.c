// lock - flock() on a file of its own.  The holder writes its process id into the file,
// so that whoever does not get the lock can be told by whom it is held.

#include "lib/base/lock.h"

#include "lib/base/pio.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int turned_away(int fd, const char *path, cause_t *why)
{
    char holder[24];
    if (errno != EWOULDBLOCK)
        return cause_errno(why, "%s", path);
    ssize_t got = pio_read(fd, holder, sizeof holder - 1, 0);
    holder[got > 0 ? got : 0] = 0;
    holder[strspn(holder, "0123456789")] = 0;
    return cause_set(why, "%s: in use by process %s", path, *holder ? holder : "?");
}

int lock_take(const char *path, cause_t *why)
{
    char holder[24];
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (fd < 0)
        return cause_errno(why, "%s", path);
    struct stat info;
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_nlink > 1) {
        (void)close(fd);
        return cause_set(
            why, "%s: not a lock, but something else's name; remove it", path);
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        (void)turned_away(fd, path, why);
        (void)close(fd);
        return -1;
    }
    int length = snprintf(holder, sizeof holder, "%ld\n", (long)getpid());
    if (ftruncate(fd, 0) == 0) // on a full disk the number is missing, the lock is not
        (void)pio_write(fd, span_of(holder, (size_t)length), 0);
    return fd;
}

bool lock_held(const char *path, cause_t *holder)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool held = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (held)
        (void)turned_away(fd, path, holder);
    if (fd >= 0)
        (void)close(fd);
    return held;
}
