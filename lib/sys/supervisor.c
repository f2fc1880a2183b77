// supervisor - one connected datagram socket; see supervisor.h.

#include "lib/sys/supervisor.h"

#include "lib/sys/clock.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
    STATUS_US = 10 * 1000 * 1000, // where nobody waits for a sign of life
    FEEDS = 4,                    // in the time after which silence is death
    AGAIN_US = 200 * 1000,        // when what must be known could not be said
    NEVER_MS = 24 * 3600 * 1000,
};

// "/path" or "@name", which is one of no file.
static int address_of(const char *name, struct sockaddr_un *address, socklen_t *size)
{
    size_t length = strlen(name);
    if ((name[0] != '/' && name[0] != '@') || length >= sizeof address->sun_path) {
        errno = EINVAL;
        return -1;
    }
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(address->sun_path, name, length);
    if (name[0] == '@')
        address->sun_path[0] = 0;
    *size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    return 0;
}

static int reach(supervisor_t *self, const char *name)
{
    struct sockaddr_un address;
    socklen_t size;
    if (address_of(name, &address, &size) != 0)
        return -1;
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    if (connect(fd, (struct sockaddr *)&address, size) != 0) {
        int error = errno;
        (void)close(fd);
        errno = error;
        return -1;
    }
    self->socket = fd;
    return 0;
}

static int64_t number_of(const char *name)
{
    const char *text = getenv(name);
    char *end = NULL;
    errno = 0;
    long long number = text && text[0] ? strtoll(text, &end, 10) : 0;
    return number > 0 && errno == 0 && *end == 0 ? number : 0;
}

// How often: several times before silence counts, if somebody listens for that.
static int64_t pace(void)
{
    int64_t limit_us = number_of("WATCHDOG_USEC"), whom = number_of("WATCHDOG_PID");
    bool us = whom == 0 || whom == getpid();
    return limit_us > 0 && us ? limit_us / FEEDS : STATUS_US;
}

int supervisor_open(supervisor_t *self)
{
    const char *name = getenv("NOTIFY_SOCKET");
    *self = SUPERVISOR_NONE;
    self->every_us = pace();
    int result = name && name[0] ? reach(self, name) : 0;
    int error = errno;
    (void)unsetenv("NOTIFY_SOCKET");
    (void)unsetenv("WATCHDOG_USEC");
    (void)unsetenv("WATCHDOG_PID");
    errno = error;
    return result;
}

void supervisor_close(supervisor_t *self)
{
    if (self->socket >= 0)
        (void)close(self->socket);
    *self = SUPERVISOR_NONE;
}

static int state_lines(const supervisor_t *self, int64_t now_us, char *out, size_t size)
{
    switch (self->state) {
    case SUPERVISOR_READY:
        return snprintf(out, size, "READY=1\n");
    case SUPERVISOR_RELOADS:
        return snprintf(
            out, size, "RELOADING=1\nMONOTONIC_USEC=%lld\n", (long long)now_us);
    case SUPERVISOR_STOPS:
        return snprintf(out, size, "STOPPING=1\n");
    case SUPERVISOR_STARTS:
        break;
    }
    out[0] = 0;
    return 0;
}

static void say(supervisor_t *self, const char *life, const char *status)
{
    char text[512];
    int64_t now_us = clock_us(CLOCK_STEADY);
    int at = self->unsaid ? state_lines(self, now_us, text, sizeof text) : 0;
    int more =
        snprintf(text + at, sizeof text - (size_t)at, "%sSTATUS=%.300s\n", life, status);
    if (self->socket < 0)
        return;
    bool said = send(self->socket, text, (size_t)(at + more), MSG_NOSIGNAL) >= 0;
    self->unsaid = self->unsaid && !said;
    self->next_us =
        now_us + (said || self->every_us < AGAIN_US ? self->every_us : AGAIN_US);
}

void supervisor_is(supervisor_t *self, supervisor_state_t state, const char *status)
{
    self->state = state;
    self->unsaid = state != SUPERVISOR_STARTS;
    say(self, "", status);
}

bool supervisor_hungry(const supervisor_t *self)
{
    return supervisor_left_ms(self) == 0;
}

void supervisor_feed(supervisor_t *self, const char *status)
{
    say(self, "WATCHDOG=1\n", status);
}

int64_t supervisor_left_ms(const supervisor_t *self)
{
    if (self->socket < 0)
        return NEVER_MS;
    int64_t left_us = self->next_us - clock_us(CLOCK_STEADY);
    return left_us <= 0 ? 0 : left_us / 1000 + 1;
}
