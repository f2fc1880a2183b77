// few - a process that may open only a few descriptors more, for as long as a test says.

#ifndef TESTS_LIB_FEW_H
#define TESTS_LIB_FEW_H

#include <dirent.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

typedef struct {
    struct rlimit before;
} few_t;

// So many more than the highest that is open; lower ones that are free count too, so they
// are filled by copies first and stay so.
static inline few_t few_descriptors(size_t more)
{
    few_t self;
    int highest = 0, fd;
    DIR *open = opendir("/proc/self/fd");
    for (struct dirent *entry; open && (entry = readdir(open));)
        if (entry->d_name[0] != '.' && atoi(entry->d_name) > highest)
            highest = atoi(entry->d_name);
    (void)closedir(open);
    while ((fd = dup(0)) >= 0 && fd <= highest)
        continue;
    (void)close(fd);
    (void)getrlimit(RLIMIT_NOFILE, &self.before);
    struct rlimit limit = self.before;
    limit.rlim_cur = (rlim_t)highest + 1 + more;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    return self;
}

static inline void few_no_more(const few_t *self)
{
    (void)setrlimit(RLIMIT_NOFILE, &self->before);
}

#endif
