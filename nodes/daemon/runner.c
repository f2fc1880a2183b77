// runner - which message comes next, how often, and when it took too long; child.c has
// the processes.

#include "nodes/daemon/runner.h"

#include "lib/base/bytes.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "nodes/daemon/child.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAUSE_MAX_MS = 3600 * 1000, LOOK_MS = 50 };

struct runner {
    runner_options_t options;
    runner_events_t events;
    char *program;
    char *state; // path of state/command
    uint64_t done;
    child_t *child;
    bool runs, killed;
    bool waits;          // for a run of the last daemon
    int64_t kill_at_ms;  // while one runs
    int64_t look_at_ms;  // again, while one is being ended
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
    int result = file_read_plain(self->state, 64, &text, why);
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

static void printed(void *context, const char *text)
{
    const runner_t *self = context;
    if (self->events.printed)
        self->events.printed(self->events.context, self->done + 1, text);
}

static void printed_more(void *context, uint64_t bytes)
{
    char text[64];
    (void)snprintf(text, sizeof text, "... and %" PRIu64 " bytes more", bytes);
    printed(context, text);
}

static int open_child(runner_t *self, cause_t *why)
{
    child_events_t events = {self, printed, printed_more};
    self->child = child_open(self->options.folder, &events, why);
    self->waits = self->child && child_lingers(self->child);
    return self->child ? 0 : -1;
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
    self->kill_at_ms = MOMENT_NEVER;
    if (self->program[0] && access(self->program, X_OK) != 0)
        (void)cause_errno(why, "%s", self->program);
    else if (!self->program[0] ||
             (read_state(self, stored, why) == 0 && open_child(self, why) == 0))
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
    child_close(&self->child);
    free(self->program);
    free(self->state);
    free(self);
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
    cause_t no;
    if (child_start(self->child, self->program, path, &no) != 0)
        return fail(self, no.text, now, why);
    self->runs = true;
    self->killed = false;
    self->kill_at_ms = moment_after(now.monotonic_ms, self->options.timeout_ms);
    return 0;
}

static int finish(runner_t *self, int status, now_t now, cause_t *why)
{
    char text[64];
    self->runs = false;
    child_finish(self->child);
    if (!self->killed && WIFEXITED(status) && WEXITSTATUS(status) == 0)
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
    int status = 0;
    if (!self->killed && child_ended(self->child, &status))
        return finish(self, status, now, why);
    self->killed |= moment_due(self->kill_at_ms, now.monotonic_ms);
    return self->killed && child_end_all(self->child) ? finish(self, status, now, why)
                                                      : 0;
}

// Whether a run of the last daemon still goes on; the next one waits for its end.  How it
// ends cannot be learnt any more, so its message is handed over once more.
static bool waits(runner_t *self, now_t now)
{
    if (!self->waits)
        return false;
    if (self->kill_at_ms == MOMENT_NEVER) {
        self->kill_at_ms = moment_after(now.monotonic_ms, self->options.timeout_ms);
        tell(self, RUN_WAITS, "what was run before the start is still at work");
    }
    if (moment_due(self->kill_at_ms, now.monotonic_ms))
        child_end_lingering(self->child);
    self->waits = child_lingers(self->child);
    return self->waits;
}

int runner_turn(runner_t *self, uint64_t stored, now_t now, cause_t *why)
{
    if (!self->program[0])
        return 0;
    self->look_at_ms = moment_after(now.monotonic_ms, LOOK_MS);
    child_listen(self->child);
    if (self->runs && look_after(self, now, why) != 0)
        return -1;
    while (!waits(self, now) && !self->runs && self->done < stored &&
           moment_due(self->start_at_ms, now.monotonic_ms))
        if (start(self, now, why) != 0)
            return -1;
    return 0;
}

int64_t runner_due_ms(const runner_t *self)
{
    if (self->waits || (self->runs && self->killed))
        return self->look_at_ms;
    if (self->runs)
        return self->kill_at_ms;
    return self->tried > 0 || self->unseen > 0 ? self->start_at_ms : MOMENT_NEVER;
}

int runner_fd(const runner_t *self)
{
    return self->child ? child_fd(self->child) : -1;
}

uint64_t runner_done(const runner_t *self)
{
    return self->done;
}
