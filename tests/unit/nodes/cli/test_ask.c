// Questions to a control socket: answered, not answered, nobody there.

#include "nodes/cli/ask.h"

#include "lib/base/file.h"
#include "nodes/config/node_paths.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <pthread.h>
#include <zmq.h>

typedef struct {
    void *socket;
    const char *answer; // NULL: takes the question and says nothing
    char heard[64];
} server_t;

static void *serve(void *argument)
{
    server_t *self = argument;
    int size = zmq_recv(self->socket, self->heard, sizeof self->heard - 1, 0);
    if (size >= 0)
        self->heard[size] = '\0';
    if (self->answer)
        zmq_send(self->socket, self->answer, strlen(self->answer), 0);
    return NULL;
}

static void with_server(const char *answer, int expected)
{
    scratch_t scratch;
    cause_t why = {""};
    char path[PATH_MAX], endpoint[PATH_MAX + 8];
    buf_t got = {0};
    pthread_t thread;
    scratch_open(&scratch);
    assert_int_equal(folder_make(scratch_at(&scratch, "run"), 0700, &why), 0);
    node_path(scratch.path, NODE_CONTROL, path);
    snprintf(endpoint, sizeof endpoint, "ipc://%s", path);
    void *context = zmq_ctx_new();
    server_t server = {.socket = zmq_socket(context, ZMQ_REP), .answer = answer};
    assert_int_equal(zmq_bind(server.socket, endpoint), 0);
    assert_true(ask_alive(path));
    assert_int_equal(pthread_create(&thread, NULL, serve, &server), 0);
    int result = ask(path, span_text("status\n"), expected < 0 ? 50 : 10000, &got, &why);
    assert_int_equal(result, expected);
    if (expected == 0)
        assert_string_equal(buf_text(&got), answer);
    else
        assert_non_null(strstr(why.text, "no answer within"));
    pthread_join(thread, NULL);
    assert_string_equal(server.heard, "status\n");
    zmq_close(server.socket);
    zmq_ctx_term(context);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_come_back),
        cmocka_unit_test(silence_has_an_end),
        cmocka_unit_test(nobody_is_noticed_at_once),
        cmocka_unit_test(long_paths_are_named),
    };
    return test_group(tests, NULL, NULL);
}
