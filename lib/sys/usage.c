// usage - see the header.

#include "lib/sys/usage.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/statvfs.h>
#include <unistd.h>

static uint64_t resident(void)
{
    unsigned long long all = 0, pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file)
        return 0;
    if (fscanf(file, "%llu %llu", &all, &pages) != 2)
        pages = 0;
    (void)fclose(file);
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
