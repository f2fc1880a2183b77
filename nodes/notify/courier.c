// courier - posix_spawn in a process group of its own, which is ended by its id.
//
// What it reads is memory that has no name, and what it prints comes through a pipe, of
// which the end is kept: a disk that is full keeps nobody from being told that it is.

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
#include <sys/mman.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum { SAID_A_LOOK = 1 << 20, SAID_KEPT = 1024, REASON_MAX = 200, STAT_MAX = 4096 };

struct courier {
    pid_t pid;
    uint64_t born;
    int said;            // what it prints
    char end[SAID_KEPT]; // of that
    size_t kept;         // octets of it
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

// The file descriptors that it gets: none of them is one of these three before.
static int set_files(posix_spawn_file_actions_t *actions, int input, int said)
{
    return posix_spawn_file_actions_adddup2(actions, input, STDIN_FILENO) ||
           posix_spawn_file_actions_adddup2(actions, said, STDOUT_FILENO) ||
           posix_spawn_file_actions_adddup2(actions, said, STDERR_FILENO);
}

static int spawn(pid_t *pid, char *const *arguments, int input, int said)
{
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    if (posix_spawnattr_init(&attributes) != 0)
        return ENOMEM;
    if (posix_spawn_file_actions_init(&actions) != 0) {
        (void)posix_spawnattr_destroy(&attributes);
        return ENOMEM;
    }
    int error =
        set_attributes(&attributes) || set_files(&actions, input, said) ? ENOMEM : 0;
    if (!error)
        error = posix_spawn(pid, arguments[0], &actions, &attributes, arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    return error;
}

// What the program reads; it begins at its beginning.
static int open_input(span_t input, cause_t *why)
{
    int fd = memfd_create("notice", MFD_CLOEXEC);
    while (fd >= 0 && input.size > 0) {
        ssize_t n = write(fd, input.data, input.size);
        if (n < 0) {
            (void)close(fd);
            fd = -1;
            break;
        }
        input = span_of(input.data + n, input.size - (size_t)n);
    }
    if (fd < 0)
        return cause_errno(why, "memfd_create");
    (void)lseek(fd, 0, SEEK_SET);
    return fd;
}

static void shut(int fd)
{
    if (fd >= 0)
        (void)close(fd);
}

courier_t *courier_start(const courier_task_t *task, int64_t monotonic_ms, cause_t *why)
{
    int said[2] = {-1, -1};
    pid_t pid = 0;
    int input = open_input(task->input, why);
    int result = input < 0 ? -1 : 0;
    if (result == 0 && pipe2(said, O_CLOEXEC | O_NONBLOCK) != 0)
        result = cause_errno(why, "pipe");
    // The program writes as it likes; only we do not wait.
    if (result == 0 && fcntl(said[1], F_SETFL, 0) != 0)
        result = cause_errno(why, "pipe");
    if (result == 0 && (errno = spawn(&pid, task->arguments, input, said[1])) != 0)
        result = cause_errno(why, "%s", task->arguments[0]);
    shut(input);
    shut(said[1]);
    if (result != 0) {
        shut(said[0]);
        return NULL;
    }
    courier_t *self = memory_new(1, sizeof *self);
    *self = (courier_t){.pid = pid,
        .born = born_of(pid),
        .said = said[0],
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

static void keep_end(courier_t *self, const char *text, size_t size)
{
    size_t over = self->kept + size > SAID_KEPT ? self->kept + size - SAID_KEPT : 0;
    size_t gone = over < self->kept ? over : self->kept;
    memmove(self->end, self->end + gone, self->kept - gone);
    self->kept -= gone;
    memcpy(self->end + self->kept, text + (over - gone), size - (over - gone));
    self->kept += size - (over - gone);
}

// What it printed meanwhile, of which the end is kept.  Who prints without an end is
// listened to again at the next look.
static void listen_to(courier_t *self)
{
    char text[4096];
    ssize_t n = 0;
    for (size_t got = 0; got < SAID_A_LOOK; got += (size_t)n) {
        n = read(self->said, text, sizeof text);
        if (n <= 0)
            return;
        keep_end(self, text, (size_t)n);
    }
}

// The last line that it printed, or "".
static void last_line(const courier_t *self, char out[REASON_MAX])
{
    size_t end = self->kept;
    while (end > 0 && self->end[end - 1] == '\n')
        end--;
    size_t begin = end;
    while (begin > 0 && self->end[begin - 1] != '\n' && end - begin < REASON_MAX - 1)
        begin--;
    (void)snprintf(out, REASON_MAX, "%.*s", (int)(end - begin), self->end + begin);
    text_clean(out);
}

// What mail programs mean by their numbers (sysexits.h), where they say nothing else.
static const struct {
    int code;
    const char *text;
} meanings[] = {{EX_USAGE, "it was called wrongly"}, {EX_DATAERR, "it cannot read this"},
    {EX_NOUSER, "there is no such recipient"}, {EX_NOHOST, "there is no such host"},
    {EX_UNAVAILABLE, "what it needs is not there"}, {EX_SOFTWARE, "a fault of its own"},
    {EX_OSERR, "the system fails it"}, {EX_CANTCREAT, "it cannot write its files"},
    {EX_IOERR, "its disk fails"}, {EX_TEMPFAIL, "not now, later"},
    {EX_PROTOCOL, "the other side does not speak as it should"},
    {EX_NOPERM, "it may not"}, {EX_CONFIG, "its configuration is wrong"}};

static const char *meaning_of(int code)
{
    for (size_t i = 0; i < sizeof meanings / sizeof *meanings; i++)
        if (meanings[i].code == code)
            return meanings[i].text;
    return "";
}

static int judge(const courier_t *self, int status, cause_t *why)
{
    char said[REASON_MAX];
    if (!self->late && WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 1;
    last_line(self, said);
    const char *text = said;
    if (!said[0] && !self->late && WIFEXITED(status))
        text = meaning_of(WEXITSTATUS(status));
    const char *between = text[0] ? ": " : "";
    if (self->late)
        (void)cause_set(why, "took too long%s%s", between, text);
    else if (WIFEXITED(status))
        (void)cause_set(why, "exit status %d%s%s", WEXITSTATUS(status), between, text);
    else
        (void)cause_set(why, "killed by signal %d%s%s", WTERMSIG(status), between, text);
    return -1;
}

int courier_look(courier_t *self, int64_t monotonic_ms, cause_t *why)
{
    int status = 0;
    listen_to(self);
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
    listen_to(self); // its last words
    return judge(self, status, why);
}

int courier_fd(const courier_t *self)
{
    return self->said;
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
    shut(self->said);
    free(self);
}

void courier_end_former(pid_t pid, uint64_t born)
{
    if (pid > 1 && born > 0 && born_of(pid) == born)
        (void)kill(-pid, SIGKILL);
}
