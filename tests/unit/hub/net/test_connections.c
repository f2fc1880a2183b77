// connections: whatever comes and goes in whatever order, no key has more connections
// than places, no address more unfinished handshakes than its share, and whoever may come
// in does come in; and single cases.

#include "hub/net/connections.h"

#include "tests/lib/test.h"

enum { KEYS = 4, ADDRESSES = 3, FDS = 60, PLACES = 3, HANDSHAKES = 4, MUTE = 1000 };
enum { GRACE = 50, STEPS = 20000 };

static const connections_limits_t limits = {HANDSHAKES, PLACES, MUTE, GRACE};

typedef enum { FREE, KNOCKING, REFUSED, ADMITTED, SPOKEN } stage_t;

// What is true of a descriptor, known to nobody but this model.
typedef struct {
    stage_t stage;
    unsigned key, from;
    uint64_t id;
    int64_t since_ms;
    uint32_t route;
    bool turned_away;
} truth_t;

typedef struct {
    connections_t *connections;
    truth_t at[FDS];
    uint64_t state, ids;
    uint32_t routes;
    int64_t now_ms;
    unsigned admitted, refused;
} world_t;

static uint32_t chance(world_t *world, uint32_t below)
{
    world->state = world->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(world->state >> 33) % below;
}

static address_t address(unsigned i)
{
    char text[32];
    address_t parsed;
    (void)snprintf(text, sizeof text, "192.0.2.%u", i);
    assert_true(address_parse(&parsed, text));
    return parsed;
}

static const uint8_t *key(unsigned i)
{
    static uint8_t keys[KEYS][32];
    memset(keys[i], (int)i + 1, sizeof keys[i]);
    return keys[i];
}

static span_t route(uint8_t bytes[5], uint32_t number)
{
    bytes[0] = 0;
    for (int i = 0; i < 4; i++)
        bytes[1 + i] = (uint8_t)(number >> (24 - 8 * i));
    return span_of(bytes, 5);
}

static void knock(world_t *world, int fd)
{
    truth_t *one = &world->at[fd];
    address_t from;
    *one = (truth_t){.stage = KNOCKING,
        .from = chance(world, ADDRESSES),
        .id = ++world->ids,
        .since_ms = world->now_ms};
    from = address(one->from);
    one->turned_away =
        !connections_accepted(world->connections, fd, one->id, &from, world->now_ms);
}

static unsigned held(const world_t *world, unsigned k, stage_t stage)
{
    unsigned n = 0;
    for (int i = 0; i < FDS; i++)
        n += world->at[i].key == k && world->at[i].stage == stage;
    return n;
}

static void go(world_t *world, int fd)
{
    bool finished = world->at[fd].stage != KNOCKING;
    connections_gone(world->connections, fd, finished, world->now_ms);
    world->at[fd] = (truth_t){0};
}

static void put_out(world_t *world)
{
    size_t cursor = 0;
    connection_socket_t due;
    while (connections_due(world->connections, &cursor, world->now_ms, &due))
        if (world->at[due.fd].id == due.id)
            world->at[due.fd].turned_away = true; // its end is on the way
    for (int i = 0; i < FDS; i++)
        if (world->at[i].stage != FREE && world->at[i].turned_away)
            go(world, i);
}

static void ask(world_t *world, int fd)
{
    truth_t *one = &world->at[fd];
    address_t from = address(one->from);
    one->key = chance(world, KEYS);
    if (chance(world, 5) == 0) { // by the roster
        connections_refused(world->connections, &from);
        one->stage = REFUSED;
        return;
    }
    if (connections_admit(world->connections, key(one->key), &from, world->now_ms)) {
        one->stage = ADMITTED;
        world->admitted++;
    } else {
        connections_refused(world->connections, &from);
        one->stage = REFUSED;
        world->refused++;
    }
    put_out(world);
}

static void speak(world_t *world, int fd)
{
    truth_t *one = &world->at[fd];
    address_t from = address(one->from);
    uint8_t name[5];
    if (one->stage == ADMITTED)
        one->route = ++world->routes;
    one->stage = SPOKEN;
    connections_spoke(world->connections, key(one->key), route(name, one->route), fd,
        &from, world->now_ms);
}

static void step(world_t *world)
{
    int fd = (int)chance(world, FDS);
    world->now_ms += chance(world, 4);
    switch (world->at[fd].stage) {
    case FREE:
        knock(world, fd);
        break;
    case KNOCKING:
        chance(world, 4) ? ask(world, fd) : go(world, fd);
        break;
    case REFUSED:
        go(world, fd);
        break;
    case ADMITTED:
        chance(world, 3) ? speak(world, fd) : go(world, fd);
        break;
    case SPOKEN:
        chance(world, 3) ? speak(world, fd) : go(world, fd);
        break;
    }
    put_out(world);
}

static void no_sequence_exceeds_a_share(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        world_t world = {
            .connections = connections_new(&limits), .state = seed, .now_ms = 1000};
        for (int i = 0; i < STEPS; i++) {
            step(&world);
            unsigned silent = 0;
            for (unsigned k = 0; k < KEYS; k++) {
                assert_true(held(&world, k, SPOKEN) <= PLACES);
                silent += held(&world, k, ADMITTED);
            }
            assert_true(silent <= KEYS * PLACES);
        }
        assert_true(world.admitted > 100 && world.refused > 10);
        // All leave, and nothing is remembered against anybody.
        for (int fd = 0; fd < FDS; fd++)
            if (world.at[fd].stage != FREE)
                go(&world, fd);
        world.now_ms += MUTE + 1;
        assert_int_equal(connections_count(world.connections).open, 0);
        for (unsigned k = 0; k < KEYS; k++)
            for (unsigned i = 0; i < PLACES; i++) {
                address_t from = address(200 + k);
                assert_true(
                    connections_admit(world.connections, key(k), &from, world.now_ms));
            }
        connections_destroy(&world.connections);
    }
}

static void one_key_alone_keeps_to_its_places(void **state)
{
    (void)state;
    connections_t *connections = connections_new(&limits);
    address_t from = address(1);
    unsigned let_in = 0;
    for (int fd = 0; fd < 20; fd++) {
        (void)connections_accepted(connections, fd, (uint64_t)fd + 1, &from, 0);
        let_in += connections_admit(connections, key(0), &from, 0);
    }
    assert_int_equal(let_in, PLACES);
    assert_true(connections_admit(connections, key(1), &from, 0)); // another is let in
    assert_false(connections_admit(connections, key(0), &from, MUTE - 1));
    assert_true(connections_admit(connections, key(0), &from, MUTE));
    connections_destroy(&connections);
    connections_destroy(&connections);
}

// The last of those whose time is over.
static void note_due(connections_t *connections, int *ended, int64_t now_ms)
{
    size_t cursor = 0;
    connection_socket_t due;
    while (connections_due(connections, &cursor, now_ms, &due)) {
        assert_int_equal(due.id, due.fd + 100);
        *ended = due.fd;
    }
}

static void speak_at(connections_t *connections, int fd, uint32_t number, bool admit)
{
    address_t from = address(1);
    uint8_t name[5];
    if (admit) {
        assert_true(connections_accepted(connections, fd, (uint64_t)fd + 100, &from, 0));
        assert_true(connections_admit(connections, key(0), &from, 0));
    }
    connections_spoke(connections, key(0), route(name, number), fd, &from, 0);
}

static void the_oldest_makes_place_for_the_newest(void **state)
{
    (void)state;
    connections_t *connections = connections_new(&limits);
    int ended = -1;
    for (int fd = 0; fd < PLACES; fd++)
        speak_at(connections, fd, (uint32_t)fd, true);
    note_due(connections, &ended, 0);
    assert_int_equal(ended, -1);
    speak_at(connections, PLACES, PLACES, true);
    note_due(connections, &ended, 0);
    assert_int_equal(ended, 0);
    ended = -1;
    note_due(connections, &ended, MUTE * 10);
    assert_int_equal(ended, -1); // once is enough, and the others have spoken
    assert_int_equal(connections_count(connections).displaced, 1);
    assert_memory_equal(connections_count(connections).key, key(0), 32);
    connections_destroy(&connections);
}

static void who_is_to_end_ends_after_the_grace_unless_kept(void **state)
{
    (void)state;
    connections_t *connections = connections_new(&limits);
    uint8_t name[5];
    int ended = -1;
    speak_at(connections, 0, 7, true);
    speak_at(connections, 1, 8, true);
    connections_end(connections, key(0), route(name, 7), 0);
    connections_end(connections, key(0), route(name, 8), 0);
    connections_end(connections, key(1), route(name, 9), 0); // there is none
    connections_keep(connections, key(0), route(name, 8));
    note_due(connections, &ended, GRACE - 1);
    assert_int_equal(ended, -1);
    note_due(connections, &ended, GRACE);
    assert_int_equal(ended, 0);
    connections_destroy(&connections);
}

static void who_says_nothing_is_put_out(void **state)
{
    (void)state;
    connections_t *connections = connections_new(&limits);
    address_t from = address(1);
    int ended = -1;
    speak_at(connections, 0, 7, true);
    assert_true(connections_accepted(connections, 1, 101, &from, 0));
    note_due(connections, &ended, MUTE - 1);
    assert_int_equal(ended, -1);
    note_due(connections, &ended, MUTE);
    assert_int_equal(ended, 1); // and not the one that has spoken
    ended = -1;
    note_due(connections, &ended, 2 * MUTE);
    assert_int_equal(ended, -1);
    assert_int_equal(connections_count(connections).mute, 1);
    connections_destroy(&connections);
}

// All connections but those of this key are to end.
static void expel(connections_t *connections, const uint8_t stays[32])
{
    connection_name_t name;
    size_t cursor = 0;
    while (connections_next(connections, &cursor, &name))
        if (memcmp(stays, name.key, 32) != 0)
            connections_end(
                connections, name.key, span_of(name.route, name.route_size), 0);
}

static void who_may_not_stay_is_put_out_and_told_of(void **state)
{
    (void)state;
    connections_t *connections = connections_new(&limits);
    connection_name_t name;
    int ended = -1;
    speak_at(connections, 0, 7, true);
    expel(connections, key(0));
    note_due(connections, &ended, GRACE);
    assert_int_equal(ended, -1);
    expel(connections, key(1));
    note_due(connections, &ended, GRACE);
    assert_int_equal(ended, 0);
    assert_false(connections_left(connections, GRACE, &name));
    connections_gone(connections, 0, true, GRACE);
    assert_false(connections_left(connections, 2 * GRACE - 1, &name));
    assert_true(connections_left(connections, 2 * GRACE, &name));
    assert_memory_equal(name.key, key(0), 32);
    assert_int_equal(name.route_size, 5);
    assert_false(connections_left(connections, 2 * GRACE, &name));
    connections_destroy(&connections);
}

// A descriptor was used again before all that came by it was read.
static void of_two_names_for_a_descriptor_the_later_counts(void **state)
{
    (void)state;
    connections_t *connections = connections_new(&limits);
    uint8_t name[5];
    speak_at(connections, 0, UINT32_MAX, true);
    speak_at(connections, 0, 2, false);              // counted over
    speak_at(connections, 0, UINT32_MAX - 1, false); // late
    assert_true(connections_know(connections, key(0), route(name, 2)));
    assert_false(connections_know(connections, key(0), route(name, UINT32_MAX)));
    assert_false(connections_know(connections, key(0), route(name, UINT32_MAX - 1)));
    address_t elsewhere = address(9);
    connections_spoke(connections, key(0), route(name, 3), 0, &elsewhere, 0);
    assert_false(connections_know(connections, key(0), route(name, 3)));
    connections_destroy(&connections);
}

static void addresses_are_what_they_mean(void **state)
{
    (void)state;
    static const struct {
        const char *one, *other;
        bool same;
    } cases[] = {{"192.0.2.1", "::ffff:192.0.2.1", true},
        {"192.0.2.1", "192.0.2.2", false},
        {"2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true},
        {"2001:db8:0:1::1", "2001:db8:0:2::1", false}, {"fe80::1%eth0", "fe80::1", true},
        {"::1", "127.0.0.1", false}};
    static const char *const bad[] = {"", "%eth0", "localhost", "1.2.3",
        "::ffff:1.2.3.4.5",
        "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"};
    address_t one, other;
    char text[ADDRESS_TEXT];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(address_parse(&one, cases[i].one));
        assert_true(address_parse(&other, cases[i].other));
        assert_int_equal(memcmp(&one, &other, sizeof one) == 0, cases[i].same);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(address_parse(&one, bad[i]));
    assert_true(address_parse(&one, "::ffff:192.0.2.7"));
    address_print(&one, text);
    assert_string_equal(text, "192.0.2.7");
    assert_true(address_parse(&one, "2001:db8::5"));
    address_print(&one, text);
    assert_string_equal(text, "2001:db8::");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_sequence_exceeds_a_share),
        cmocka_unit_test(one_key_alone_keeps_to_its_places),
        cmocka_unit_test(the_oldest_makes_place_for_the_newest),
        cmocka_unit_test(who_is_to_end_ends_after_the_grace_unless_kept),
        cmocka_unit_test(who_says_nothing_is_put_out),
        cmocka_unit_test(who_may_not_stay_is_put_out_and_told_of),
        cmocka_unit_test(of_two_names_for_a_descriptor_the_later_counts),
        cmocka_unit_test(addresses_are_what_they_mean),
    };
    return test_group(tests, NULL, NULL);
}
