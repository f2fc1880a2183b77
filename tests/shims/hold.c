// hold - preloaded into a program, makes its flushes, or its opening of a file, last as
// long as a test wants.
//
// While the file that HOLD_FLUSH names exists, fdatasync and fsync wait; while the one
// that HOLD_OPEN names does, opening a file whose path ends with HOLD_PATH.  A file of
// the same name with the ending .stands is there as long as somebody waits.

#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static void wait_while_held(const char *path)
{
    const struct timespec moment = {0, 1000000};
    char stands[512];
    if (!path || access(path, F_OK) != 0)
        return;
    (void)snprintf(stands, sizeof stands, "%s.stands", path);
    long fd = syscall(SYS_openat, AT_FDCWD, stands, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (fd >= 0)
        (void)close((int)fd);
    while (access(path, F_OK) == 0)
        (void)nanosleep(&moment, NULL);
    (void)unlink(stands);
}

static int flush(const char *name, int fd)
{
    int (*function)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    if (!function)
        abort();
    wait_while_held(getenv("HOLD_FLUSH"));
    return function(fd);
}

int fdatasync(int fd)
{
    return flush("fdatasync", fd);
}

int fsync(int fd)
{
    return flush("fsync", fd);
}

int open(const char *path, int flags, ...)
{
    int (*function)(const char *, int, ...) =
        (int (*)(const char *, int, ...))dlsym(RTLD_NEXT, "open");
    const char *end = getenv("HOLD_PATH");
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    if (!function)
        abort();
    if (end && strlen(path) >= strlen(end) &&
        strcmp(path + strlen(path) - strlen(end), end) == 0)
        wait_while_held(getenv("HOLD_OPEN"));
    return function(path, flags, mode);
}
