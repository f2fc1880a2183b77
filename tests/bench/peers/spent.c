// spent - /proc knows the other process in ticks of 10 ms, and that is enough for
// seconds.

#include "tests/bench/peers/spent.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static double own_cpu_s(void)
{
    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static FILE *open_of(int process, const char *name)
{
    char path[64];
    (void)snprintf(path, sizeof path, "/proc/%d/%s", process, name);
    return process > 0 ? fopen(path, "r") : NULL;
}

// The 14th and 15th word of its stat, of which the second may have spaces in brackets.
static double hub_cpu_s(int process)
{
    char text[1024] = "";
    unsigned long user = 0, kernel = 0;
    FILE *file = open_of(process, "stat");
    if (!file)
        return 0;
    const char *word = fgets(text, sizeof text, file) ? strrchr(text, ')') : NULL;
    (void)fclose(file);
    for (int i = 0; word && i < 12; i++)
        word = strchr(word + 1, ' ');
    if (!word || sscanf(word, " %lu %lu", &user, &kernel) != 2)
        return 0;
    return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

static long hub_rss_kib(int process)
{
    char line[256];
    long kib = 0;
    FILE *file = open_of(process, "status");
    if (!file)
        return 0;
    while (fgets(line, sizeof line, file))
        if (strncmp(line, "VmRSS:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    (void)fclose(file);
    return kib;
}

void spent_read(spent_t *self, int hub)
{
    self->hub_s = hub_cpu_s(hub);
    self->clients_s = own_cpu_s();
    self->rss_kib = hub_rss_kib(hub);
}
