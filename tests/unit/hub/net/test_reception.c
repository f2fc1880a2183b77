// reception: who is let in and what each is told; how much a node may publish, ask and
// spoil; when a session ends, and who hears why.

#include "hub/net/reception.h"

#include "tests/lib/gate.h"
#include "tests/lib/people.h"
#include "tests/lib/samples.h"
#include "tests/lib/test.h"

enum { LAST = 5, WINDOW = 8, RATE = 4, LOG_SIZE = 3 };
static const int64_t now_ms = INT64_C(1795348800000);

typedef struct {
    people_t people;
    roster_t *roster;
    inboxes_t *inboxes;
    duties_t *duties;
    tree_t *tree;
    sessions_t *sessions;
    refusals_t *refusals;
    owed_t *owed;
    reception_t *reception;
    hub_options_t options;
    log_vkey_t vkey;
    uint8_t key[3][32]; // of isoc-a, isoc-b and a stranger
    arrival_t arrival;  // that was handed back last
    char said[512];     // what left and what happened, in words
    buf_t last;         // the frame that left last
    cause_t why;
} world_t;

static world_t *the_world; // for what is sent, which has no context

__attribute__((format(printf, 2, 3))) static void say(
    world_t *world, const char *format, ...)
{
    size_t used = strlen(world->said);
    va_list list;
    assert_true(used < sizeof world->said - 64);
    if (used)
        world->said[used++] = ' ';
    va_start(list, format);
    (void)vsnprintf(world->said + used, sizeof world->said - used, format, list);
    va_end(list);
}

// A frame to give away.
static buf_t *frame_of(span_t bytes)
{
    static buf_t frame;
    assert_null(frame.data); // the last one is gone
    buf_put_span(&frame, bytes);
    return &frame;
}

static void gate_sent(int whose, span_t route, span_t frame)
{
    world_t *world = the_world;
    span_t code, text;
    reader_t body;
    int type = frame_type(frame, &body);
    (void)whose;
    buf_clear(&world->last);
    buf_put_span(&world->last, frame);
    if (type == FRAME_BYE) {
        assert_int_equal(bye_take(frame, &code, &text, &world->why), 0);
        say(world, "%c:bye:%.*s", route.data[0], (int)code.size, (const char *)code.data);
    } else {
        say(world, "%c:%s", route.data[0],
            type == FRAME_WELCOME  ? "welcome"
            : type == FRAME_KNOWS  ? "knows"
            : type == FRAME_RESYNC ? "resync"
            : type == FRAME_PULSE  ? "pulse"
                                   : "answer");
    }
}

static void gate_ended(span_t route)
{
    say(the_world, "%c:end", route.data[0]);
}

static void begin(world_t *world, int64_t after_ms)
{
    reception_begin(
        world->reception, &(reception_turn_t){world->roster, span_text("a checkpoint\n"),
                              {now_ms + after_ms, 70000 + after_ms}});
}

static void certify(world_t *world, const char *node, uint8_t *key)
{
    memset(key, node[strlen(node) - 1], 32);
    people_certify(
        &world->people, &(person_t){node, "isoc", "STS", NULL, key, 0}, CERT_CHANNEL);
}

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    hash_t hash = {{1}};
    people_open(&world->people, now_ms);
    certify(world, "isoc-a", world->key[0]);
    certify(world, "isoc-b", world->key[1]);
    people_publish(&world->people, 1);
    world->roster = people_roster(&world->people);
    world->inboxes = inboxes_open(world->people.scratch.path, &world->why);
    world->tree = tree_open(world->people.scratch.path, &world->why);
    world->sessions = sessions_new();
    world->duties = duties_new(NULL);
    world->refusals = refusals_new();
    int inbox = inboxes_of(world->inboxes, "isoc-a", &world->why);
    for (uint64_t i = 0; i < LAST; i++)
        assert_int_equal(inboxes_add(world->inboxes, inbox, i, &world->why), 0);
    for (size_t i = 0; i < LOG_SIZE; i++)
        assert_int_equal(tree_add(world->tree, &hash, &world->why), 0);
    world->options = (hub_options_t){.origin = SAMPLE_ORIGIN,
        .publish_window = WINDOW,
        .deliver_window = 100,
        .size_limit = 4096,
        .rate_limit = RATE,
        .explain_rate = 1,
        .resend_ms = 1000,
        .heartbeat_ms = 1000};
    world->vkey = sample_vkey();
    world->owed = owed_open(scratch_at(&world->people.scratch, "owed"), &world->why);
    world->reception = reception_new(&(reception_setup_t){.options = &world->options,
        .vkey = &world->vkey,
        .tree = world->tree,
        .sessions = world->sessions,
        .inboxes = world->inboxes,
        .duties = world->duties,
        .refusals = world->refusals,
        .owed = world->owed});
    gate_stage.result = GATE_SENT;
    gate_stage.waiting_bytes = 0;
    the_world = world;
    begin(world, 0);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    reception_destroy(&world->reception);
    owed_close(&world->owed);
    sessions_destroy(&world->sessions);
    refusals_destroy(&world->refusals);
    tree_close(&world->tree);
    inboxes_close(&world->inboxes);
    duties_destroy(&world->duties);
    roster_close(&world->roster);
    people_close(&world->people);
    buf_destroy(&world->last);
    free(world);
    return 0;
}

static void visit(world_t *world, const char *route, size_t who, const buf_t *frame)
{
    gate_message_t message = {route[0] == '!' ? GATE_CLAIMED : GATE_SAID,
        span_text(route), world->key[who], buf_span(frame)};
    world->arrival = reception_visit(world->reception, &message);
}

static void send_bare(world_t *world, const char *route, size_t who, int type)
{
    buf_t frame = {0};
    buf_put_u8(&frame, FRAME_VERSION);
    buf_put_u8(&frame, (uint8_t)type);
    visit(world, route, who, &frame);
    buf_destroy(&frame);
}

static void send_spoiled(world_t *world, const char *route, size_t who, int type)
{
    buf_t frame = {0};
    buf_put_u8(&frame, FRAME_VERSION);
    buf_put_u8(&frame, (uint8_t)type);
    buf_put_u8(&frame, 0);
    visit(world, route, who, &frame);
    buf_destroy(&frame);
}

static void send_of_version(
    world_t *world, const char *route, size_t who, uint8_t version)
{
    buf_t frame = {0};
    buf_put_u8(&frame, version);
    buf_put_u8(&frame, FRAME_PULSE);
    visit(world, route, who, &frame);
    buf_destroy(&frame);
}

static void say_hello(world_t *world, const char *route, size_t who, hello_t hello)
{
    buf_t frame = {0};
    hello.node = span_text(who == 0 ? "isoc-a" : "isoc-b");
    hello.agent = hello.agent.size ? hello.agent : span_text("test");
    hello.window = hello.window ? hello.window : WINDOW;
    hello_put(&frame, &hello);
    visit(world, route, who, &frame);
    buf_destroy(&frame);
}

static session_t *session_of(world_t *world, const char *route, size_t who)
{
    return sessions_find(world->sessions, span_text(route), world->key[who]);
}

// Of a peer of this name, to this code, since the last look.
static bool counted(world_t *world, const char *peer, const char *code)
{
    char name[NODE_ID_MAX];
    buf_t text = {0};
    bool found = false;
    while (refusals_take(world->refusals, name, sizeof name, &text)) {
        found |= strcmp(name, peer) == 0 && strstr(buf_text(&text), code);
        buf_clear(&text);
    }
    buf_destroy(&text);
    return found;
}

static void expect(world_t *world, const char *expected)
{
    assert_string_equal(world->said, expected);
    world->said[0] = 0;
}

// Also words that nobody here knows, or that only look like one.
static void what_a_hub_knows_is_told_to_who_can_read_it(void **state)
{
    world_t *world = *state;
    span_t agent;
    say_hello(
        world, "r", 0, (hello_t){.agent = span_text("old 0.1 knows +know +knowsall")});
    expect(world, "r:welcome");
    assert_false(peer_knows(session_of(world, "r", 0)->peer, PEER_KNOWS));
    say_hello(world, "s", 1, (hello_t){.agent = span_text("new \"0.9 +later +knows")});
    expect(world, "s:welcome s:knows");
    assert_true(peer_knows(session_of(world, "s", 1)->peer, PEER_KNOWS));
    assert_int_equal(knows_take(&agent, buf_span(&world->last), &world->why), 0);
    assert_true(peer_knows(peer_of(agent), PEER_KNOWS));
    say_hello(world, "s", 1, (hello_t){0}); // it was set back to an older program
    expect(world, "s:welcome");
    assert_false(peer_knows(session_of(world, "s", 1)->peer, PEER_KNOWS));
}

static void a_hello_opens_a_session(void **state)
{
    world_t *world = *state;
    welcome_t welcome;
    say_hello(world, "r", 0, (hello_t){.stored = 2, .position = 1, .window = 7});
    expect(world, "r:welcome");
    assert_int_equal(welcome_take(&welcome, buf_span(&world->last), &world->why), 0);
    assert_int_equal(welcome.inbox_last, LAST);
    assert_int_equal(welcome.window, WINDOW);
    assert_int_equal(welcome.time_ms, now_ms);
    assert_true(span_is(welcome.checkpoint, "a checkpoint\n"));
    assert_int_equal(welcome.consistency.size, 0); // it has seen no checkpoint
    session_t *session = session_of(world, "r", 0);
    assert_non_null(session);
    assert_string_equal(session->node, "isoc-a");
    assert_int_equal(session->window.sent, 2);
    assert_int_equal(session->window.acked, 2);
    assert_int_equal(session->window.size, 7);
    // It wishes for more than there may be.
    say_hello(world, "r", 0, (hello_t){.window = 5000});
    assert_int_equal(session_of(world, "r", 0)->window.size, 100);
}

// Of all numbers and positions that a node may name only those count that are the log's.
static void a_hello_that_contradicts_the_log_ends_there(void **state)
{
    world_t *world = *state;
    static const uint64_t far[] = {LAST + 1, 99, UINT64_MAX};
    for (uint64_t stored = 1; stored <= LAST + 3; stored++)
        for (uint64_t position = 0; position <= LAST + 3; position++) {
            bool good = stored <= LAST && position == stored - 1;
            hello_t hello = {.stored = stored <= LAST ? stored : far[stored - LAST - 1],
                .position = position};
            begin(world, (int64_t)(stored * 100 + position) * 1000);
            say_hello(world, "r", 0, hello);
            assert_non_null(
                strstr(world->said, good ? "r:welcome" : "r:bye:session.stored"));
            world->said[0] = 0;
            session_t *session = session_of(world, "r", 0);
            assert_true((session != NULL) == good);
            assert_true(sessions_contradicted(world->sessions, 0) == !good);
            if (session)
                assert_int_equal(session->window.sent, stored);
            assert_true(counted(world, "isoc-a", "session.stored") == !good);
        }
}

// The log is owed a line about this node.
static bool is_owed(world_t *world, const char *node)
{
    const owed_entry_t *entry =
        owed_count(world->owed) > 0 ? owed_at(world->owed, 0) : NULL;
    return entry && strcmp(entry->type, "session") == 0 &&
           strcmp(entry->author, node) == 0;
}

static void the_newest_hello_counts(void **state)
{
    world_t *world = *state;
    say_hello(world, "r", 0, (hello_t){0});
    assert_int_equal(owed_count(world->owed), 0);
    say_hello(world, "s", 0, (hello_t){0});
    expect(world, "r:welcome r:bye:session.replaced r:end s:welcome");
    assert_true(is_owed(world, "isoc-a"));
    assert_null(session_of(world, "r", 0));
    say_hello(world, "s", 0, (hello_t){0}); // on the same connection it is no second one
    say_hello(world, "r", 1, (hello_t){0}); // and another node is none either
    expect(world, "s:welcome r:welcome");
    assert_int_equal(sessions_live(world->sessions), 2);
    assert_int_equal(owed_count(world->owed), 1);
}

// Whoever vanished without a word is noticed: it says something, PULSE at the least.
static void silence_ends_a_session(void **state)
{
    world_t *world = *state;
    say_hello(world, "r", 0, (hello_t){0});
    say_hello(world, "s", 1, (hello_t){0});
    expect(world, "r:welcome s:welcome");
    begin(world, RECEPTION_SILENT * 1000 - 1);
    assert_true(reception_silence(world->reception));
    send_bare(world, "r", 0, FRAME_PULSE);
    expect(world, "r:pulse");
    begin(world, RECEPTION_SILENT * 1000);
    gate_stage.waiting_bytes = 1; // perhaps of just that one
    assert_false(reception_silence(world->reception));
    expect(world, "");
    gate_stage.waiting_bytes = 0;
    assert_true(reception_silence(world->reception));
    expect(world, "s:end");
    assert_non_null(session_of(world, "r", 0));
    assert_null(session_of(world, "s", 1));
}

static connection_name_t name_of(world_t *world, const char *route, size_t who)
{
    connection_name_t name = {.route_size = strlen(route)};
    memcpy(name.key, world->key[who], sizeof name.key);
    memcpy(name.route, route, name.route_size);
    return name;
}

static void who_has_gone_has_no_session(void **state)
{
    world_t *world = *state;
    connection_name_t gone = name_of(world, "r", 0);
    say_hello(world, "r", 0, (hello_t){0});
    say_hello(world, "s", 1, (hello_t){0});
    gate_stage.gone = &gone;
    assert_true(reception_silence(world->reception));
    expect(world, "r:welcome s:welcome");
    assert_null(session_of(world, "r", 0));
    assert_non_null(session_of(world, "s", 1));
}

static void too_much_that_waits_ends_a_session(void **state)
{
    world_t *world = *state;
    gate_message_t lost = {
        .event = GATE_CUT, .route = span_text("r"), .key = world->key[0]};
    say_hello(world, "r", 0, (hello_t){0});
    say_hello(world, "s", 1, (hello_t){0});
    expect(world, "r:welcome s:welcome");
    assert_null(reception_visit(world->reception, &lost).session);
    expect(world, "r:bye:rate.limit r:end");
    assert_true(counted(world, "isoc-a", "rate.limit"));
    assert_null(session_of(world, "r", 0));
    assert_non_null(session_of(world, "s", 1));
    lost.route = span_text("never said hello");
    lost.key = world->key[2];
    assert_null(reception_visit(world->reception, &lost).session);
    expect(world, "n:bye:rate.limit n:end");
    assert_true(counted(world, "", "rate.limit"));
}

static void who_said_no_hello_is_asked_for_it(void **state)
{
    world_t *world = *state;
    send_bare(world, "r", 0, FRAME_PULSE);
    send_bare(world, "r", 0, FRAME_PUBLISH);
    expect(world, "r:resync r:resync");
    for (int i = 0; i < RECEPTION_BEGINS; i++)
        say_hello(world, "r", 0, (hello_t){0});
    world->said[0] = 0;
    say_hello(world, "r", 0, (hello_t){0}); // too often
    expect(world, "r:resync");
    send_spoiled(world, "r", 1, FRAME_HELLO);
    expect(world, "r:bye:frame.malformed");
    assert_true(counted(world, "isoc-b", "frame.malformed"));
}

static void strangers_hear_nothing(void **state)
{
    world_t *world = *state;
    say_hello(world, "r", 2, (hello_t){0});
    send_bare(world, "r", 2, FRAME_PULSE);
    expect(world, "r:end r:end"); // and are put out
    assert_true(counted(world, "", "node.unknown 2"));
    assert_int_equal(sessions_live(world->sessions), 0);
}

static void a_claimed_name_takes_over_nothing(void **state)
{
    world_t *world = *state;
    say_hello(world, "!", 0, (hello_t){0});
    expect(world, "!:bye:session.route !:end");
    assert_int_equal(sessions_live(world->sessions), 0);
    assert_true(counted(world, "isoc-a", "session.route"));
}

static void revoke_a(world_t *world)
{
    people_revoke(&world->people, "isoc-a");
    people_publish(&world->people, 2);
    roster_close(&world->roster);
    world->roster = people_roster(&world->people);
    begin(world, 0);
}

static bool lets_in(world_t *world, size_t who)
{
    gate_stage.knocks = world->key[who];
    assert_int_equal(reception_door_turn(world->reception, &world->why), 0);
    return gate_stage.admitted;
}

static void whose_certificate_ends_is_told_and_gone(void **state)
{
    world_t *world = *state;
    say_hello(world, "r", 0, (hello_t){0});
    say_hello(world, "s", 1, (hello_t){0});
    world->said[0] = 0;
    reception_expel(world->reception);
    expect(world, "");
    revoke_a(world);
    reception_expel(world->reception);
    expect(world, "r:bye:node.revoked r:end");
    assert_null(session_of(world, "r", 0));
    assert_non_null(session_of(world, "s", 1));
    assert_false(lets_in(world, 0));
}

static void a_connection_without_a_session_ends_with_its_certificate(void **state)
{
    world_t *world = *state;
    connection_name_t one = name_of(world, "q", 0);
    gate_stage.one = &one;
    reception_expel(world->reception);
    expect(world, "");
    revoke_a(world);
    reception_expel(world->reception);
    expect(world, "q:end");
    gate_stage.one = NULL;
}

// The key of a session is certified for another node by now, which says hello itself.
static void a_key_that_is_anothers_ends_the_session(void **state)
{
    world_t *world = *state;
    say_hello(world, "r", 0, (hello_t){0});
    session_t *session = session_of(world, "r", 0);
    (void)snprintf(session->node, sizeof session->node, "isoc-before");
    reception_expel(world->reception);
    expect(world, "r:welcome r:bye:node.unknown r:end");
    assert_null(session_of(world, "r", 0));
}

static void a_frame_of_who_is_out_ends_its_session(void **state)
{
    world_t *world = *state;
    say_hello(world, "r", 0, (hello_t){0});
    revoke_a(world);
    send_bare(world, "r", 0, FRAME_PULSE);
    expect(world, "r:welcome r:bye:node.revoked r:end");
    assert_null(session_of(world, "r", 0));
    assert_true(counted(world, "", "node.revoked"));
}

static void handshakes_are_bounded(void **state)
{
    world_t *world = *state;
    for (int i = 0; i < RECEPTION_CONNECTS; i++)
        assert_true(lets_in(world, 0));
    assert_false(lets_in(world, 0));
    assert_true(counted(world, "isoc-a", "rate.limit"));
    assert_true(lets_in(world, 1));
    assert_false(lets_in(world, 2));
    assert_true(counted(world, "", "node.unknown"));
    begin(world, 60000);
    assert_true(lets_in(world, 0));
}

// How many of them may be taken; why not all.
static void publish(
    world_t *world, size_t items, size_t heads, size_t taken, const char *code)
{
    refusal_t refusal = {.code = "", .retry = true};
    send_bare(world, "r", 0, FRAME_PUBLISH);
    assert_non_null(world->arrival.session);
    assert_int_equal(world->arrival.type, FRAME_PUBLISH);
    assert_int_equal(reception_may_publish(world->reception, world->arrival.session,
                         items, heads, &refusal),
        taken);
    assert_string_equal(refusal.code, code);
    assert_true(refusal.retry);
}

static void more_than_the_rate_is_put_off(void **state)
{
    world_t *world = *state;
    say_hello(world, "r", 0, (hello_t){0});
    publish(world, RATE - 1, 1, RATE - 1, "");
    publish(world, 3, 1, 1, "rate.limit"); // one was left
    begin(world, 1000);
    publish(world, 1, RATE, 1, ""); // heads cost as much
    publish(world, 1, 1, 0, "rate.limit");
    begin(world, 2000);
    publish(world, 1, RATE + 1, 0, "rate.limit");
}

static void more_than_the_window_is_put_off_whole(void **state)
{
    world_t *world = *state;
    world->options.rate_limit = 1000;
    say_hello(world, "r", 0, (hello_t){0});
    publish(world, WINDOW, 1, WINDOW, "");
    publish(world, 1, 1, 0, "flow.window");
    publish(world, 5, 1, 0, "flow.window");
    begin(world, 0); // what was published before is answered
    publish(world, 1, 1, 1, "");
}

static void what_is_asked_for_goes_again_but_not_too_often(void **state)
{
    world_t *world = *state;
    buf_t frame = {0};
    say_hello(world, "r", 0, (hello_t){.stored = 4, .position = 3});
    session_t *session = session_of(world, "r", 0);
    again_put(&frame, &(again_t){2, 4});
    visit(world, "r", 0, &frame);
    assert_int_equal(session->window.sent, 1);
    for (int i = 0; i < RECEPTION_BEGINS; i++) {
        session->window.sent = 4;
        visit(world, "r", 0, &frame);
    }
    assert_int_equal(session->window.sent, 4);
    expect(world, "r:welcome");
    buf_destroy(&frame);
}

static void what_is_not_the_sessions_own_is_handed_back(void **state)
{
    world_t *world = *state;
    static const int types[] = {FRAME_PUBLISH, FRAME_ACK, FRAME_EXPLAIN, FRAME_ASK,
        FRAME_GIVE, FRAME_PIECE, FRAME_FETCH, FRAME_WELCOME, 77};
    say_hello(world, "r", 0, (hello_t){0});
    assert_null(world->arrival.session);
    world->said[0] = 0;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        send_bare(world, "r", 0, types[i]);
        assert_ptr_equal(world->arrival.session, session_of(world, "r", 0));
        assert_int_equal(world->arrival.type, types[i]);
        assert_int_equal(world->arrival.frame.size, 2);
    }
    expect(world, "");
    send_bare(world, "r", 0, FRAME_PULSE);
    assert_null(world->arrival.session);
    expect(world, "r:pulse");
}

static void questions_have_a_rate(void **state)
{
    world_t *world = *state;
    say_hello(world, "r", 0, (hello_t){0});
    session_t *session = session_of(world, "r", 0);
    assert_true(reception_may_ask(world->reception, session));
    assert_false(reception_may_ask(world->reception, session));
    begin(world, 1000);
    assert_true(reception_may_ask(world->reception, session));
}

static void a_hundred_spoiled_frames_end_a_session(void **state)
{
    world_t *world = *state;
    say_hello(world, "r", 0, (hello_t){0});
    session_t *session = session_of(world, "r", 0);
    for (size_t i = 0; i + 1 < RECEPTION_SPOILED; i++) {
        world->said[0] = 0;
        if (i % 2)
            send_spoiled(world, "r", 0, FRAME_AGAIN);
        else // what had been handed back
            reception_punish(world->reception, session, &world->why);
        expect(world, "r:bye:frame.malformed");
        assert_non_null(session_of(world, "r", 0));
    }
    reception_punish(world->reception, session, &world->why);
    assert_null(session_of(world, "r", 0));
    assert_true(counted(world, "isoc-a", "frame.malformed 100"));
    world->said[0] = 0;
    reception_punish(world->reception, session, &world->why); // it is not there any more
    expect(world, "");
}

static void hello_with(world_t *world, uint64_t size, const hash_t *root, bool spoil)
{
    buf_t note = {0};
    sample_note(size, root, &note);
    if (spoil)
        note.data[note.size - 3] ^= 1;
    world->said[0] = 0;
    say_hello(world, "r", 0, (hello_t){.checkpoint = buf_span(&note)});
    buf_destroy(&note);
}

// What the last welcome says leads from that checkpoint to the log as it is.
static void is_proven_to_have_grown(world_t *world, uint64_t size, const hash_t *root)
{
    welcome_t welcome;
    hash_t now;
    tree_root(world->tree, &now);
    assert_int_equal(welcome_take(&welcome, buf_span(&world->last), &world->why), 0);
    assert_int_equal(
        merkle_check_consistency(size, root, LOG_SIZE, &now, welcome.consistency), 0);
}

static void only_a_signed_checkpoint_stops_the_hub(void **state)
{
    world_t *world = *state;
    hash_t root, other = {{9}};
    assert_int_equal(tree_root_at(world->tree, 2, &root, &world->why), 0);
    hello_with(world, 2, &root, false);
    expect(world, "r:welcome");
    is_proven_to_have_grown(world, 2, &root);
    hello_with(world, 2, &other, true); // not signed by this log
    expect(world, "r:welcome");
    hello_with(world, LOG_SIZE + 1, &other, true);
    expect(world, "r:welcome");
    assert_false(reception_rolled_back(world->reception));
    hello_with(world, 2, &other, false);
    expect(world, "r:welcome");
    assert_true(reception_rolled_back(world->reception));
}

static void nor_may_it_have_seen_more_than_there_is(void **state)
{
    world_t *world = *state;
    hash_t root = {{1}};
    hello_with(world, LOG_SIZE + 1, &root, false);
    expect(world, "r:welcome");
    assert_true(reception_rolled_back(world->reception));
}

static void who_is_slow_or_gone(void **state)
{
    world_t *world = *state;
    say_hello(world, "r", 0, (hello_t){0});
    session_t *session = session_of(world, "r", 0);
    int slot = session->slot;
    assert_true(reception_send(world->reception, session, frame_of(span_text("xy"))));
    gate_stage.result = GATE_FULL; // a delivery can wait
    assert_false(reception_send(world->reception, session, frame_of(span_text("xy"))));
    assert_true(session->live);
    reception_answer(
        world->reception, slot, frame_of(span_text("xy"))); // an answer cannot
    assert_false(session->live);
    reception_answer(world->reception, slot, frame_of(span_text("xy")));
    gate_stage.result = GATE_SENT;
    say_hello(world, "r", 0, (hello_t){0});
    session = session_of(world, "r", 0);
    gate_stage.result = GATE_GONE;
    assert_false(reception_send(world->reception, session, frame_of(span_text("xy"))));
    assert_false(session->live);
}

// Who speaks another version is told, in a session or not; nothing follows a pulse.
static void another_version_is_refused_by_its_name(void **state)
{
    world_t *world = *state;
    send_of_version(world, "r", 0, FRAME_VERSION + 1);
    expect(world, "r:bye:frame.version");
    assert_true(counted(world, "isoc-a", "frame.version"));
    world->said[0] = 0;
    say_hello(world, "r", 0, (hello_t){0});
    world->said[0] = 0;
    send_of_version(world, "r", 0, FRAME_VERSION + 1);
    expect(world, "r:bye:frame.version");
    assert_non_null(session_of(world, "r", 0));
    world->said[0] = 0;
    send_spoiled(world, "r", 0, FRAME_PULSE);
    expect(world, "r:bye:frame.malformed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_hello_opens_a_session),
        TEST(what_a_hub_knows_is_told_to_who_can_read_it),
        TEST(a_hello_that_contradicts_the_log_ends_there),
        TEST(the_newest_hello_counts),
        TEST(silence_ends_a_session),
        TEST(who_has_gone_has_no_session),
        TEST(too_much_that_waits_ends_a_session),
        TEST(who_said_no_hello_is_asked_for_it),
        TEST(another_version_is_refused_by_its_name),
        TEST(strangers_hear_nothing),
        TEST(a_claimed_name_takes_over_nothing),
        TEST(whose_certificate_ends_is_told_and_gone),
        TEST(a_connection_without_a_session_ends_with_its_certificate),
        TEST(a_key_that_is_anothers_ends_the_session),
        TEST(a_frame_of_who_is_out_ends_its_session),
        TEST(handshakes_are_bounded),
        TEST(more_than_the_rate_is_put_off),
        TEST(more_than_the_window_is_put_off_whole),
        TEST(what_is_asked_for_goes_again_but_not_too_often),
        TEST(what_is_not_the_sessions_own_is_handed_back),
        TEST(questions_have_a_rate),
        TEST(a_hundred_spoiled_frames_end_a_session),
        TEST(only_a_signed_checkpoint_stops_the_hub),
        TEST(nor_may_it_have_seen_more_than_there_is),
        TEST(who_is_slow_or_gone),
    };
    return test_group(tests, NULL, NULL);
}
