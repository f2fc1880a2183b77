// control: one request in, one text out, in a folder that is the owner's alone.

#include "lib/net/control.h"

#include "tests/lib/few.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

#include <jansson.h>
#include <poll.h>
#include <unistd.h>
#include <zmq.h>

static scratch_t scratch;
static cause_t why;
static control_t *control;
static void *context, *asker;

static int set_up(void **state)
{
    (void)state;
    char endpoint[600];
    int patience = 20000, none = 0;
    scratch_open(&scratch);
    control = control_open(scratch_at(&scratch, "run/control"), &why);
    if (!control)
        print_error("%s\n", why.text);
    context = zmq_ctx_new();
    asker = zmq_socket(context, ZMQ_DEALER); // may ask what a REQ may not
    (void)zmq_setsockopt(asker, ZMQ_RCVTIMEO, &patience, sizeof patience);
    (void)zmq_setsockopt(asker, ZMQ_LINGER, &none, sizeof none);
    (void)snprintf(
        endpoint, sizeof endpoint, "ipc://%s", scratch_at(&scratch, "run/control"));
    return control ? zmq_connect(asker, endpoint) : -1;
}

static int tear_down(void **state)
{
    (void)state;
    (void)zmq_close(asker);
    (void)zmq_ctx_term(context);
    control_close(&control);
    control_close(&control);
    scratch_close(&scratch);
    return 0;
}

static void ask(const char *text, size_t size, int more)
{
    assert_int_equal(zmq_send(asker, "", 0, ZMQ_SNDMORE), 0);
    assert_int_equal(zmq_send(asker, text, size, more), (int)size);
}

static void wait_for_line(char *line, size_t room)
{
    struct pollfd item = {control_fd(control), POLLIN, 0};
    while (!control_receive(control, line, room))
        assert_true(control_waits(control) || poll(&item, 1, 20000) == 1);
}

static void is_answered(const char *text)
{
    char got[64] = "";
    control_answer(control, span_text(text));
    assert_int_equal(zmq_recv(asker, got, sizeof got, 0), 0); // the delimiter
    int size = zmq_recv(asker, got, sizeof got, 0);
    assert_int_equal(size, strlen(text));
    assert_memory_equal(got, text, strlen(text));
}

static void a_line_is_answered(void **state)
{
    (void)state;
    char line[64];
    assert_int_equal(control_receive(control, line, sizeof line), 0);
    ask("status", 6, 0);
    wait_for_line(line, sizeof line);
    assert_string_equal(line, "status");
    is_answered("{}");
    ask("reload\nstop", 11, 0); // one line, whatever follows it
    wait_for_line(line, sizeof line);
    assert_string_equal(line, "reload");
    is_answered("done");
    ask("", 0, 0);
    wait_for_line(line, sizeof line);
    assert_string_equal(line, "");
    is_answered("what?");
}

static void what_comes_behind_the_line_is_kept(void **state)
{
    (void)state;
    char line[64];
    static const struct {
        const char *request, *line, *rest;
    } cases[] = {
        {"status\n", "status", ""},
        {"status", "status", ""},
        {"explain\n{\"a\":\n1}", "explain", "{\"a\":\n1}"},
        {"ask incident\n{}", "ask incident", "{}"},
        {"\n\n", "", "\n"},
        {"", "", ""},
    };
    assert_int_equal(control_rest(control).size, 0); // nobody has asked
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ask(cases[i].request, strlen(cases[i].request), 0);
        wait_for_line(line, sizeof line);
        assert_string_equal(line, cases[i].line);
        assert_true(span_is(control_rest(control), cases[i].rest));
        is_answered("{}");
    }
}

// Whoever polls the descriptor is woken by each request, if it asks before it waits.
static void its_descriptor_tells_of_requests(void **state)
{
    (void)state;
    char line[64];
    struct pollfd item = {.fd = control_fd(control), .events = POLLIN};
    for (int i = 0; i < 100; i++) {
        ask("status", 6, 0);
        if (i % 3 == 0)
            ask("again", 5, 0);
        for (int n = i % 3 == 0 ? 2 : 1; n > 0; n--) {
            while (!control_waits(control))
                assert_int_equal(poll(&item, 1, 20000), 1);
            assert_int_equal(control_receive(control, line, sizeof line), 1);
            is_answered("{}");
        }
        assert_false(control_waits(control));
    }
}

static void what_is_too_long_is_cut(void **state)
{
    (void)state;
    char line[8], text[5000];
    memset(text, 'x', sizeof text);
    ask(text, sizeof text, 0);
    wait_for_line(line, sizeof line);
    assert_string_equal(line, "xxxxxxx");
    is_answered("no");
    memset(text, 0, sizeof text);
    ask(text, sizeof text, 0);
    wait_for_line(line, sizeof line);
    assert_string_equal(line, "");
    is_answered("no");
}

// Of several parts the first is the line; what has not the form of a request is dropped.
static void parts_do_not_stop_it(void **state)
{
    (void)state;
    char line[64];
    ask("one", 3, ZMQ_SNDMORE);
    assert_int_equal(zmq_send(asker, "two", 3, ZMQ_SNDMORE), 3);
    assert_int_equal(zmq_send(asker, "", 0, 0), 0);
    wait_for_line(line, sizeof line);
    assert_string_equal(line, "one");
    is_answered("first");
    assert_int_equal(zmq_send(asker, "no delimiter", 12, 0), 12);
    assert_int_equal(zmq_send(asker, "", 0, 0), 0); // and nothing behind it
    ask("status", 6, 0);
    wait_for_line(line, sizeof line);
    assert_string_equal(line, "status");
    is_answered("{}");
    assert_int_equal(control_receive(control, line, sizeof line), 0);
}

// An answer that takes long keeps nobody from being answered.
static void one_may_be_answered_later(void **state)
{
    (void)state;
    char line[64], got[64];
    cause_t done = {""};
    ask("reload", 6, 0);
    wait_for_line(line, sizeof line);
    control_asker_t waits = control_asker(control);
    assert_true(waits.has_uid); // the system says who asks, whatever he says
    assert_int_equal(waits.uid, getuid());
    ask("status", 6, 0);
    wait_for_line(line, sizeof line);
    assert_string_equal(line, "status");
    is_answered("{}");
    control_reply_to(control, &waits, &done);
    assert_int_equal(zmq_recv(asker, got, sizeof got, 0), 0);
    assert_int_equal(
        zmq_recv(asker, got, sizeof got, 0), strlen("{\"ok\":true,\"text\":\"\"}"));
    waits.route[0] ^= 0x55; // somebody who is not there
    control_reply_to(control, &waits, &done);
    ask("stop", 4, 0);
    wait_for_line(line, sizeof line);
    is_answered("yes");
}

static void a_reply_says_whether_it_was_done(void **state)
{
    (void)state;
    char line[64], got[128] = "";
    const struct {
        cause_t why;
        const char *expected;
    } cases[] = {{{""}, "{\"ok\": true, \"text\": \"\"}"},
        {{"a \"word\""}, "{\"ok\": false, \"text\": \"a \\\"word\\\"\"}"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ask("reload", 6, 0);
        wait_for_line(line, sizeof line);
        control_reply(control, &cases[i].why);
        assert_int_equal(zmq_recv(asker, got, sizeof got, 0), 0); // the delimiter
        int size = zmq_recv(asker, got, sizeof got - 1, 0);
        assert_true(size > 0);
        got[size] = 0;
        json_t *said = json_loads(got, 0, NULL);
        json_t *expected = json_loads(cases[i].expected, 0, NULL);
        assert_non_null(expected);
        assert_true(json_equal(said, expected));
        json_decref(said);
        json_decref(expected);
    }
}

static void the_folder_is_its_owners(void **state)
{
    (void)state;
    struct stat info;
    assert_int_equal(stat(scratch_at(&scratch, "run"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    assert_int_equal(mkdir(scratch_at(&scratch, "open"), 0755), 0);
    assert_int_equal(chmod(scratch_at(&scratch, "open"), 0755), 0);
    assert_null(control_open(scratch_at(&scratch, "open/control"), &why));
    assert_non_null(strstr(why.text, "chmod 700"));
}

static void no_path_is_no_socket(void **state)
{
    (void)state;
    char line[8];
    control_t *none = control_open("", &why);
    assert_non_null(none);
    assert_int_equal(control_fd(none), -1);
    assert_false(control_waits(none));
    assert_int_equal(control_receive(none, line, sizeof line), 0);
    control_close(&none);
}

static void a_path_too_long_is_a_failure_with_a_reason(void **state)
{
    (void)state;
    char name[200];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = 0;
    assert_null(control_open(scratch_at(&scratch, name), &why));
    assert_non_null(strstr(why.text, "too long for a socket"));
}

// Alone in its process: who listens already would be ended by libzmq.
static void too_few_descriptors_are_a_failure_with_a_reason(void **state)
{
    (void)state;
    scratch_t folder;
    scratch_open(&folder);
    for (size_t left = 0; left < 12; left++) {
        few_t few = few_descriptors(left);
        why.text[0] = 0;
        control_t *none = control_open(scratch_at(&folder, "run/control"), &why);
        few_no_more(&few);
        assert_null(none);
        assert_non_null(strstr(why.text, "Too many open files"));
    }
    scratch_close(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(too_few_descriptors_are_a_failure_with_a_reason),
        TEST(a_line_is_answered),
        TEST(what_comes_behind_the_line_is_kept),
        TEST(its_descriptor_tells_of_requests),
        TEST(what_is_too_long_is_cut),
        TEST(parts_do_not_stop_it),
        TEST(one_may_be_answered_later),
        TEST(a_reply_says_whether_it_was_done),
        TEST(the_folder_is_its_owners),
        TEST(no_path_is_no_socket),
        TEST(a_path_too_long_is_a_failure_with_a_reason),
    };
    return test_group(tests, NULL, NULL);
}
