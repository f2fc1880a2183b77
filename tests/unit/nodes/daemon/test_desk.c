// desk: one request, one answer, nobody else's door.

#include "nodes/daemon/desk.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

typedef struct {
    scratch_t scratch;
    void *zmq, *asker;
    desk_t *desk;
    char path[PATH_MAX];
} world_t;

static cause_t why;

static int setup(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    char endpoint[PATH_MAX + 8];
    int none = 0, wait_ms = 20000;
    scratch_open(&world->scratch);
    (void)snprintf(
        world->path, sizeof world->path, "%s/run/control", world->scratch.path);
    world->zmq = zmq_ctx_new();
    world->desk = desk_open(world->zmq, world->path, &why);
    if (!world->desk)
        fail_msg("%s", why.text);
    world->asker = zmq_socket(world->zmq, ZMQ_REQ);
    (void)zmq_setsockopt(world->asker, ZMQ_LINGER, &none, sizeof none);
    (void)zmq_setsockopt(world->asker, ZMQ_RCVTIMEO, &wait_ms, sizeof wait_ms);
    (void)snprintf(endpoint, sizeof endpoint, "ipc://%s", world->path);
    assert_int_equal(zmq_connect(world->asker, endpoint), 0);
    *state = world;
    return 0;
}

static int teardown(void **state)
{
    world_t *world = *state;
    (void)zmq_close(world->asker);
    desk_close(&world->desk);
    (void)zmq_ctx_term(world->zmq);
    scratch_close(&world->scratch);
    free(world);
    return 0;
}

static const char *take(world_t *world, span_t *rest)
{
    zmq_pollitem_t item = desk_poll_item(world->desk);
    assert_int_equal(zmq_poll(&item, 1, 20000), 1);
    return desk_take(world->desk, rest);
}

static void answers_requests(void **state)
{
    world_t *world = *state;
    char answer[64] = "";
    span_t rest;
    static const struct {
        const char *request, *word, *rest;
    } cases[] = {
        {"status\n", "status", ""},
        {"status", "status", ""},
        {"explain\n{\"a\":\n1}", "explain", "{\"a\":\n1}"},
        {"ask incident\n{}", "ask incident", "{}"},
        {"", "", ""},
        {"a-word-that-is-far-too-long-to-be-one-of-ours\nrest", "", "rest"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        (void)zmq_send(world->asker, cases[i].request, strlen(cases[i].request), 0);
        assert_string_equal(take(world, &rest), cases[i].word);
        assert_true(span_is(rest, cases[i].rest));
        assert_null(desk_take(world->desk, &rest)); // one at a time
        desk_answer_error(world->desk, "none");
        int size = zmq_recv(world->asker, answer, sizeof answer - 1, 0);
        assert_true(size > 0);
        answer[size] = 0;
        assert_string_equal(answer, "{\"error\":\"none\"}");
    }
    desk_answer_error(world->desk, "nobody asked"); // goes nowhere
}

static void always_answers_with_json(void **state)
{
    world_t *world = *state;
    char answer[128] = "";
    span_t rest;
    (void)zmq_send(world->asker, "status", 6, 0);
    (void)take(world, &rest);
    desk_answer_error(world->desk, "not \xff text");
    int size = zmq_recv(world->asker, answer, sizeof answer - 1, 0);
    json_t *json = json_loadb(answer, size > 0 ? (size_t)size : 0, 0, NULL);
    assert_non_null(json_object_get(json, "error"));
    json_decref(json);
}

static void lets_in_its_owner_alone(void **state)
{
    world_t *world = *state;
    struct stat info;
    assert_int_equal(stat(scratch_at(&world->scratch, "run"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    assert_int_equal(mkdir(scratch_at(&world->scratch, "open"), 0755), 0);
    assert_int_equal(chmod(scratch_at(&world->scratch, "open"), 0755), 0);
    assert_null(desk_open(world->zmq, scratch_at(&world->scratch, "open/control"), &why));
    assert_non_null(strstr(why.text, "chmod 700"));
}

static void says_when_the_path_is_too_long(void **state)
{
    world_t *world = *state;
    char path[300];
    memset(path, 'x', sizeof path);
    path[0] = '/';
    path[sizeof path - 1] = 0;
    assert_null(desk_open(world->zmq, path, &why));
    assert_non_null(strstr(why.text, "too long"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(answers_requests),
        TEST(always_answers_with_json),
        TEST(lets_in_its_owner_alone),
        TEST(says_when_the_path_is_too_long),
    };
    return test_group(tests, NULL, NULL);
}
