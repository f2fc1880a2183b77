// rota: each node has its slice before anybody has a second one, a turn ends when
// its allowance is used up, what costs too much at once is paid for later, and what waits
// is bounded; whoever's it is, it is answered in its order.

#include "hub/ask/rota.h"

#include "tests/lib/test.h"

enum { SLICE = ROTA_SLICE_WORK, TURN = ROTA_TURN_WORK, NODES = 6 };

// A question's frame says how many steps it takes and what each costs.
typedef struct {
    unsigned id;
    int steps;
    uint64_t cost;
} order_t;

typedef struct {
    rota_t *rota;
    int left[1 << 13]; // steps of each order
    uint64_t work;
    char log[8192]; // "a" a step of node 0, "A" that was the last of a question
    uint64_t done[NODES];
    unsigned last[NODES]; // id answered last
} world_t;

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    world->rota = rota_new();
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    rota_destroy(&world->rota); // also what was never answered is given back
    free(world);
    return 0;
}

// What a question's node pays for a step.
static void step(world_t *world, const inquiry_t *inquiry)
{
    order_t order;
    int inbox = inquiry->inbox;
    size_t used = strlen(world->log);
    memcpy(&order, inquiry->frame.data, sizeof order);
    assert_true(used < sizeof world->log - 1);
    bool more = --world->left[order.id] > 0;
    world->log[used] = (char)((more ? 'a' : 'A') + inbox);
    world->log[used + 1] = 0;
    world->work += order.cost;
    world->done[inbox] += order.cost;
    if (!more) {
        assert_true(order.id > world->last[inbox]);
        world->last[inbox] = order.id;
    }
    rota_stepped(world->rota, order.cost, more);
}

static bool add(world_t *world, int inbox, int steps, uint64_t cost)
{
    static unsigned id;
    order_t order = {++id, steps, cost};
    assert_true(id < sizeof world->left / sizeof world->left[0]);
    world->left[id] = steps;
    return rota_add(
        world->rota, inbox, span_text("route"), 14, span_of(&order, sizeof order));
}

static const char *turn(world_t *world)
{
    const inquiry_t *inquiry;
    world->log[0] = 0;
    rota_begin(world->rota);
    while ((inquiry = rota_next(world->rota)) != NULL)
        step(world, inquiry);
    return world->log;
}

static void small_questions_are_answered_at_once(void **state)
{
    world_t *world = *state;
    for (int i = 0; i < 3; i++)
        for (int inbox = 0; inbox < 2; inbox++)
            assert_true(add(world, inbox, 1, 1000));
    assert_int_equal(rota_waiting(world->rota), 6);
    assert_string_equal(turn(world), "AAABBB");
    assert_int_equal(rota_waiting(world->rota), 0);
    assert_string_equal(turn(world), "");
}

// Who asks for much is served as much as who asks for little, and no more.
static void who_asks_much_delays_nobody(void **state)
{
    world_t *world = *state;
    assert_true(add(world, 0, 1000, SLICE / 4));
    assert_int_equal(strspn(turn(world), "a"), TURN / (SLICE / 4));
    assert_true(add(world, 1, 1, SLICE / 4));
    assert_true(add(world, 2, 1, SLICE / 4));
    const char *log = turn(world);
    assert_true(strspn(log, "a") <= 4); // the rest of its slice
    assert_memory_equal(log + strspn(log, "a"), "BC", 2);
}

static void slices_are_even(void **state)
{
    world_t *world = *state;
    static const uint64_t cost[NODES] = {
        100, 5000, SLICE / 3, SLICE, 3 * SLICE, 9 * SLICE};
    for (int inbox = 0; inbox < NODES; inbox++)
        assert_true(add(world, inbox, 1 << 30, cost[inbox]));
    for (int i = 0; i < 600; i++) {
        uint64_t before = world->work;
        (void)turn(world);
        assert_true(world->work - before < TURN + 9 * SLICE + SLICE);
    }
    // On the average a turn costs its allowance, whatever single steps cost.
    assert_true(world->work < (uint64_t)601 * TURN);
    for (int inbox = 0; inbox < NODES; inbox++)
        for (int other = 0; other < NODES; other++)
            assert_true(world->done[inbox] < world->done[other] + 10 * SLICE);
}

static void what_waits_is_bounded(void **state)
{
    world_t *world = *state;
    for (int i = 0; i < ROTA_WAITING; i++)
        assert_true(add(world, 3, 1, TURN));
    assert_false(add(world, 3, 1, 1));
    assert_true(add(world, 4, 1, 1)); // another's
    assert_string_equal(turn(world), "D");
    assert_true(add(world, 3, 1, 1));
    // All of them together: large documents of many nodes.
    buf_t large = {0};
    int taken = 0;
    while (large.size < 8 << 20)
        buf_put_text(
            &large, "                                                            ");
    for (int inbox = 10; inbox < 30; inbox++)
        taken += rota_add(world->rota, inbox, span_text("r"), 9, buf_span(&large));
    assert_true(taken >= 4 && taken <= ROTA_BYTES / (8 << 20));
    buf_destroy(&large);
}

static void who_comes_and_goes(void **state)
{
    world_t *world = *state;
    unsigned seed = 11;
    for (int i = 0; i < 3000; i++) {
        seed = seed * 1103515245u + 12345u;
        if (seed >> 30 == 0)
            (void)turn(world);
        else
            (void)add(world, (int)((seed >> 16) % NODES), 1 + (int)((seed >> 8) % 5),
                (seed >> 10) % (SLICE / 2));
    }
    for (int i = 0; rota_waiting(world->rota) > 0; i++) {
        assert_true(i < 1000);
        (void)turn(world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(small_questions_are_answered_at_once),
        TEST(who_asks_much_delays_nobody),
        TEST(slices_are_even),
        TEST(what_waits_is_bounded),
        TEST(who_comes_and_goes),
    };
    return test_group(tests, NULL, NULL);
}
