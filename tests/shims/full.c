// full - a disk without room: while the file FULL_FILE exists, no space can be reserved.
//
// What was reserved before can still be written, as on a real disk.

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

int fallocate(int fd, int mode, off_t offset, off_t size)
{
    static int (*real)(int, int, off_t, off_t);
    const char *path = getenv("FULL_FILE");
    if (path && access(path, F_OK) == 0) {
        errno = ENOSPC;
        return -1;
    }
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "fallocate");
    return real(fd, mode, offset, size);
}
