// dies - preloaded into a program, ends it in the middle of what it writes.
//
// DIES_AT is a number: instead of so many-th call that makes something durable or gives
// it its name (fsync, fdatasync, rename, renameat, link, linkat), counted from 1, the
// process is killed.  A child counts for itself.

#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static long calls;

static void *step(const char *name)
{
    const char *at = getenv("DIES_AT");
    void *function = dlsym(RTLD_NEXT, name);
    if (at && ++calls == strtol(at, NULL, 10))
        (void)kill(getpid(), SIGKILL);
    if (!function)
        abort();
    return function;
}

int fsync(int fd)
{
    return ((int (*)(int))step("fsync"))(fd);
}

int fdatasync(int fd)
{
    return ((int (*)(int))step("fdatasync"))(fd);
}

int rename(const char *from, const char *to)
{
    return ((int (*)(const char *, const char *))step("rename"))(from, to);
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    return ((int (*)(int, const char *, int, const char *))step("renameat"))(
        from_folder, from, to_folder, to);
}

int link(const char *from, const char *to)
{
    return ((int (*)(const char *, const char *))step("link"))(from, to);
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags)
{
    return ((int (*)(int, const char *, int, const char *, int))step("linkat"))(
        from_folder, from, to_folder, to, flags);
}
