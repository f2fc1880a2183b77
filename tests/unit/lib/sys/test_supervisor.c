// supervisor: what whoever started a daemon gets, on sockets of both kinds, and what it
// means that nobody listens.

#include "lib/sys/supervisor.h"

#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

static int listener(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    memcpy(address.sun_path, name, strlen(name));
    if (name[0] == '@')
        address.sun_path[0] = 0;
    assert_int_equal(
        bind(fd, (struct sockaddr *)&address,
            (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name))),
        0);
    return fd;
}

static void assert_heard(int fd, const char *expected)
{
    char text[1024];
    ssize_t size = recv(fd, text, sizeof text - 1, 0);
    text[size > 0 ? size : 0] = 0;
    assert_string_equal(text, expected);
}

static void open_with(supervisor_t *self, const char *name, const char *watchdog_us,
    const char *watchdog_pid)
{
    (void)setenv("NOTIFY_SOCKET", name, 1);
    (void)setenv("WATCHDOG_USEC", watchdog_us, 1);
    (void)setenv("WATCHDOG_PID", watchdog_pid, 1);
    assert_int_equal(supervisor_open(self), 0);
    assert_null(getenv("NOTIFY_SOCKET"));
    assert_null(getenv("WATCHDOG_USEC"));
    assert_null(getenv("WATCHDOG_PID"));
}

static void says_each_state(void **state)
{
    char name[64], pid[32];
    (void)state;
    (void)snprintf(name, sizeof name, "@dabyl-test-%d", (int)getpid());
    (void)snprintf(pid, sizeof pid, "%d", (int)getpid());
    int fd = listener(name);
    supervisor_t self;
    open_with(&self, name, "3600000000", pid);
    supervisor_is(&self, SUPERVISOR_STARTS, "reading");
    assert_heard(fd, "STATUS=reading\n");
    supervisor_is(&self, SUPERVISOR_READY, "3 connected");
    assert_heard(fd, "READY=1\nSTATUS=3 connected\n");
    assert_false(supervisor_hungry(&self));
    int64_t left_ms = supervisor_left_ms(&self);
    assert_true(left_ms > 0 && left_ms <= 3600 * 1000 / 4 + 1);
    supervisor_feed(&self, "4 connected");
    assert_heard(fd, "WATCHDOG=1\nSTATUS=4 connected\n");
    supervisor_is(&self, SUPERVISOR_RELOADS, "");
    char text[256];
    ssize_t size = recv(fd, text, sizeof text - 1, 0);
    assert_true(size > 0);
    text[size] = 0;
    assert_non_null(strstr(text, "RELOADING=1\nMONOTONIC_USEC="));
    supervisor_is(&self, SUPERVISOR_STOPS, "ends");
    assert_heard(fd, "STOPPING=1\nSTATUS=ends\n");
    supervisor_close(&self);
    (void)close(fd);
}

// The watchdog of another process is none of ours: only the status is kept up.
static void the_watchdog_is_of_one_process(void **state)
{
    char name[64];
    (void)state;
    (void)snprintf(name, sizeof name, "@dabyl-test-%d", (int)getpid());
    int fd = listener(name);
    supervisor_t self;
    open_with(&self, name, "1000", "1");
    int64_t others = self.every_us;
    supervisor_close(&self);
    open_with(&self, name, "1000", "");
    assert_true(others > 1000 && self.every_us == 250);
    supervisor_close(&self);
    open_with(&self, name, "12x", "");
    assert_int_equal(self.every_us, others);
    supervisor_close(&self);
    (void)close(fd);
}

// What must be known is said when there is room again, and nobody waits for that.
static void says_later_what_could_not_be_said(void **state)
{
    (void)state;
    scratch_t scratch;
    char name[PATH_MAX + 8];
    scratch_open(&scratch);
    (void)snprintf(name, sizeof name, "%s/n", scratch.path);
    int fd = listener(name);
    supervisor_t self;
    open_with(&self, name, "1000", "");
    for (int i = 0; i < 10000; i++)
        supervisor_feed(&self, "more"); // until its queue is full, and on
    supervisor_is(&self, SUPERVISOR_READY, "ready");
    assert_true(self.unsaid);
    char text[256];
    while (recv(fd, text, sizeof text, 0) > 0)
        ;
    supervisor_feed(&self, "still");
    assert_heard(fd, "READY=1\nWATCHDOG=1\nSTATUS=still\n");
    assert_false(self.unsaid);
    supervisor_close(&self);
    (void)close(fd);
    scratch_close(&scratch);
}

static void nobody_is_told_nothing(void **state)
{
    (void)state;
    supervisor_t self;
    (void)unsetenv("NOTIFY_SOCKET");
    (void)setenv("WATCHDOG_USEC", "1", 1);
    assert_int_equal(supervisor_open(&self), 0);
    supervisor_is(&self, SUPERVISOR_READY, "ready");
    assert_false(supervisor_hungry(&self));
    static const char *const wrong[] = {"relative", "/nowhere/at/all", "@dabyl-none"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        (void)setenv("NOTIFY_SOCKET", wrong[i], 1);
        assert_int_equal(supervisor_open(&self), -1);
        assert_int_not_equal(errno, 0);
        supervisor_feed(&self, "still goes");
        assert_false(supervisor_hungry(&self));
        supervisor_close(&self);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_each_state),
        cmocka_unit_test(the_watchdog_is_of_one_process),
        cmocka_unit_test(says_later_what_could_not_be_said),
        cmocka_unit_test(nobody_is_told_nothing),
    };
    return test_group(tests, NULL, NULL);
}
