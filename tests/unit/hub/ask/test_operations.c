// operations: an act is in one batch with what it does, and who did it is told when that
// is durable and not before.

#include "hub/ask/operations.h"

#include "tests/lib/test.h"

static char told[256];

// Takes the place of the socket's.
void control_reply_to(control_t *self, const control_asker_t *asker, const cause_t *why)
{
    size_t used = strlen(told);
    (void)self;
    (void)snprintf(told + used, sizeof told - used, "%c%s ", asker->route[0],
        why->text[0] ? "!" : "");
}

static void expect(const char *text)
{
    assert_string_equal(told, text);
    told[0] = 0;
}

static const operations_beside_t clock_beside = {"clock", "an operator accepts it\n"};

static int add(operations_t *operations, char name, const operations_beside_t *beside)
{
    cause_t why;
    const control_asker_t asker = {.size = 1, .route = {(uint8_t)name}};
    const operation_t operation = {.by = {name}, .act = "reload"};
    return operations_add(operations, &operation, beside, &asker, &why);
}

typedef struct {
    log_vkey_t vkey;
    readback_t *readback;
    draft_t *draft;
    operations_t *operations;
} world_t;

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    world->readback = readback_new(&world->vkey);
    world->draft = draft_new();
    draft_clear(world->draft, 5, 1000);
    world->operations = operations_new();
    // It tells nobody without a socket; the fake needs none.
    operations_tell_at(world->operations, (control_t *)world);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    operations_destroy(&world->operations);
    draft_destroy(&world->draft);
    readback_destroy(&world->readback);
    free(world);
    return 0;
}

static void who_did_it_is_told_when_it_is_durable(void **state)
{
    world_t *world = *state;
    assert_int_equal(add(world->operations, 'a', &clock_beside), 0);
    assert_int_equal(add(world->operations, 'b', NULL), 0);
    operations_draft(world->operations, world->readback, world->draft);
    assert_int_equal(draft_count(world->draft), 3);
    assert_string_equal(draft_at(world->draft, 0)->leaf.type, "operator");
    assert_string_equal(draft_at(world->draft, 1)->leaf.type, "clock");
    assert_string_equal(draft_at(world->draft, 2)->leaf.type, "operator");
    assert_int_equal(add(world->operations, 'c', NULL), 0); // too late for this batch
    expect("");
    operations_undrafted(world->operations); // there was no room
    draft_clear(world->draft, 5, 1000);
    expect("");
    operations_draft(world->operations, world->readback, world->draft);
    assert_int_equal(draft_count(world->draft), 4);
    operations_durable(world->operations);
    expect("a b c ");
    draft_clear(world->draft, 9, 1000);
    operations_draft(world->operations, world->readback, world->draft);
    assert_int_equal(draft_count(world->draft), 0);
    operations_durable(world->operations);
    expect("");
}

static void two_are_never_told_apart_by_their_leaves(void **state)
{
    world_t *world = *state;
    assert_int_equal(add(world->operations, 'a', NULL), 0);
    assert_int_equal(add(world->operations, 'a', NULL), 0);
    operations_draft(world->operations, world->readback, world->draft);
    assert_false(span_equal(
        draft_at(world->draft, 0)->document, draft_at(world->draft, 1)->document));
    operations_durable(world->operations);
    expect("a a ");
}

static void what_says_nothing_is_not_taken(void **state)
{
    world_t *world = *state;
    cause_t why;
    assert_int_equal(
        operations_add(world->operations, &(operation_t){.by = "a"}, NULL, NULL, &why),
        -1);
    for (int i = 0; i < OPERATIONS_WAITING; i++)
        assert_int_equal(add(world->operations, 'a', NULL), 0);
    assert_int_equal(add(world->operations, 'b', NULL), -1);
    operations_draft(world->operations, world->readback, world->draft);
    operations_durable(world->operations);
    told[0] = 0;
}

static void when_the_hub_stops_all_are_told(void **state)
{
    world_t *world = *state;
    assert_int_equal(add(world->operations, 'a', NULL), 0);
    operations_destroy(&world->operations);
    expect("a! ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            who_did_it_is_told_when_it_is_durable, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            two_are_never_told_apart_by_their_leaves, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            what_says_nothing_is_not_taken, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            when_the_hub_stops_all_are_told, set_up, tear_down),
    };
    return test_group(tests, NULL, NULL);
}
