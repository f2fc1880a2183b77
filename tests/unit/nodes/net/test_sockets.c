// sockets: none is made where CZMQ would end the process, and what CZMQ does to a process
// by itself it does not do to ours.

#include "nodes/net/sockets.h"

#include "tests/lib/few.h"
#include "tests/lib/test.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

static cause_t why;

static const char *const events[] = {"CONNECTED", NULL};

// Where no thread can be had zactor_new waits for ever, and libzmq ends the process.
static void needs_threads(void **state)
{
    (void)state;
    int status = -1;
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0, 0};
        bool limited = (geteuid() != 0 || setuid(65534) == 0) && // root has no limit
                       setrlimit(RLIMIT_NPROC, &none) == 0;
        bool refused = limited && !sockets_new(ZMQ_DEALER, &why);
        _exit(refused && strstr(why.text, "room for a thread") ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void needs_descriptors(void **state)
{
    (void)state;
    for (size_t left = 0; left < 32; left++) {
        few_t few = few_descriptors(left);
        why.text[0] = 0;
        zsock_t *socket = sockets_new(ZMQ_DEALER, &why);
        few_no_more(&few);
        assert_null(socket);
        assert_non_null(strstr(why.text, "ulimit -n"));
        assert_non_null(strstr(why.text, "Too many open files"));
    }
    zsock_t *socket = sockets_new(ZMQ_DEALER, &why);
    assert_non_null(socket);
    for (size_t left = 0; left < 32; left++) {
        few_t few = few_descriptors(left);
        zactor_t *monitor = sockets_monitor(socket, events, &why);
        few_no_more(&few);
        assert_null(monitor);
    }
    zsock_destroy(&socket);
}

static void a_monitor_tells_of_its_socket(void **state)
{
    (void)state;
    zsock_t *listens = sockets_new(ZMQ_ROUTER, &why), *socket;
    int port = zsock_bind(listens, "tcp://127.0.0.1:*");
    assert_true(port > 0);
    socket = sockets_new(ZMQ_DEALER, &why);
    zactor_t *monitor = sockets_monitor(socket, events, &why);
    assert_non_null(monitor);
    assert_false(sockets_waits(monitor));
    assert_int_equal(zsock_connect(socket, "tcp://127.0.0.1:%d", port), 0);
    zpoller_t *poller = zpoller_new(monitor, NULL);
    assert_ptr_equal(zpoller_wait(poller, 20000), monitor);
    assert_true(sockets_waits(monitor));
    char *event = zstr_recv(monitor);
    assert_string_equal(event, "CONNECTED");
    zsock_flush(monitor);
    zstr_free(&event);
    zpoller_destroy(&poller);
    zactor_destroy(&monitor);
    zsock_destroy(&socket);
    zsock_destroy(&listens);
}

// Signals are ours, standard output is for what a program says, and limits are those that
// the source sets.
static void leaves_the_process_as_it_was(void **state)
{
    (void)state;
    struct sigaction action;
    assert_int_equal(sigaction(SIGTERM, NULL, &action), 0);
    assert_ptr_equal(action.sa_handler, SIG_DFL);
    assert_int_equal(sigaction(SIGINT, NULL, &action), 0);
    assert_ptr_equal(action.sa_handler, SIG_DFL);
    assert_string_equal(getenv("ZSYS_LINGER"), "12345"); // for the programs we run
    zsock_t *socket = sockets_new(ZMQ_PUSH, &why);
    assert_int_equal(zsock_linger(socket), 0);
    zsock_destroy(&socket);
    FILE *out = tmpfile();
    int before = dup(STDOUT_FILENO);
    (void)fflush(stdout);
    assert_true(dup2(fileno(out), STDOUT_FILENO) >= 0);
    zsys_error("said by CZMQ");
    (void)fflush(stdout);
    assert_true(dup2(before, STDOUT_FILENO) >= 0);
    assert_int_equal(lseek(fileno(out), 0, SEEK_END), 0);
    (void)close(before);
    (void)fclose(out);
}

int main(void)
{
    // Each of these would be obeyed: ours are made before CZMQ reads them.
    (void)setenv("ZSYS_LINGER", "12345", 1);
    (void)setenv("ZSYS_LOGSTREAM", "stdout", 1);
    (void)setenv("ZSYS_LOGSENDER", "tcp://127.0.0.1:no-port", 1); // ends the process
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(needs_threads), // before this process has made any
        cmocka_unit_test(needs_descriptors),
        cmocka_unit_test(a_monitor_tells_of_its_socket),
        cmocka_unit_test(leaves_the_process_as_it_was),
    };
    return test_group(tests, NULL, NULL);
}
