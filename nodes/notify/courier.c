// courier - posix_spawn in a process group of its own, which is ended by its id.

#include "nodes/notify/courier.h"

#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SAID_MOST = 1 << 20, REASON_MAX = 200, STAT_MAX = 4096 };

struct courier {
    pid_t pid;
    uint64_t born;
    char *said;
    int64_t end_ms;
    bool late;
};

// When the process began, in ticks since the machine did; 0: there is none.
static uint64_t born_of(pid_t pid)
{
    char path[40];
    buf_t text = {0};
    cause_t ignored;
    uint64_t born = 0;
    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    if (file_read(path, STAT_MAX, &text, &ignored) == 0) {
        // Behind its name, which may contain anything, are state and 18 numbers.
        const char *at = strrchr(buf_text(&text), ')');
        if (!at || sscanf(at + 1,
                       " %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
                       "%*s %*s %*s %*s %" SCNu64,
                       &born) != 1)
            born = 0;
    }
    buf_destroy(&text);
    return born;
}

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

static int set_files(posix_spawn_file_actions_t *actions, const courier_task_t *task)
{
    return posix_spawn_file_actions_addopen(
               actions, STDIN_FILENO, task->input, O_RDONLY, 0) ||
           posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, task->said,
               O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600) ||
           posix_spawn_file_actions_adddup2(actions, STDOUT_FILENO, STDERR_FILENO);
}

static int spawn(pid_t *pid, const courier_task_t *task)
{
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    if (posix_spawnattr_init(&attributes) != 0)
        return ENOMEM;
    if (posix_spawn_file_actions_init(&actions) != 0) {
        (void)posix_spawnattr_destroy(&attributes);
        return ENOMEM;
    }
    int error = set_attributes(&attributes) || set_files(&actions, task) ? ENOMEM : 0;
    if (!error)
        error = posix_spawn(
            pid, task->arguments[0], &actions, &attributes, task->arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    return error;
}

courier_t *courier_start(const courier_task_t *task, int64_t monotonic_ms, cause_t *why)
{
    pid_t pid;
    int error = spawn(&pid, task);
    if (error) {
        errno = error;
        (void)cause_errno(why, "%s", task->arguments[0]);
        return NULL;
    }
    courier_t *self = memory_new(1, sizeof *self);
    *self = (courier_t){.pid = pid,
        .born = born_of(pid),
        .said = memory_text(task->said),
        .end_ms = moment_after(monotonic_ms, task->timeout_ms)};
    return self;
}

pid_t courier_pid(const courier_t *self)
{
    return self->pid;
}

uint64_t courier_born(const courier_t *self)
{
    return self->born;
}

// The last line that it printed, or "".
static void last_line(const char *path, char out[REASON_MAX])
{
    buf_t text = {0};
    cause_t ignored;
    out[0] = 0;
    if (file_read_plain(path, SAID_MOST, &text, &ignored) == 0 && text.size > 0) {
        char *line = (char *)text.data;
        size_t end = text.size;
        while (end > 0 && line[end - 1] == '\n')
            end--;
        size_t begin = end;
        while (begin > 0 && line[begin - 1] != '\n' && end - begin < REASON_MAX - 1)
            begin--;
        (void)snprintf(out, REASON_MAX, "%.*s", (int)(end - begin), line + begin);
        text_clean(out);
    }
    buf_destroy(&text);
}

static int judge(const courier_t *self, int status, cause_t *why)
{
    char said[REASON_MAX];
    if (!self->late && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 1;
    last_line(self->said, said);
    const char *between = said[0] ? ": " : "";
    if (self->late)
        (void)cause_set(why, "took too long%s%s", between, said);
    else if (WIFEXITED(status))
        (void)cause_set(why, "exit status %d%s%s", WEXITSTATUS(status), between, said);
    else
        (void)cause_set(why, "killed by signal %d%s%s", WTERMSIG(status), between, said);
    return -1;
}

int courier_look(courier_t *self, int64_t monotonic_ms, cause_t *why)
{
    int status = 0;
    if (moment_due(self->end_ms, monotonic_ms)) {
        self->late = true;
        (void)kill(-self->pid, SIGKILL);
    }
    siginfo_t ended = {0};
    if (waitid(P_PID, (id_t)self->pid, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        ended.si_pid != self->pid)
        return 0;
    (void)kill(-self->pid, SIGKILL); // what it left behind, while the id is still its own
    (void)waitpid(self->pid, &status, 0);
    self->pid = 0;
    return judge(self, status, why);
}

int64_t courier_due_ms(const courier_t *self)
{
    return self->end_ms;
}

void courier_close(courier_t **self_p)
{
    courier_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    if (self->pid > 0) {
        (void)kill(-self->pid, SIGKILL);
        (void)waitpid(self->pid, NULL, 0);
    }
    free(self->said);
    free(self);
}

void courier_end_former(pid_t pid, uint64_t born)
{
    if (pid > 1 && born > 0 && born_of(pid) == born)
        (void)kill(-pid, SIGKILL);
}
