// usage - see the header.

#include "lib/sys/usage.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

static uint64_t resident(void)
{
    unsigned long long all = 0, pages = 0;
    char text[128];
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t size = fd >= 0 ? read(fd, text, sizeof text - 1) : -1;
    if (fd >= 0)
        (void)close(fd);
    text[size > 0 ? size : 0] = 0;
    if (sscanf(text, "%llu %llu", &all, &pages) != 2)
        return 0;
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static int64_t ms_of(struct timeval time)
{
    return (int64_t)time.tv_sec * 1000 + time.tv_usec / 1000;
}

usage_t usage_now(void)
{
    struct rusage used = {0};
    (void)getrusage(RUSAGE_SELF, &used);
    return (usage_t){resident(), ms_of(used.ru_utime) + ms_of(used.ru_stime)};
}

bool usage_disk(const char *path, usage_disk_t *disk)
{
    struct statvfs found;
    if (statvfs(path, &found) != 0)
        return false;
    disk->free_bytes = (uint64_t)found.f_bavail * found.f_frsize;
    disk->size_bytes = (uint64_t)found.f_blocks * found.f_frsize;
    return true;
}
