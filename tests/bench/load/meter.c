// meter - reads /proc: it costs the same whatever the process does, and needs no right
// beyond its owner's.

#include "tests/bench/load/meter.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static size_t read_line(
    const char *folder, const char *task, const char *name, char *out, size_t room)
{
    char path[512];
    (void)snprintf(path, sizeof path, "%s/%s/%s", folder, task, name);
    int file = open(path, O_RDONLY);
    ssize_t size = file < 0 ? 0 : read(file, out, room - 1);
    if (file >= 0)
        (void)close(file);
    size_t n = size < 0 ? 0 : (size_t)size;
    out[n] = '\0';
    out[strcspn(out, "\n")] = '\0';
    return n;
}

static void add(meter_t *self, const char *name, int64_t ns)
{
    size_t i = 0;
    while (i < self->n && strcmp(self->thread[i].name, name) != 0)
        i++;
    if (i == METER_THREADS)
        i--; // the last one is all others
    if (i == self->n) {
        (void)snprintf(self->thread[i].name, sizeof self->thread[i].name, "%s", name);
        self->n++;
    }
    self->thread[i].ns += ns;
}

void meter_read(meter_t *self, int pid)
{
    char folder[64], name[32], times[128];
    memset(self, 0, sizeof *self);
    (void)snprintf(folder, sizeof folder, "/proc/%d/task", pid ? pid : getpid());
    DIR *tasks = opendir(folder);
    if (!tasks)
        return;
    for (const struct dirent *task; (task = readdir(tasks));)
        if (task->d_name[0] != '.' &&
            read_line(folder, task->d_name, "comm", name, sizeof name) > 0 &&
            read_line(folder, task->d_name, "schedstat", times, sizeof times) > 0)
            add(self, name, strtoll(times, NULL, 10));
    (void)closedir(tasks);
}

void meter_since(meter_t *self, const meter_t *before)
{
    for (size_t i = 0; i < before->n; i++)
        add(self, before->thread[i].name, -before->thread[i].ns);
}

int64_t meter_sum(const meter_t *self)
{
    int64_t sum = 0;
    for (size_t i = 0; i < self->n; i++)
        sum += self->thread[i].ns;
    return sum;
}

wire_t wire_read(void)
{
    wire_t sum = {0};
    DIR *files = opendir("/proc/self/fd");
    if (!files)
        return sum;
    for (const struct dirent *file; (file = readdir(files));) {
        struct tcp_info info = {0};
        socklen_t size = sizeof info;
        int descriptor = (int)strtol(file->d_name, NULL, 10);
        if (file->d_name[0] == '.' ||
            getsockopt(descriptor, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
            continue;
        sum.sent += info.tcpi_bytes_acked;
        sum.received += info.tcpi_bytes_received;
    }
    (void)closedir(files);
    return sum;
}
