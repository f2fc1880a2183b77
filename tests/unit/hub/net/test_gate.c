// gate: a real ROUTER on 127.0.0.1 and clients that behave, that pretend, and that throw
// what they have.

#include "hub/net/gate.h"

#include "tests/lib/test.h"

#include <glob.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zmq.h>

#include <arpa/inet.h>

enum { FRAME_LIMIT = 64 << 10, PATIENCE = 20000 };

static cause_t why;

typedef struct {
    uint8_t public_key[32], secret_key[32];
} pair_t;

// A frame to give away.
static buf_t *frame_of(span_t bytes)
{
    static buf_t frame;
    assert_null(frame.data); // the last one is gone
    buf_put_span(&frame, bytes);
    return &frame;
}

static pair_t new_pair(void)
{
    char text[2][41];
    pair_t pair;
    assert_int_equal(zmq_curve_keypair(text[0], text[1]), 0);
    assert_non_null(zmq_z85_decode(pair.public_key, text[0]));
    assert_non_null(zmq_z85_decode(pair.secret_key, text[1]));
    return pair;
}

typedef struct {
    gate_t *gate;
    pair_t keys;
    uint8_t known[8][32];
    size_t n;
    unsigned refused; // handshakes
} side_t;

static bool is_known(const side_t *side, const uint8_t key[32])
{
    for (size_t i = 0; i < side->n; i++)
        if (memcmp(side->known[i], key, 32) == 0)
            return true;
    return false;
}

static void answer_all(side_t *side)
{
    const uint8_t *key;
    int got;
    while ((got = gate_knock(side->gate, &key, &why)) > 0) {
        bool known = is_known(side, key);
        side->refused += !known;
        got = gate_answer(side->gate, known, &why);
        if (got != 0)
            break;
    }
    if (got != 0)
        fail_msg("%s", why.text);
}

static void open_side(side_t *side, int connections, int queue)
{
    static const char *const endpoints[] = {"tcp://127.0.0.1:*"};
    *side = (side_t){.keys = new_pair()};
    gate_options_t options = {.endpoints = endpoints,
        .endpoint_count = 1,
        .frame_limit = FRAME_LIMIT,
        .queue_limit = queue,
        .waiting_bytes = 8 << 20,
        .waiting_total = 16 << 20,
        .io_threads = 2,
        .handshake_ms = 5000,
        .hello_ms = 5000,
        .address_handshakes = 256,
        .node_connections = 16,
        .connections = connections};
    memcpy(options.secret_key, side->keys.secret_key, 32);
    memcpy(options.public_key, side->keys.public_key, 32);
    side->gate = gate_new();
    if (gate_open(side->gate, &options, &why) != 0)
        fail_msg("%s", why.text);
}

// One turn of the hub: wait for something, answer handshakes.  False: too long nothing.
static bool turn_within(side_t *side, int patience_ms)
{
    bool something = gate_wait(side->gate, NULL, 0, patience_ms);
    answer_all(side);
    return something;
}

static bool turn(side_t *side)
{
    return turn_within(side, PATIENCE);
}

static void wait_for_message(side_t *side, gate_message_t *message)
{
    while (!gate_receive(side->gate, message))
        assert_true(turn(side));
}

// A message is there until the next one: its route, for longer than that.
typedef struct {
    size_t size;
    uint8_t bytes[CONNECTION_ROUTE_MAX];
} kept_t;

static span_t keep_route(kept_t *kept, const gate_message_t *message)
{
    kept->size = message->route.size;
    memcpy(kept->bytes, message->route.data, kept->size);
    return span_of(kept->bytes, kept->size);
}

static void expect(side_t *side, gate_message_t *message, const char *text)
{
    wait_for_message(side, message);
    assert_true(span_is(message->frame, text));
}

typedef struct {
    void *context, *socket;
} client_t;

static void set_int(void *socket, int option, int value)
{
    assert_int_equal(zmq_setsockopt(socket, option, &value, sizeof value), 0);
}

static client_t new_client(const side_t *side, const pair_t *pair, const char *claim)
{
    client_t client = {zmq_ctx_new(), NULL};
    client.socket = zmq_socket(client.context, ZMQ_DEALER);
    set_int(client.socket, ZMQ_LINGER, 0);
    set_int(client.socket, ZMQ_RCVTIMEO, PATIENCE);
    if (pair) {
        (void)zmq_setsockopt(
            client.socket, ZMQ_CURVE_SERVERKEY, side->keys.public_key, 32);
        (void)zmq_setsockopt(client.socket, ZMQ_CURVE_PUBLICKEY, pair->public_key, 32);
        (void)zmq_setsockopt(client.socket, ZMQ_CURVE_SECRETKEY, pair->secret_key, 32);
    }
    if (claim)
        (void)zmq_setsockopt(client.socket, ZMQ_ROUTING_ID, claim, strlen(claim));
    assert_int_equal(zmq_connect(client.socket, gate_endpoint(side->gate, 0)), 0);
    return client;
}

static client_t known_client(side_t *side, pair_t *pair)
{
    *pair = new_pair();
    memcpy(side->known[side->n++], pair->public_key, 32);
    return new_client(side, pair, NULL);
}

static void end_client(client_t *client)
{
    (void)zmq_close(client->socket);
    (void)zmq_ctx_term(client->context);
}

static void say(client_t *client, const char *text)
{
    assert_int_equal(zmq_send(client->socket, text, strlen(text), 0), (int)strlen(text));
}

// A connection that speaks no ZeroMQ; it may still be on its way.
static int knock(const side_t *side)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    const char *port = strrchr(gate_endpoint(side->gate, 0), ':') + 1;
    address.sin_port = htons((uint16_t)atoi(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int raw = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    assert_true(raw >= 0);
    if (connect(raw, (struct sockaddr *)&address, sizeof address) != 0)
        assert_int_equal(errno, EINPROGRESS);
    return raw;
}

static bool is_connected(int raw, int patience_ms)
{
    struct pollfd item = {raw, POLLOUT, 0};
    return poll(&item, 1, patience_ms) == 1 && item.revents == POLLOUT;
}

static void a_known_key_gets_in_and_is_named(void **state)
{
    (void)state;
    side_t side;
    pair_t pair;
    gate_message_t message;
    open_side(&side, 16, 100);
    client_t client = known_client(&side, &pair);
    say(&client, "hello");
    expect(&side, &message, "hello");
    assert_int_equal(message.event, GATE_SAID);
    assert_memory_equal(message.key, pair.public_key, 32); // the key it has proven
    span_t route = message.route;
    assert_int_equal(
        gate_send(side.gate, 7, route, frame_of(span_text("welcome"))), GATE_SENT);
    char answer[16];
    assert_int_equal(zmq_recv(client.socket, answer, sizeof answer, 0), 7);
    assert_memory_equal(answer, "welcome", 7);
    assert_int_equal(side.refused, 0);
    end_client(&client);
    gate_close(&side.gate);
    assert_null(side.gate);
    gate_close(&side.gate);
}

// The known client's word arrives, so everybody's had its chance to.
static void others_do_not_get_in(void **state)
{
    (void)state;
    side_t side;
    pair_t pair, stranger = new_pair();
    gate_message_t message;
    open_side(&side, 16, 100);
    client_t unknown = new_client(&side, &stranger, NULL);
    client_t plain = new_client(&side, NULL, NULL); // no CURVE at all
    say(&unknown, "let me in");
    say(&plain, "let me in");
    while (side.refused == 0)
        assert_true(turn(&side));
    client_t client = known_client(&side, &pair);
    say(&client, "hello");
    expect(&side, &message, "hello");
    assert_false(gate_receive(side.gate, &message));
    end_client(&client);
    end_client(&unknown);
    end_client(&plain);
    gate_close(&side.gate);
}

static void the_servers_key_must_be_known_to_the_client(void **state)
{
    (void)state;
    side_t side, other;
    pair_t pair;
    gate_message_t message;
    open_side(&side, 16, 100);
    other = side; // the same gate, another key in the client's configuration
    other.keys = new_pair();
    pair = new_pair();
    memcpy(side.known[side.n++], pair.public_key, 32);
    client_t fooled = new_client(&other, &pair, NULL);
    say(&fooled, "hello?");
    client_t client = known_client(&side, &pair);
    say(&client, "hello");
    expect(&side, &message, "hello");
    assert_false(gate_receive(side.gate, &message));
    end_client(&client);
    end_client(&fooled);
    gate_close(&side.gate);
}

// A routing id can be claimed, the key cannot: who owns the name keeps it.
static void a_claimed_routing_id_is_not_another_peer(void **state)
{
    (void)state;
    side_t side;
    pair_t first, second;
    gate_message_t message, other;
    kept_t kept;
    open_side(&side, 16, 100);
    first = new_pair();
    second = new_pair();
    memcpy(side.known[side.n++], first.public_key, 32);
    memcpy(side.known[side.n++], second.public_key, 32);
    client_t owner = new_client(&side, &first, "a-name");
    say(&owner, "mine");
    expect(&side, &message, "mine");
    assert_int_equal(message.event, GATE_CLAIMED);
    span_t route = keep_route(&kept, &message);
    client_t thief = new_client(&side, &second, "a-name");
    say(&thief, "mine too");
    client_t honest = known_client(&side, &second);
    say(&honest, "later");
    wait_for_message(&side, &other);
    // whatever the ROUTER makes of the thief: no frame comes with the owner's name and
    // another's key, and none with the owner's key
    assert_memory_not_equal(other.key, first.public_key, 32);
    assert_false(span_equal(other.route, route));
    assert_int_equal(
        gate_send(side.gate, 7, route, frame_of(span_text("yours"))), GATE_SENT);
    char answer[16];
    assert_int_equal(zmq_recv(owner.socket, answer, sizeof answer, 0), 5);
    end_client(&owner);
    end_client(&thief);
    end_client(&honest);
    gate_close(&side.gate);
}

static void only_single_parts_are_taken(void **state)
{
    (void)state;
    side_t side;
    pair_t pair;
    gate_message_t message;
    open_side(&side, 16, 100);
    client_t client = known_client(&side, &pair);
    for (int parts = 2; parts < 12; parts++) {
        for (int i = 0; i < parts; i++)
            assert_int_equal(
                zmq_send(client.socket, "part", 4, i + 1 < parts ? ZMQ_SNDMORE : 0), 4);
        say(&client, "whole");
        expect(&side, &message, "whole");
    }
    say(&client, ""); // empty is whole, and the core's business
    expect(&side, &message, "");
    end_client(&client);
    gate_close(&side.gate);
}

static void an_oversized_frame_ends_its_connection(void **state)
{
    (void)state;
    side_t side;
    pair_t pair;
    gate_message_t message;
    uint8_t *large = calloc(1, FRAME_LIMIT + 1);
    open_side(&side, 16, 100);
    client_t client = known_client(&side, &pair);
    client_t other = known_client(&side, &pair);
    assert_int_equal(zmq_send(client.socket, large, FRAME_LIMIT / 2, 0), FRAME_LIMIT / 2);
    wait_for_message(&side, &message);
    assert_int_equal(message.frame.size, FRAME_LIMIT / 2);
    assert_int_equal(zmq_send(client.socket, large, FRAME_LIMIT + 1, 0), FRAME_LIMIT + 1);
    say(&other, "still here");
    expect(&side, &message, "still here");
    // What is said before the end of the old connection is noticed is lost with it.
    bool again = false;
    for (int tries = 0; !again && tries < PATIENCE / 10; tries++) {
        say(&client, "again");
        (void)turn_within(&side, 10);
        again = gate_receive(side.gate, &message);
    }
    assert_true(again);
    end_client(&client);
    end_client(&other);
    gate_close(&side.gate);
    free(large);
}

static void garbage_before_the_handshake_is_nobodys_frame(void **state)
{
    (void)state;
    side_t side;
    pair_t pair;
    gate_message_t message;
    uint8_t garbage[4096];
    open_side(&side, 64, 100);
    for (size_t i = 0; i < sizeof garbage; i++)
        garbage[i] = (uint8_t)(i * 131 + 17);
    int raw[4];
    for (size_t i = 0; i < 4; i++) {
        raw[i] = knock(&side);
        assert_true(is_connected(raw[i], PATIENCE));
        garbage[0] = i % 2 ? 0xff : 'G'; // as ZMTP begins, and as nothing does
        (void)send(raw[i], garbage, sizeof garbage >> (3 * i), MSG_NOSIGNAL);
    }
    client_t client = known_client(&side, &pair);
    say(&client, "hello");
    expect(&side, &message, "hello");
    assert_false(gate_receive(side.gate, &message));
    for (size_t i = 0; i < 4; i++)
        (void)close(raw[i]);
    end_client(&client);
    gate_close(&side.gate);
}

// At the limit nobody new is accepted, those who are in stay and are heard; as
// connections end, those who knocked are accepted.
static void connections_are_counted(void **state)
{
    (void)state;
    enum { LIMIT = 3 };
    side_t side;
    pair_t pair;
    gate_message_t message;
    open_side(&side, LIMIT, 100);
    client_t client[LIMIT + 1];
    for (size_t i = 0; i < LIMIT; i++) {
        client[i] = known_client(&side, &pair);
        say(&client[i], "in");
        expect(&side, &message, "in");
    }
    answer_all(&side);
    int raw = knock(&side);
    assert_false(is_connected(raw, 100)); // on this machine it would be at once
    client[LIMIT] = known_client(&side, &pair);
    say(&client[LIMIT], "at last");
    for (size_t i = 0; i < LIMIT; i++) {
        say(&client[i], "still in");
        expect(&side, &message, "still in");
    }
    (void)close(raw);
    end_client(&client[0]);
    expect(&side, &message, "at last");
    for (size_t i = 1; i <= LIMIT; i++)
        end_client(&client[i]);
    gate_close(&side.gate);
}

// Whoever has no key can fill the gate for a while; those inside notice nothing.
static void a_crowd_of_strangers_does_not_put_out_those_inside(void **state)
{
    (void)state;
    enum { LIMIT = 8, CROWD = 100 };
    side_t side;
    pair_t pair;
    gate_message_t message;
    int raw[CROWD];
    open_side(&side, LIMIT, 100);
    client_t client = known_client(&side, &pair);
    say(&client, "in");
    expect(&side, &message, "in");
    for (size_t i = 0; i < CROWD; i++) {
        raw[i] = knock(&side);
        answer_all(&side);
    }
    say(&client, "still in");
    expect(&side, &message, "still in");
    for (size_t i = 0; i < CROWD; i++)
        (void)close(raw[i]);
    client_t later = known_client(&side, &pair);
    say(&later, "at last");
    expect(&side, &message, "at last");
    end_client(&client);
    end_client(&later);
    gate_close(&side.gate);
}

// Handshakes that are refused must not use up the connections there may be.
static void the_refused_leave_no_trace_in_the_count(void **state)
{
    (void)state;
    side_t side;
    pair_t pair, stranger;
    gate_message_t message;
    open_side(&side, 2, 100);
    for (int i = 0; i < 12; i++) {
        stranger = new_pair();
        client_t unknown = new_client(&side, &stranger, NULL);
        unsigned before = side.refused;
        while (side.refused == before)
            assert_true(turn(&side));
        end_client(&unknown);
    }
    client_t client = known_client(&side, &pair);
    say(&client, "hello");
    expect(&side, &message, "hello");
    end_client(&client);
    gate_close(&side.gate);
}

static void a_slow_peer_is_full_and_a_gone_one_gone(void **state)
{
    (void)state;
    enum { ENOUGH = 100000 };
    side_t side;
    pair_t pair;
    gate_message_t message;
    kept_t kept;
    uint8_t *frame = calloc(1, FRAME_LIMIT);
    open_side(&side, 16, 16);
    client_t client = known_client(&side, &pair);
    set_int(client.socket, ZMQ_RCVHWM, 16);
    say(&client, "hello");
    expect(&side, &message, "hello");
    span_t route = keep_route(&kept, &message);
    gate_result_t result = GATE_SENT;
    size_t most = 0;
    for (int i = 0; i < ENOUGH && result == GATE_SENT; i++) {
        size_t unsent = gate_unsent(side.gate, 7);
        most = unsent > most ? unsent : most;
        result = gate_send(side.gate, 7, route, frame_of(span_of(frame, FRAME_LIMIT)));
    }
    assert_int_equal(result, GATE_FULL); // and did not wait
    assert_true(most >= FRAME_LIMIT);
    assert_int_equal(gate_unsent(side.gate, 0), 0);
    end_client(&client);
    // Nothing announces it but sending; and while nobody receives, libzmq keeps the pipe
    // of a peer whose queue was full: it waits until all that the peer said is read.
    while ((result = gate_send(side.gate, 7, route, frame_of(span_text("x")))) !=
           GATE_GONE) {
        (void)poll(NULL, 0, 1);
        assert_false(gate_receive(side.gate, &message));
    }
    assert_int_equal(
        gate_send(side.gate, 7, span_text("nobody"), frame_of(span_text("x"))),
        GATE_GONE);
    for (int i = 0; i < 60000 && gate_unsent(side.gate, 7) > 0; i++) {
        (void)poll(NULL, 0, 1); // another thread takes the connection apart
        (void)gate_receive(side.gate, &message);
    }
    assert_int_equal(gate_unsent(side.gate, 7), 0);
    gate_close(&side.gate);
    free(frame);
}

// While the owner works elsewhere, what comes is read, and of one key no more than its
// share is kept: input never stops, and nobody else loses anything.
static void a_flood_while_nobody_receives_is_bounded(void **state)
{
    (void)state;
    // More than a key's share, and less than all keys may have together.
    enum { SIZE = FRAME_LIMIT / 2, FRAMES = (12 << 20) / SIZE };
    side_t side;
    pair_t pair[2];
    gate_message_t message;
    uint8_t *frame = calloc(1, FRAME_LIMIT);
    open_side(&side, 16, 100);
    client_t quiet = known_client(&side, &pair[0]);
    client_t flood = known_client(&side, &pair[1]);
    set_int(flood.socket, ZMQ_SNDTIMEO, PATIENCE);
    say(&quiet, "first");
    expect(&side, &message, "first");
    say(&flood, "first");
    expect(&side, &message, "first");
    (void)turn_within(&side, 0); // and does not come back for a while
    say(&quiet, "second");
    for (int i = 0; i < FRAMES; i++)
        assert_int_equal(zmq_send(flood.socket, frame, SIZE, 0), SIZE);
    for (int i = 0; i < PATIENCE && gate_counts(side.gate).cut == 0; i++)
        (void)poll(NULL, 0, 1);
    assert_int_equal(gate_counts(side.gate).cut, 1);
    assert_true(gate_counts(side.gate).waiting_bytes < 8 << 20);
    bool cut = false, heard = false;
    while (!cut || !heard) {
        wait_for_message(&side, &message);
        cut = cut || (message.event == GATE_CUT &&
                         memcmp(message.key, pair[1].public_key, 32) == 0);
        heard = heard || memcmp(message.key, pair[0].public_key, 32) == 0;
    }
    end_client(&flood);
    end_client(&quiet);
    gate_close(&side.gate);
    free(frame);
}

static void an_endpoint_in_use_is_a_failure_with_a_reason(void **state)
{
    (void)state;
    side_t side;
    open_side(&side, 16, 100);
    const char *endpoints[] = {gate_endpoint(side.gate, 0)};
    gate_options_t options = {.endpoints = endpoints,
        .endpoint_count = 1,
        .frame_limit = FRAME_LIMIT,
        .queue_limit = 100,
        .waiting_bytes = 8 << 20,
        .waiting_total = 16 << 20,
        .io_threads = 1,
        .handshake_ms = 5000,
        .hello_ms = 5000,
        .address_handshakes = 256,
        .node_connections = 16,
        .connections = 16};
    memcpy(options.secret_key, side.keys.secret_key, 32);
    gate_t *second = gate_new();
    assert_int_equal(gate_open(second, &options, &why), -1);
    gate_close(&second);
    assert_non_null(strstr(why.text, endpoints[0]));
    assert_null(gate_endpoint(side.gate, 1));
    gate_close(&side.gate);
}

// Whether a thread of this process has the name.
static bool has_thread(const char *name)
{
    glob_t found;
    bool is = false;
    assert_int_equal(glob("/proc/self/task/*/comm", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc && !is; i++) {
        char text[32] = "";
        FILE *file = fopen(found.gl_pathv[i], "r");
        is = file && fgets(text, sizeof text, file) && strcmp(text, name) == 0;
        if (file)
            (void)fclose(file);
    }
    globfree(&found);
    return is;
}

static void frames_are_carried_by_as_many_threads_as_configured(void **state)
{
    (void)state;
    side_t side;
    assert_false(has_thread("ZMQbg/IO/1\n"));
    open_side(&side, 16, 100); // two, each of which gives itself its name
    for (int i = 0; i < PATIENCE && !has_thread("ZMQbg/IO/1\n"); i++)
        (void)poll(NULL, 0, 1);
    assert_true(has_thread("ZMQbg/IO/1\n"));
    assert_false(has_thread("ZMQbg/IO/2\n"));
    gate_close(&side.gate);
}

// Whatever is configured, a few of the largest frames fit.
static void a_configuration_bounds_what_waits(void **state)
{
    (void)state;
    enum { MIB = 1 << 20 };
    static const struct {
        int64_t frame_limit, share, total;
        size_t share_held, total_held;
    } cases[] = {{4 * MIB, 32 * MIB, 256 * MIB, 32 * MIB, 256 * MIB},
        {64 * MIB, 32 * MIB, 256 * MIB, 256 * MIB, 512 * MIB},
        {4 * MIB, 200 * MIB, 64 * MIB, 200 * MIB, 400 * MIB}};
    static const uint8_t secret[32] = {1}, public[32] = {2};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        hub_options_t conf = {.frame_limit = cases[i].frame_limit,
            .waiting_bytes = cases[i].share,
            .waiting_total = cases[i].total,
            .queue_limit = 1000,
            .io_threads = 3,
            .handshake_ms = 3000,
            .connections = 9};
        gate_options_t options = gate_options_of(&conf, secret, public);
        assert_int_equal(options.waiting_bytes, cases[i].share_held);
        assert_int_equal(options.waiting_total, cases[i].total_held);
        assert_int_equal(options.io_threads, 3);
        assert_int_equal(options.handshake_ms, 3000);
        assert_int_equal(options.connections, 9);
        assert_memory_equal(options.secret_key, secret, 32);
        assert_memory_equal(options.public_key, public, 32);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_key_gets_in_and_is_named),
        cmocka_unit_test(others_do_not_get_in),
        cmocka_unit_test(the_servers_key_must_be_known_to_the_client),
        cmocka_unit_test(a_claimed_routing_id_is_not_another_peer),
        cmocka_unit_test(only_single_parts_are_taken),
        cmocka_unit_test(an_oversized_frame_ends_its_connection),
        cmocka_unit_test(garbage_before_the_handshake_is_nobodys_frame),
        cmocka_unit_test(connections_are_counted),
        cmocka_unit_test(a_crowd_of_strangers_does_not_put_out_those_inside),
        cmocka_unit_test(the_refused_leave_no_trace_in_the_count),
        cmocka_unit_test(a_slow_peer_is_full_and_a_gone_one_gone),
        cmocka_unit_test(a_flood_while_nobody_receives_is_bounded),
        cmocka_unit_test(an_endpoint_in_use_is_a_failure_with_a_reason),
        cmocka_unit_test(frames_are_carried_by_as_many_threads_as_configured),
        cmocka_unit_test(a_configuration_bounds_what_waits),
    };
    return test_group(tests, NULL, NULL);
}
