// inquiries: a question is answered to the session that asked it and to no other; who
// asks too often, or too much at once, is told so at once.

#include "hub/ask/inquiries.h"

#include "hub/ask/rota.h"
#include "tests/lib/gate.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

enum { RATE = 4 };
static const int64_t now_ms = INT64_C(1795348800000);

typedef struct {
    scratch_t scratch;
    hub_options_t options;
    sessions_t *sessions;
    inboxes_t *inboxes;
    refusals_t *refusals;
    reception_t *reception;
    work_t work;
    inquiries_t *inquiries;
    questions_t questions;
    session_t *session;
    char said[1024]; // "request code" of each answer
    cause_t why;
} world_t;

static world_t *the_world; // for what is sent, which has no context

static void gate_ended(span_t route)
{
    (void)route;
}

static void gate_sent(int whose, span_t route, span_t frame)
{
    explain_t answer;
    world_t *world = the_world;
    size_t used = strlen(world->said);
    (void)whose;
    assert_int_equal(explain_take(&answer, frame, &world->why), 0);
    const char *text = (const char *)answer.text.data;
    bool refused = memmem(text, answer.text.size, "rate.limit", 10) != NULL;
    (void)snprintf(world->said + used, sizeof world->said - used, "%.*s%u%s ",
        (int)route.size, (const char *)route.data, answer.request, refused ? "!" : "");
}

static void expect(world_t *world, const char *said)
{
    assert_string_equal(world->said, said);
    world->said[0] = 0;
}

static session_t *open_session(world_t *world, const char *route)
{
    static const uint8_t key[32] = {7};
    int inbox = inboxes_of(world->inboxes, "isoc-a", &world->why);
    return sessions_open(world->sessions, span_text(route), key, "isoc-a", inbox);
}

static void begin(world_t *world, int64_t after_ms)
{
    reception_begin(world->reception,
        &(reception_turn_t){.now = {now_ms + after_ms, 70000 + after_ms}});
}

static void open_inquiries(world_t *world, int64_t rate)
{
    inquiries_destroy(&world->inquiries);
    world->options.explain_rate = rate;
    world->inquiries = inquiries_new(&(inquiries_setup_t){.reception = world->reception,
        .sessions = world->sessions,
        .work = &world->work,
        .explain_rate = rate});
}

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    scratch_open(&world->scratch);
    world->sessions = sessions_new();
    world->inboxes = inboxes_open(world->scratch.path, &world->why);
    world->refusals = refusals_new();
    world->reception = reception_new(&(reception_setup_t){.options = &world->options,
        .sessions = world->sessions,
        .inboxes = world->inboxes,
        .refusals = world->refusals});
    world->questions =
        (questions_t){.hub = "hub", .origin = "hub.example/log", .limits = {1024, 8}};
    world->session = open_session(world, "a");
    gate_stage.result = GATE_SENT;
    the_world = world;
    open_inquiries(world, RATE);
    begin(world, 0);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    inquiries_destroy(&world->inquiries);
    reception_destroy(&world->reception);
    refusals_destroy(&world->refusals);
    inboxes_close(&world->inboxes);
    sessions_destroy(&world->sessions);
    scratch_close(&world->scratch);
    free(world);
    return 0;
}

static void ask(world_t *world, uint32_t request)
{
    buf_t frame = {0};
    query_put(&frame, &(query_t){request, span_text("hub"), span_text("{}")});
    assert_int_equal(inquiries_hear(world->inquiries, world->session, FRAME_ASK,
                         buf_span(&frame), &world->why),
        0);
    buf_destroy(&frame);
}

static void turn(world_t *world)
{
    inquiries_turn(world->inquiries, &world->questions);
    expect(world, "");
    inquiries_send(world->inquiries);
}

static void it_is_answered_when_its_turn_comes(void **state)
{
    world_t *world = *state;
    ask(world, 1);
    ask(world, 2);
    expect(world, "");
    assert_int_equal(inquiries_waiting(world->inquiries), 2);
    turn(world);
    expect(world, "a1 a2 ");
    assert_int_equal(inquiries_waiting(world->inquiries), 0);
    assert_true(world->work.done > 0);
    turn(world);
    expect(world, "");
}

static void who_asks_too_often_is_told_so_at_once(void **state)
{
    world_t *world = *state;
    for (uint32_t i = 1; i <= RATE + 1; i++)
        ask(world, i);
    expect(world, "a5! ");
    turn(world);
    expect(world, "a1 a2 a3 a4 ");
    begin(world, 1000);
    ask(world, 6);
    turn(world);
    expect(world, "a6 ");
}

static void too_many_do_not_wait(void **state)
{
    world_t *world = *state;
    open_inquiries(world, 1000);
    for (uint32_t i = 1; i <= ROTA_WAITING + 1; i++)
        ask(world, i);
    expect(world, "a17! ");
    assert_int_equal(inquiries_waiting(world->inquiries), ROTA_WAITING);
}

// Here it is large; reading entries costs alike.
static void one_that_costs_much_counts_as_several(void **state)
{
    world_t *world = *state;
    static char arguments[(1 << 20) + 4096];
    buf_t frame = {0};
    memset(arguments, ' ', sizeof arguments);
    arguments[0] = '{';
    arguments[sizeof arguments - 1] = '}';
    query_put(
        &frame, &(query_t){1, span_text("hub"), span_of(arguments, sizeof arguments)});
    assert_int_equal(inquiries_hear(world->inquiries, world->session, FRAME_ASK,
                         buf_span(&frame), &world->why),
        0);
    buf_destroy(&frame);
    turn(world);
    expect(world, "a1 ");
    ask(world, 2); // of four there was one for asking, and more than one for what it cost
    ask(world, 3);
    expect(world, "a3! ");
}

static void nobody_else_is_answered(void **state)
{
    world_t *world = *state;
    ask(world, 1);
    sessions_close(world->sessions, world->session);
    turn(world);
    expect(world, "");
    world->session = open_session(world, "b");
    ask(world, 1);
    sessions_close(world->sessions, world->session);
    world->session = open_session(world, "c");
    turn(world);
    expect(world, "");
    assert_int_equal(inquiries_waiting(world->inquiries), 0);
    ask(world, 2);
    turn(world);
    expect(world, "c2 ");
}

static void what_cannot_be_read_does_not_wait(void **state)
{
    world_t *world = *state;
    assert_int_equal(inquiries_hear(world->inquiries, world->session, FRAME_ASK,
                         span_text("\x01"), &world->why),
        -1);
    assert_int_equal(inquiries_waiting(world->inquiries), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_answered_when_its_turn_comes),
        TEST(who_asks_too_often_is_told_so_at_once),
        TEST(too_many_do_not_wait),
        TEST(one_that_costs_much_counts_as_several),
        TEST(nobody_else_is_answered),
        TEST(what_cannot_be_read_does_not_wait),
    };
    return test_group(tests, NULL, NULL);
}
