// child - /proc is read for who is whose child and when each began, and all that are
// below the program's process are ended.  A process is its id and its beginning together:
// the id alone may be another's by now.

#include "nodes/daemon/child.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STAT_MAX = 1024, READS_A_TURN = 64, CHUNK = 16384 };

extern char **environ;

// A process: its parent, and when it began, in ticks since the machine did.
typedef struct {
    pid_t pid, parent;
    uint64_t began;
    char state; // Z: it has ended, and its parent has not asked how
    bool mine;
} process_t;

typedef struct {
    size_t n, room;
    process_t *process;
} processes_t;

struct child {
    child_events_t events;
    char *running;        // the path of state/command.running
    int output, output_w; // both ends of the pipe; the second is the programs'
    process_t run;        // pid 0: none
    process_t before;     // of the last daemon
    size_t lines;         // printed by this run and logged
    uint64_t dropped;
    char line[CHILD_LINE + 1];
    size_t size;
};

// "pid (name) state ppid ... starttime": the name may hold anything but is the last in
// brackets.
static bool read_process(pid_t pid, process_t *out)
{
    char path[64];
    buf_t text = {0};
    cause_t ignored;
    int parent = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    bool good = file_read(path, STAT_MAX, &text, &ignored) == 0;
    const char *rest = good ? strrchr(buf_text(&text), ')') : NULL;
    *out = (process_t){.pid = pid};
    good = rest && sscanf(rest,
                       ") %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d "
                       "%*d %*d %*d %*d %" SCNu64,
                       &out->state, &parent, &out->began) == 3;
    out->parent = parent;
    buf_destroy(&text);
    return good;
}

static bool is_alive(const process_t *process)
{
    process_t now;
    return process->pid > 0 && read_process(process->pid, &now) &&
           now.began == process->began && now.state != 'Z';
}

// Those that run and began then or later.
static void read_processes(processes_t *self, uint64_t began)
{
    DIR *folder = opendir("/proc");
    const struct dirent *entry;
    while (folder && (entry = readdir(folder)) != NULL) {
        process_t process;
        pid_t pid = (pid_t)strtol(entry->d_name, NULL, 10);
        if (pid <= 0 || !read_process(pid, &process) || process.began < began ||
            process.state == 'Z')
            continue;
        if (self->n == self->room) {
            self->room = self->room ? 2 * self->room : 256;
            self->process = memory_grow(self->process, self->room, sizeof *self->process);
        }
        self->process[self->n++] = process;
    }
    if (folder)
        (void)closedir(folder);
}

// Mark what is below `top`; whether that are any.
static bool mark(processes_t *self, pid_t top)
{
    bool any = false, more = true;
    while (more) {
        more = false;
        for (size_t i = 0; i < self->n; i++) {
            process_t *process = &self->process[i];
            bool below = process->parent == top;
            for (size_t j = 0; j < self->n && !below; j++)
                below = self->process[j].mine && self->process[j].pid == process->parent;
            if (below && !process->mine)
                process->mine = any = more = true;
        }
    }
    return any;
}

static bool kill_below(pid_t top, uint64_t began)
{
    processes_t all = {0};
    read_processes(&all, began);
    bool any = mark(&all, top);
    for (size_t i = 0; i < all.n; i++)
        if (all.process[i].mine)
            (void)kill(all.process[i].pid, SIGKILL);
    free(all.process);
    return any;
}

// A pipe with a name, which outlives both who reads and who writes.
static int open_output(child_t *self, const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    struct stat info;
    const int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY;
    if (path_join(path, sizeof path, folder, "state/command.output", why) != 0)
        return -1;
    if (mkfifo(path, 0600) != 0 && errno != EEXIST)
        return cause_errno(why, "%s", path);
    self->output = open(path, flags | O_NONBLOCK);
    self->output_w = open(path, flags);
    if (self->output < 0 || self->output_w < 0)
        return cause_errno(why, "%s", path);
    if (fstat(self->output, &info) != 0 || !S_ISFIFO(info.st_mode))
        return cause_set(why, "%s: not a pipe", path);
    return 0;
}

static int open_running(child_t *self, const char *folder, cause_t *why)
{
    char path[PATH_MAX];
    buf_t text = {0};
    cause_t ignored; // there is none, or the machine was cut off while it was written
    int pid = 0;
    if (path_join(path, sizeof path, folder, "state/command.running", why) != 0)
        return -1;
    self->running = memory_text(path);
    if (file_read(path, STAT_MAX, &text, &ignored) == 0 &&
        sscanf(buf_text(&text), "%d %" SCNu64, &pid, &self->before.began) == 2)
        self->before.pid = pid;
    buf_destroy(&text);
    return 0;
}

child_t *child_open(const char *folder, const child_events_t *events, cause_t *why)
{
    child_t *self = memory_new(1, sizeof *self);
    self->events = *events;
    self->output = self->output_w = -1;
    // Orphans of the programs become ours: they are found below us, and reaped.
    (void)prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (open_output(self, folder, why) != 0 || open_running(self, folder, why) != 0)
        child_close(&self);
    return self;
}

void child_close(child_t **self_p)
{
    child_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->output >= 0)
        (void)close(self->output);
    if (self->output_w >= 0)
        (void)close(self->output_w);
    free(self->running);
    free(self);
}

// The daemon blocks the signals it reads from a descriptor; a program expects none
// blocked.
static int set_attributes(posix_spawnattr_t *attributes)
{
    sigset_t none, all;
    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    return posix_spawnattr_setsigmask(attributes, &none) ||
           posix_spawnattr_setsigdefault(attributes, &all) ||
           posix_spawnattr_setpgroup(attributes, 0) ||
           posix_spawnattr_setflags(attributes,
               POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

static int set_files(const child_t *self, posix_spawn_file_actions_t *actions)
{
    return posix_spawn_file_actions_addopen(actions, 0, "/dev/null", O_RDONLY, 0) ||
           posix_spawn_file_actions_adddup2(actions, self->output_w, STDOUT_FILENO) ||
           posix_spawn_file_actions_adddup2(actions, self->output_w, STDERR_FILENO);
}

static int spawn(child_t *self, const char *program, const char *argument)
{
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    char *arguments[] = {(char *)program, (char *)argument, NULL};
    if (posix_spawnattr_init(&attributes) != 0)
        return ENOMEM;
    if (posix_spawn_file_actions_init(&actions) != 0) {
        (void)posix_spawnattr_destroy(&attributes);
        return ENOMEM;
    }
    int error = set_attributes(&attributes) || set_files(self, &actions) ? ENOMEM : 0;
    if (!error)
        error = posix_spawn(
            &self->run.pid, program, &actions, &attributes, arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    return error;
}

// It matters while this machine runs, and need not be flushed.
static int write_running(const child_t *self, cause_t *why)
{
    char text[64];
    int size = snprintf(
        text, sizeof text, "%d %" PRIu64 "\n", (int)self->run.pid, self->run.began);
    int fd = file_make(self->running, 0600, why);
    if (fd < 0)
        return -1;
    bool good = write(fd, text, (size_t)size) == size;
    int result = good ? 0 : cause_errno(why, "%s", self->running);
    (void)close(fd);
    return result;
}

int child_start(child_t *self, const char *program, const char *argument, cause_t *why)
{
    process_t begun;
    self->lines = self->size = 0;
    self->dropped = 0;
    int error = spawn(self, program, argument);
    if (error) {
        self->run.pid = 0;
        errno = error;
        return cause_errno(why, "%s", program);
    }
    if (read_process(self->run.pid, &begun))
        self->run.began = begun.began;
    if (write_running(self, why) == 0)
        return 0;
    while (!child_end_all(self))
        ;
    return -1;
}

bool child_ended(child_t *self, int *status)
{
    pid_t ended;
    int how;
    bool found = false;
    // Those that it left behind and we adopted are reaped as well.
    while ((ended = waitpid(-1, &how, WNOHANG)) > 0)
        if (ended == self->run.pid) {
            *status = how;
            found = true;
        }
    if (found) {
        self->run.pid = 0;
        (void)unlink(self->running);
    }
    return found;
}

bool child_end_all(child_t *self)
{
    int ignored;
    if (self->run.pid > 0)
        (void)kill(-self->run.pid, SIGKILL);
    bool any = kill_below(getpid(), self->run.began);
    (void)child_ended(self, &ignored);
    return !any;
}

bool child_lingers(child_t *self)
{
    if (is_alive(&self->before))
        return true;
    if (self->before.pid > 0)
        (void)unlink(self->running);
    self->before.pid = 0;
    return false;
}

void child_end_lingering(child_t *self)
{
    if (!is_alive(&self->before))
        return;
    (void)kill_below(self->before.pid, self->before.began);
    (void)kill(-self->before.pid, SIGKILL);
    (void)kill(self->before.pid, SIGKILL);
}

static void end_line(child_t *self)
{
    self->line[self->size] = 0;
    if (self->size == 0)
        return;
    if (self->lines < CHILD_LINES) {
        self->lines++;
        text_clean(self->line);
        self->events.line(self->events.context, self->line);
    } else {
        self->dropped += self->size;
    }
    self->size = 0;
}

static void hear(child_t *self, const char *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (data[i] == '\n')
            end_line(self);
        else if (self->size < CHILD_LINE)
            self->line[self->size++] = data[i];
        else
            self->dropped++;
}

void child_listen(child_t *self)
{
    char data[CHUNK];
    for (int i = 0; i < READS_A_TURN; i++) {
        ssize_t got = read(self->output, data, sizeof data);
        if (got <= 0)
            return;
        hear(self, data, (size_t)got);
    }
}

void child_finish(child_t *self)
{
    child_listen(self);
    end_line(self);
    if (self->dropped > 0)
        self->events.dropped(self->events.context, self->dropped);
    self->dropped = 0;
}

int child_fd(const child_t *self)
{
    return self->output;
}
