// runner - posix_spawn with a process group of its own, so that a timeout ends all of it.

#include "nodes/runner.h"

#include "lib/bytes.h"
#include "lib/file.h"
#include "lib/memory.h"
#include "lib/moment.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAUSE_MAX_MS = 3600 * 1000 };

extern char **environ;

struct runner {
    runner_options_t options;
    runner_events_t events;
    char *program;
    char *state; // path of state/command
    uint64_t done;
    pid_t pid; // 0: nothing runs
    bool killed;
    int64_t kill_at_ms;  // while one runs
    int64_t start_at_ms; // while `tried` or `unseen`
    unsigned tried;      // how often the program failed for the next message
    unsigned unseen;     // how often the inbox could not be read
};

static int write_state(const runner_t *self, cause_t *why)
{
    char text[32];
    (void)snprintf(text, sizeof text, "%" PRIu64 "\n", self->done);
    return file_replace(self->state, span_text(text), 0600, why);
}

static int read_state(runner_t *self, uint64_t stored, cause_t *why)
{
    buf_t text = {0};
    if (access(self->state, F_OK) != 0) {
        self->done = stored;
        return write_state(self, why);
    }
    int result = file_read(self->state, 64, &text, why);
    if (result == 0 &&
        (text.size < 2 ||
            !decimal_decode(span_of(text.data, text.size - 1), &self->done)))
        result = cause_set(why, "%s: not a number", self->state);
    if (result == 0 && self->done > stored)
        result = cause_set(why,
            "%s: the command was run up to number %" PRIu64 ", and %" PRIu64
            " are stored: what comes next would not be handed to it",
            self->state, self->done, stored);
    buf_destroy(&text);
    return result;
}

runner_t *runner_open(const runner_options_t *options, const runner_events_t *events,
    uint64_t stored, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, options->folder, "state/command", why) != 0)
        return NULL;
    runner_t *self = memory_new(1, sizeof *self);
    self->program = memory_text(options->program);
    self->state = memory_text(path);
    self->options = *options;
    self->events = *events;
    if (self->program[0] && access(self->program, X_OK) != 0)
        (void)cause_errno(why, "%s", self->program);
    else if (!self->program[0] || read_state(self, stored, why) == 0)
        return self;
    runner_close(&self);
    return NULL;
}

void runner_close(runner_t **self_p)
{
    runner_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    free(self->program);
    free(self->state);
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

static int spawn(runner_t *self, char *path)
{
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_t actions;
    char *arguments[] = {self->program, path, NULL};
    if (posix_spawnattr_init(&attributes) != 0)
        return ENOMEM;
    if (posix_spawn_file_actions_init(&actions) != 0) {
        (void)posix_spawnattr_destroy(&attributes);
        return ENOMEM;
    }
    int error = set_attributes(&attributes);
    if (!error)
        error = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (!error)
        error = posix_spawn(
            &self->pid, self->program, &actions, &attributes, arguments, environ);
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    return error;
}

static void tell(const runner_t *self, run_outcome_t outcome, const char *text)
{
    if (self->events.failed)
        self->events.failed(self->events.context, self->done + 1, outcome, text);
}

static int advance(runner_t *self, cause_t *why)
{
    self->done++;
    self->tried = self->unseen = 0;
    return write_state(self, why);
}

// Doubled at each try, up to an hour.
static int64_t next_pause(const runner_t *self, unsigned tried)
{
    int64_t pause_ms = self->options.pause_ms;
    for (unsigned i = 1; i < tried && pause_ms < PAUSE_MAX_MS; i++)
        pause_ms *= 2;
    return pause_ms < PAUSE_MAX_MS ? pause_ms : PAUSE_MAX_MS;
}

static int fail(runner_t *self, const char *text, now_t now, cause_t *why)
{
    self->tried++;
    if (self->tried >= self->options.tries) {
        tell(self, RUN_GIVEN_UP, text);
        return advance(self, why);
    }
    tell(self, RUN_FAILED, text);
    self->start_at_ms = moment_after(now.monotonic_ms, next_pause(self, self->tried));
    return 0;
}

// That an inbox cannot be read says nothing about the message in it.
static int look_later(runner_t *self, now_t now, const cause_t *why)
{
    tell(self, RUN_FAILED, why->text);
    self->start_at_ms = moment_after(now.monotonic_ms, next_pause(self, ++self->unseen));
    return 0;
}

static int start(runner_t *self, now_t now, cause_t *why)
{
    char path[PATH_MAX];
    int found =
        self->events.find(self->events.context, self->done + 1, path, sizeof path, why);
    if (found < 0)
        return look_later(self, now, why);
    if (found == 0) {
        tell(self, RUN_SKIPPED, "it was moved out of the inbox");
        return advance(self, why);
    }
    int error = spawn(self, path);
    if (error) {
        self->pid = 0;
        return fail(self, strerror(error), now, why);
    }
    self->killed = false;
    self->kill_at_ms = moment_after(now.monotonic_ms, self->options.timeout_ms);
    return 0;
}

static int finish(runner_t *self, int status, now_t now, cause_t *why)
{
    char text[64];
    self->pid = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return advance(self, why);
    if (self->killed)
        (void)snprintf(text, sizeof text, "took too long");
    else if (WIFEXITED(status))
        (void)snprintf(text, sizeof text, "exit status %d", WEXITSTATUS(status));
    else
        (void)snprintf(text, sizeof text, "killed by signal %d", WTERMSIG(status));
    return fail(self, text, now, why);
}

static int look_after(runner_t *self, now_t now, cause_t *why)
{
    int status;
    pid_t ended = waitpid(self->pid, &status, WNOHANG);
    if (ended == self->pid)
        return finish(self, status, now, why);
    if (now.monotonic_ms >= self->kill_at_ms && !self->killed) {
        (void)kill(-self->pid, SIGKILL);
        self->killed = true;
    }
    return 0;
}

int runner_turn(runner_t *self, uint64_t stored, now_t now, cause_t *why)
{
    if (!self->program[0])
        return 0;
    if (self->pid && look_after(self, now, why) != 0)
        return -1;
    while (!self->pid && self->done < stored && now.monotonic_ms >= self->start_at_ms)
        if (start(self, now, why) != 0)
            return -1;
    return 0;
}

int64_t runner_due_ms(const runner_t *self)
{
    if (self->pid)
        return self->killed ? MOMENT_NEVER : self->kill_at_ms;
    return self->tried > 0 || self->unseen > 0 ? self->start_at_ms : MOMENT_NEVER;
}

uint64_t runner_done(const runner_t *self)
{
    return self->done;
}
