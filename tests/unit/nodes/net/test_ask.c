// Questions to a daemon's control socket: answered, not answered, nobody there, no room
// to ask; and what is asked arrives as it was said.

#include "nodes/net/ask.h"

#include "lib/net/control.h"
#include "nodes/config/node_paths.h"
#include "tests/lib/few.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

typedef struct {
    control_t *control;
    const char *answer; // NULL: takes the question and says nothing
    char line[64], rest[64];
} server_t;

static void *serve(void *argument)
{
    server_t *self = argument;
    struct pollfd item = {.fd = control_fd(self->control), .events = POLLIN};
    while (!control_receive(self->control, self->line, sizeof self->line))
        if (poll(&item, 1, 20000) != 1)
            return NULL;
    span_t rest = control_rest(self->control);
    (void)snprintf(
        self->rest, sizeof self->rest, "%.*s", (int)rest.size, (const char *)rest.data);
    if (self->answer)
        control_answer(self->control, span_text(self->answer));
    return NULL;
}

static void with_server(const char *answer, int expected)
{
    scratch_t scratch;
    cause_t why = {""};
    char path[PATH_MAX];
    buf_t got = {0};
    pthread_t thread;
    scratch_open(&scratch);
    node_path(scratch.path, NODE_CONTROL, path);
    server_t server = {.control = control_open(path, &why), .answer = answer};
    assert_non_null(server.control);
    assert_true(ask_alive(path));
    assert_int_equal(pthread_create(&thread, NULL, serve, &server), 0);
    int result =
        ask(path, span_text("status\nof all"), expected < 0 ? 50 : 20000, &got, &why);
    assert_int_equal(result, expected);
    if (expected == 0)
        assert_string_equal(buf_text(&got), answer);
    else
        assert_non_null(strstr(why.text, "no answer within"));
    pthread_join(thread, NULL);
    assert_string_equal(server.line, "status");
    assert_string_equal(server.rest, "of all");
    control_close(&server.control);
    buf_destroy(&got);
    scratch_close(&scratch);
}

static void answers_come_back(void **state)
{
    (void)state;
    with_server("{\"ok\": true}", 0);
    with_server("", 0);
}

static void silence_has_an_end(void **state)
{
    (void)state;
    with_server(NULL, -1);
}

static void nobody_is_noticed_at_once(void **state)
{
    (void)state;
    buf_t got = {0};
    cause_t why;
    // The wait is longer than any test may last.
    assert_int_equal(
        ask("/no/such/run/control", span_text("x"), 3600000, &got, &why), -1);
    assert_non_null(strstr(why.text, "the daemon is not running"));
    assert_false(ask_alive("/no/such/run/control"));
}

static void long_paths_are_named(void **state)
{
    (void)state;
    buf_t got = {0};
    cause_t why;
    char folder[200], path[PATH_MAX];
    memset(folder, 'x', sizeof folder);
    folder[sizeof folder - 1] = '\0';
    node_path(folder, NODE_CONTROL, path);
    assert_false(ask_alive(path));
    assert_int_equal(ask(path, span_text("x"), 3600000, &got, &why), -1);
    assert_non_null(strstr(why.text, "too long"));
}

// Somebody who listens and never takes anybody in: libzmq's own would end the process
// together with ours.
static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    assert_true(strlen(path) < sizeof address.sun_path);
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 128), 0);
    return fd;
}

// However many are left, too few are named as the cause, and nothing ends.
static void too_few_descriptors_are_the_cause(void **state)
{
    (void)state;
    scratch_t scratch;
    cause_t why;
    buf_t got = {0};
    scratch_open(&scratch);
    const char *path = scratch_at(&scratch, "control");
    int fd = listen_at(path);
    for (size_t left = 0; left < 24; left++) {
        few_t few = few_descriptors(left);
        why.text[0] = 0;
        int result = ask(path, span_text("x"), 3600000, &got, &why);
        few_no_more(&few);
        assert_int_equal(result, -1);
        assert_non_null(strstr(why.text, "Too many open files"));
    }
    (void)close(fd);
    scratch_close(&scratch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(too_few_descriptors_are_the_cause), // before there is a context
        cmocka_unit_test(answers_come_back),
        cmocka_unit_test(too_few_descriptors_are_the_cause),
        cmocka_unit_test(silence_has_an_end),
        cmocka_unit_test(nobody_is_noticed_at_once),
        cmocka_unit_test(long_paths_are_named),
    };
    return test_group(tests, NULL, NULL);
}
