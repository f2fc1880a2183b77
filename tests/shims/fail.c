// fail - preloaded into a program, makes its disk fail on command.
//
// FAIL_ORDERS names a file that may change while the program runs; each line is
//
//     <call> <errno> <part of a path>
//
// with a call of write (pwrite too), read (pread alone), sync (fsync, fdatasync, syncfs),
// reserve (fallocate, posix_fallocate), open (for writing) or rename, and an errno as a
// number.  Each call on a file whose path has that part then fails so.  An absent file
// orders nothing.

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static void *real(const char *name)
{
    void *function = dlsym(RTLD_NEXT, name);
    if (!function)
        abort();
    return function;
}

// By the system calls themselves: open and read may be this shim's.
static long read_orders(char *text, size_t room)
{
    const char *path = getenv("FAIL_ORDERS");
    long fd = path ? syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0) : -1;
    if (fd < 0)
        return 0;
    long size = syscall(SYS_read, fd, text, room);
    (void)syscall(SYS_close, fd);
    return size > 0 ? size : 0;
}

// The errno ordered for this call on this path, or 0.
static int ordered(const char *call, const char *path)
{
    char text[1024], wanted[32], part[512];
    int before = errno, number = 0;
    text[read_orders(text, sizeof text - 1)] = 0;
    errno = before;
    for (char *rest = text, *line; (line = strsep(&rest, "\n"));)
        if (sscanf(line, "%31s %d %511s", wanted, &number, part) == 3 &&
            strcmp(wanted, call) == 0 && strstr(path, part))
            return number;
    return 0;
}

static int ordered_for(const char *call, int fd)
{
    char link[64], path[512];
    int before = errno;
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    errno = before;
    path[size > 0 ? size : 0] = 0;
    return path[0] == '/' ? ordered(call, path) : 0;
}

static int fail(int number)
{
    errno = number;
    return -1;
}

ssize_t write(int fd, const void *data, size_t size)
{
    ssize_t (*function)(int, const void *, size_t) =
        (ssize_t(*)(int, const void *, size_t))real("write");
    int number = ordered_for("write", fd);
    return number ? fail(number) : function(fd, data, size);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t offset)
{
    ssize_t (*function)(int, const void *, size_t, off_t) =
        (ssize_t(*)(int, const void *, size_t, off_t))real("pwrite");
    int number = ordered_for("write", fd);
    return number ? fail(number) : function(fd, data, size, offset);
}

ssize_t pwrite64(int fd, const void *data, size_t size, off_t offset)
{
    return pwrite(fd, data, size, offset);
}

int fsync(int fd)
{
    int (*function)(int) = (int (*)(int))real("fsync");
    int number = ordered_for("sync", fd);
    return number ? fail(number) : function(fd);
}

int fdatasync(int fd)
{
    int (*function)(int) = (int (*)(int))real("fdatasync");
    int number = ordered_for("sync", fd);
    return number ? fail(number) : function(fd);
}

int syncfs(int fd)
{
    int (*function)(int) = (int (*)(int))real("syncfs");
    int number = ordered_for("sync", fd);
    return number ? fail(number) : function(fd);
}

int fallocate(int fd, int mode, off_t offset, off_t size)
{
    int (*function)(int, int, off_t, off_t) =
        (int (*)(int, int, off_t, off_t))real("fallocate");
    int number = ordered_for("reserve", fd);
    return number ? fail(number) : function(fd, mode, offset, size);
}

int posix_fallocate(int fd, off_t offset, off_t size)
{
    int (*function)(int, off_t, off_t) =
        (int (*)(int, off_t, off_t))real("posix_fallocate");
    int number = ordered_for("reserve", fd); // returned, not put into errno
    return number ? number : function(fd, offset, size);
}

ssize_t pread(int fd, void *data, size_t size, off_t offset)
{
    ssize_t (*function)(int, void *, size_t, off_t) =
        (ssize_t(*)(int, void *, size_t, off_t))real("pread");
    int number = ordered_for("read", fd);
    return number ? fail(number) : function(fd, data, size, offset);
}

ssize_t pread64(int fd, void *data, size_t size, off_t offset)
{
    return pread(fd, data, size, offset);
}

static int open_at(int folder, const char *path, int flags, mode_t mode)
{
    int (*function)(int, const char *, int, ...) =
        (int (*)(int, const char *, int, ...))real("openat");
    int writes = (flags & O_ACCMODE) != O_RDONLY;
    int number = writes ? ordered("open", path) : 0;
    return number ? fail(number) : function(folder, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;
    va_end(more);
    return open_at(folder, path, flags, mode);
}

int rename(const char *from, const char *to)
{
    int (*function)(const char *, const char *) =
        (int (*)(const char *, const char *))real("rename");
    int number = ordered("rename", to);
    return number ? fail(number) : function(from, to);
}

// In a folder that is held: its path and the name in it.
int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
    int (*function)(int, const char *, int, const char *) =
        (int (*)(int, const char *, int, const char *))real("renameat");
    char link[64], path[1024];
    int before = errno;
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", to_folder);
    ssize_t size = readlink(link, path, sizeof path / 2);
    errno = before;
    size = size > 0 ? size : 0;
    (void)snprintf(path + size, sizeof path - (size_t)size, "/%s", to);
    int number = ordered("rename", path);
    return number ? fail(number) : function(from_folder, from, to_folder, to);
}
