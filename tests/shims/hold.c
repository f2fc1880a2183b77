// hold - preloaded into a program, makes its flushes last as long as a test wants.
//
// While the file that HOLD_FLUSH names exists, fdatasync and fsync wait; a file of the
// same name with the ending .stands is there as long as somebody does.

#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void wait_while_held(void)
{
    const struct timespec moment = {0, 1000000};
    const char *path = getenv("HOLD_FLUSH");
    char stands[512];
    if (!path || access(path, F_OK) != 0)
        return;
    (void)snprintf(stands, sizeof stands, "%s.stands", path);
    int fd = open(stands, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    if (fd >= 0)
        (void)close(fd);
    while (access(path, F_OK) == 0)
        (void)nanosleep(&moment, NULL);
    (void)unlink(stands);
}

static int flush(const char *name, int fd)
{
    int (*function)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    if (!function)
        abort();
    wait_while_held();
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
