// lobby: in any sequence of comings and goings each connection is heard in its order and
// without gaps, until it is cut off with a mark; nobody's share and not the whole are
// exceeded.

#include "hub/net/lobby.h"

#include "tests/lib/test.h"

enum { KEYS = 5, ROUTES = 4, SHARE = 20000, TOTAL = 60000, HOLD = 256, STEPS = 4000 };

static void put(lobby_t *lobby, const uint8_t key[32], span_t route, uint32_t number,
    size_t size, lobby_result_t expected)
{
    zmq_msg_t message;
    assert_true(size >= sizeof number);
    assert_int_equal(zmq_msg_init_size(&message, size), 0);
    memset(zmq_msg_data(&message), 0, size);
    memcpy(zmq_msg_data(&message), &number, sizeof number);
    assert_int_equal(lobby_put(lobby, key, route, &message), expected);
    (void)zmq_msg_close(&message);
}

static uint32_t number_of(lobby_frame_t *frame)
{
    uint32_t number;
    memcpy(&number, zmq_msg_data(&frame->frame), sizeof number);
    return number;
}

// What a model knows of one connection.
typedef struct {
    uint32_t said, heard;
    bool cut; // as the taker knows
} connection_t;

typedef struct {
    lobby_t *lobby;
    uint64_t state;
    uint8_t key[KEYS][32];
    connection_t connection[KEYS][ROUTES];
    uint64_t dropped;
} world_t;

static uint32_t chance(world_t *world, uint32_t below)
{
    world->state = world->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(world->state >> 33) % below;
}

static void come(world_t *world, unsigned k, unsigned r)
{
    zmq_msg_t message;
    connection_t *one = &world->connection[k][r];
    uint8_t route = (uint8_t)r;
    size_t size = 4 + chance(world, chance(world, 20) ? 300 : 25000);
    assert_int_equal(zmq_msg_init_size(&message, size), 0);
    uint32_t number = one->said + 1;
    memcpy(zmq_msg_data(&message), &number, sizeof number);
    if (lobby_put(world->lobby, world->key[k], span_of(&route, 1), &message) ==
        LOBBY_WAITS)
        one->said = number;
    else
        world->dropped++;
    (void)zmq_msg_close(&message);
    assert_true(lobby_bytes(world->lobby) <= TOTAL + SHARE);
}

static void go(world_t *world)
{
    lobby_frame_t *frame = lobby_take(world->lobby);
    if (!frame)
        return;
    unsigned k = 0;
    while (memcmp(world->key[k], frame->key, 32) != 0)
        k++;
    assert_int_equal(frame->route_size, 1);
    connection_t *one = &world->connection[k][frame->route[0]];
    assert_false(one->cut); // nothing follows the mark
    if (frame->cut) {
        assert_int_equal(zmq_msg_size(&frame->frame), 0);
        one->cut = true;
    } else {
        assert_int_equal(number_of(frame), one->heard + 1);
        one->heard++;
    }
    lobby_free(&frame);
    assert_null(frame);
}

static void end(world_t *world, unsigned k, unsigned r)
{
    uint8_t route = (uint8_t)r;
    if (!world->connection[k][r].cut)
        return;
    lobby_forget(world->lobby, world->key[k], span_of(&route, 1));
    world->connection[k][r] = (connection_t){0};
}

static void any_sequence_keeps_order_and_bounds(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        world_t world = {.lobby = lobby_new(SHARE, TOTAL), .state = seed};
        for (unsigned k = 0; k < KEYS; k++)
            memset(world.key[k], (int)k * 37 + 1, 32);
        for (int i = 0; i < STEPS; i++) {
            unsigned k = chance(&world, KEYS), r = chance(&world, ROUTES);
            switch (chance(&world, 5)) {
            case 0:
            case 1:
                come(&world, k, r);
                break;
            case 2:
                end(&world, k, r);
                break;
            default:
                go(&world);
            }
        }
        while (lobby_waits(world.lobby))
            go(&world);
        assert_int_equal(lobby_bytes(world.lobby), 0);
        for (unsigned k = 0; k < KEYS; k++)
            for (unsigned r = 0; r < ROUTES; r++)
                if (!world.connection[k][r].cut)
                    assert_int_equal(
                        world.connection[k][r].heard, world.connection[k][r].said);
        assert_true(lobby_cuts(world.lobby) > 0 && world.dropped > 0);
        lobby_destroy(&world.lobby);
    }
}

static void keys_are_served_in_turn(void **state)
{
    (void)state;
    uint8_t one[32] = {1}, two[32] = {2};
    lobby_t *lobby = lobby_new(SHARE, TOTAL);
    for (uint32_t i = 1; i <= 20; i++)
        put(lobby, one, span_text("a"), i, 8, LOBBY_WAITS);
    put(lobby, two, span_text("b"), 1, 8, LOBBY_WAITS);
    for (int i = 0; i < 2; i++) {
        lobby_frame_t *frame = lobby_take(lobby);
        assert_memory_equal(frame->key, i ? two : one, 32);
        lobby_free(&frame);
    }
    lobby_destroy(&lobby);
    lobby_destroy(&lobby);
}

static void who_exceeds_its_share_loses_it_and_nobody_else(void **state)
{
    (void)state;
    uint8_t greedy[32] = {1}, other[32] = {2};
    lobby_t *lobby = lobby_new(SHARE, TOTAL);
    put(lobby, other, span_text("o"), 1, 8, LOBBY_WAITS);
    put(lobby, greedy, span_text("a"), 1, SHARE / 2, LOBBY_WAITS);
    put(lobby, greedy, span_text("b"), 1, SHARE / 2, LOBBY_WAITS); // with its costs: over
    assert_int_equal(lobby_cuts(lobby), 2);
    put(lobby, greedy, span_text("a"), 2, 8, LOBBY_DROPPED);
    put(lobby, greedy, span_text("b"), 2, 8, LOBBY_DROPPED);
    put(lobby, greedy, span_text("c"), 1, 8, LOBBY_WAITS); // a new connection
    lobby_frame_t *frame = lobby_take(lobby);
    assert_false(frame->cut);
    assert_memory_equal(frame->key, other, 32);
    lobby_free(&frame);
    for (const char *route = "ab"; *route; route++) {
        frame = lobby_take(lobby);
        assert_true(frame->cut);
        assert_int_equal(frame->route[0], *route);
        lobby_free(&frame);
    }
    frame = lobby_take(lobby);
    assert_false(frame->cut);
    lobby_free(&frame);
    assert_int_equal(lobby_bytes(lobby), 0);
    lobby_destroy(&lobby);
}

static void when_all_have_too_much_the_greediest_pays(void **state)
{
    (void)state;
    uint8_t key[4][32] = {{1}, {2}, {3}, {4}};
    lobby_t *lobby = lobby_new(SHARE, TOTAL);
    for (uint32_t k = 0; k < 4; k++)
        put(lobby, key[k], span_text("r"), 1, k == 2 ? 19000 : 14000, LOBBY_WAITS);
    assert_int_equal(lobby_cuts(lobby), 1);
    put(lobby, key[2], span_text("r"), 2, 8, LOBBY_DROPPED);
    put(lobby, key[1], span_text("r"), 2, 8, LOBBY_WAITS);
    lobby_destroy(&lobby); // with what waits
}

// A small frame that libzmq read keeps its buffer of 8 KiB: what waits is copied.
static void small_frames_cost_what_they_are(void **state)
{
    (void)state;
    uint8_t key[32] = {1};
    lobby_t *lobby = lobby_new(64 << 20, 128 << 20);
    for (uint32_t i = 1; i <= 2000; i++)
        put(lobby, key, span_text("r"), i, 100, LOBBY_WAITS);
    assert_int_equal(lobby_bytes(lobby), 2000 * (100 + HOLD));
    for (uint32_t i = 1; i <= 2000; i++) {
        lobby_frame_t *frame = lobby_take(lobby);
        assert_int_equal(number_of(frame), i);
        assert_int_equal(zmq_msg_size(&frame->frame), 100);
        lobby_free(&frame);
    }
    assert_null(lobby_take(lobby));
    lobby_destroy(&lobby);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_sequence_keeps_order_and_bounds),
        cmocka_unit_test(keys_are_served_in_turn),
        cmocka_unit_test(who_exceeds_its_share_loses_it_and_nobody_else),
        cmocka_unit_test(when_all_have_too_much_the_greediest_pays),
        cmocka_unit_test(small_frames_cost_what_they_are),
    };
    return test_group(tests, NULL, NULL);
}
