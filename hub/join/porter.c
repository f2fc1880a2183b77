// porter - the program starts itself, with other arguments, and nothing of the hub's but
// one end of a line: the porch ends when the hub does, however that ends, and says
// through it whether it is open.

#include "hub/join/porter.h"

#include "hub/join/porch.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/enrol/join.h"
#include "lib/net/tcp.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    LOOK_MS = 1000,    // how often one that ended is noticed
    AGAIN_MS = 2000,   // until it is started again
    SETTLE_MS = 20000, // what has not said by then whether it is open, is not
    MINUTES_MAX = 7 * 24 * 60,
    ADDRESS_MAX = TCP_HOST_MAX + 32,
};

typedef enum { DOOR_UNKNOWN, DOOR_OPEN, DOOR_NOT_OPEN } door_t;

struct porter {
    const hub_options_t *options;
    const char *config, *vkey;
    pid_t pid;         // 0: there is none
    int line;          // held open for as long as the porch may live
    door_t door;       // as the porch says
    int64_t settle_ms; // monotonic: when it has to have said so
    int64_t look_ms;   // monotonic: when to look next
    int64_t start_ms;  // and when to start it; never: it is not wanted
    int64_t until_ms;  // monotonic: what was opened for a while ends; never: it was not
    char address[ADDRESS_MAX]; // of that; "": those of the configuration
};

porter_t *porter_new(const hub_options_t *options, const char *config, const char *vkey)
{
    porter_t *self = memory_new(1, sizeof *self);
    self->options = options;
    self->config = config;
    self->vkey = vkey;
    self->line = -1;
    self->until_ms = MOMENT_NEVER;
    self->start_ms = options->join_listen.n > 0 ? 0 : MOMENT_NEVER;
    return self;
}

int porter_check(const hub_options_t *options, cause_t *why)
{
    tcp_address_t address;
    for (size_t i = 0; i < options->join_listen.n; i++)
        if (tcp_parse(&address, options->join_listen.text[i], JOIN_PORT, why) != 0)
            return cause_prefix(why, "join.listen");
    return 0;
}

// What it keeps is written whole or not at all: it may be killed at any moment.
static void end_porch(porter_t *self)
{
    if (self->pid > 0) {
        (void)kill(self->pid, SIGKILL);
        while (waitpid(self->pid, NULL, 0) < 0 && errno == EINTR)
            continue;
    }
    self->pid = 0;
    if (self->line >= 0)
        (void)close(self->line);
    self->line = -1;
    self->door = DOOR_UNKNOWN;
}

void porter_close(porter_t **self_p)
{
    porter_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    end_porch(self);
    free(self);
}

// It inherits the line as its input, what is said, and no signal that is blocked.
static int spawn(pid_t *pid, char *const arguments[], int input)
{
    enum { NEXT = 3 };
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    (void)posix_spawn_file_actions_init(&files);
    (void)posix_spawnattr_init(&attributes);
    (void)posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    (void)posix_spawnattr_setsigmask(&attributes, &none);
    int result = posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    if (result == 0)
        result = posix_spawn_file_actions_addclosefrom_np(&files, NEXT);
    if (result == 0)
        result =
            posix_spawn(pid, "/proc/self/exe", &files, &attributes, arguments, environ);
    (void)posix_spawn_file_actions_destroy(&files);
    (void)posix_spawnattr_destroy(&attributes);
    return result;
}

static int start_with(porter_t *self, const char *seconds, cause_t *why)
{
    int ends[2];
    char *const arguments[] = {"dabyl-hub", "--join-porch", (char *)self->vkey,
        "--join-for", (char *)seconds, "--join-at", self->address, (char *)self->config,
        NULL};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return cause_errno(why, "a pair of sockets");
    int result = spawn(&self->pid, arguments, ends[0]);
    (void)close(ends[0]);
    if (result == 0) {
        self->line = ends[1];
        return 0;
    }
    self->pid = 0;
    (void)close(ends[1]);
    errno = result;
    return cause_errno(why, "the process that takes requests to join");
}

static void start(porter_t *self, int64_t now_ms)
{
    cause_t why;
    char seconds[24] = "0";
    self->start_ms = MOMENT_NEVER;
    self->settle_ms = moment_after(now_ms, SETTLE_MS);
    if (self->until_ms != MOMENT_NEVER)
        (void)snprintf(seconds, sizeof seconds, "%lld",
            (long long)(moment_left(self->until_ms, now_ms) / 1000 + 1));
    if (start_with(self, seconds, &why) == 0)
        return;
    log_line(LOG_ERROR, "join.not-open", "reason=\"%s\"", why.text);
    self->door = DOOR_NOT_OPEN;
    self->start_ms = moment_after(now_ms, AGAIN_MS);
}

// What the porch says; that it has ended is seen by its process.
static void hear(porter_t *self, int64_t now_ms)
{
    char word;
    ssize_t got = -1;
    while (porter_fd(self) >= 0 &&
           (got = recv(self->line, &word, sizeof word, MSG_DONTWAIT)) > 0)
        self->door = word == PORCH_OPEN ? DOOR_OPEN : DOOR_NOT_OPEN;
    if (got == 0) { // it ends: nothing more is said, and it is looked at now
        (void)close(self->line);
        self->line = -1;
        self->look_ms = 0;
    }
    if (self->pid == 0 || self->door != DOOR_UNKNOWN ||
        !moment_due(self->settle_ms, now_ms))
        return;
    log_line(LOG_ERROR, "join.not-open", "reason=\"it does not say that it is open\"");
    self->door = DOOR_NOT_OPEN;
}

static bool is_wanted(const porter_t *self)
{
    return self->until_ms != MOMENT_NEVER || self->options->join_listen.n > 0;
}

// It has ended by itself: its time was over, or something is wrong.
static void look(porter_t *self, int64_t now_ms)
{
    int status = 0;
    if (self->pid == 0 || waitpid(self->pid, &status, WNOHANG) != self->pid)
        return;
    self->pid = 0;
    end_porch(self);
    if (moment_due(self->until_ms, now_ms))
        return; // see below
    self->door = DOOR_NOT_OPEN;
    log_line(LOG_WARNING, "join.ended", "status=%d action=\"started again\"", status);
    self->start_ms = moment_after(now_ms, AGAIN_MS);
}

static void close_in_time(porter_t *self, int64_t now_ms)
{
    if (!moment_due(self->until_ms, now_ms))
        return;
    end_porch(self);
    self->until_ms = MOMENT_NEVER;
    self->address[0] = '\0';
    log_line(LOG_INFO, "join.closed", "reason=\"its time was over\"");
    self->start_ms = is_wanted(self) ? now_ms : MOMENT_NEVER;
}

void porter_turn(porter_t *self, now_t now)
{
    hear(self, now.monotonic_ms);
    if (now.monotonic_ms < self->look_ms)
        return;
    self->look_ms = now.monotonic_ms + LOOK_MS;
    look(self, now.monotonic_ms);
    close_in_time(self, now.monotonic_ms);
    if (self->pid == 0 && moment_due(self->start_ms, now.monotonic_ms))
        start(self, now.monotonic_ms);
}

// Beside where nodes connect: the same host, another port.
static int choose(
    const porter_t *self, const char *address, char out[ADDRESS_MAX], cause_t *why)
{
    tcp_address_t at;
    out[0] = '\0';
    if (!address && self->options->join_listen.n > 0)
        return 0;
    if (tcp_parse(
            &at, address ? address : self->options->listen.text[0], JOIN_PORT, why) != 0)
        return -1;
    if (!address)
        (void)snprintf(at.port, sizeof at.port, "%s", JOIN_PORT);
    tcp_print(&at, out);
    return 0;
}

int porter_open(
    porter_t *self, int64_t minutes, const char *address, now_t now, cause_t *why)
{
    char at[ADDRESS_MAX];
    if (minutes < 1 || minutes > MINUTES_MAX)
        return cause_set(why, "it can be open for 1 to %d minutes", MINUTES_MAX);
    if (choose(self, address, at, why) != 0)
        return -1;
    end_porch(self);
    memcpy(self->address, at, sizeof at);
    self->until_ms = moment_after(now.monotonic_ms, moment_span(minutes, 60 * 1000));
    self->start_ms = self->look_ms = now.monotonic_ms;
    porter_turn(self, now);
    return 0;
}

void porter_shut(porter_t *self)
{
    end_porch(self);
    self->until_ms = MOMENT_NEVER;
    self->address[0] = '\0';
    self->start_ms = is_wanted(self) ? 0 : MOMENT_NEVER;
    log_line(LOG_INFO, "join.closed", "reason=\"asked to\"");
}

int porter_fd(const porter_t *self)
{
    return self->door == DOOR_OPEN ? -1 : self->line;
}

bool porter_settled(const porter_t *self)
{
    return !is_wanted(self) || self->door != DOOR_UNKNOWN;
}

bool porter_is_shut_out(const porter_t *self)
{
    return is_wanted(self) && self->door == DOOR_NOT_OPEN;
}
