// One answer for all: made once while nothing has changed and it is fresh.

#include "web/shared.h"

#include "lib/sys/task.h"
#include "tests/lib/test.h"

typedef struct {
    shared_t *shared;
    int made, changed; // times
    bool fails;
} world_t;

static json_t *make(void *context, bool changed)
{
    world_t *world = context;
    world->made++;
    world->changed += changed;
    return world->fails ? NULL : json_pack("{s:i}", "n", world->made);
}

static const char *take(world_t *world, uint8_t made_of, int64_t now_ms)
{
    static char text[64];
    buf_t out = {0};
    const shared_want_t want = {{{made_of}}, now_ms, 1000, world, make};
    bool made = shared_take(world->shared, &want, &out);
    (void)snprintf(text, sizeof text, "%s", made ? buf_text(&out) : "none");
    buf_destroy(&out);
    return text;
}

static void it_is_made_once_while_it_is_fresh(void **state)
{
    (void)state;
    world_t world = {.shared = shared_new()};
    assert_string_equal(take(&world, 1, 5000), "{\"n\":1}");
    assert_string_equal(take(&world, 1, 5999), "{\"n\":1}");
    assert_string_equal(take(&world, 1, 4990), "{\"n\":1}"); // it waited for the lock
    assert_string_equal(take(&world, 1, 6000), "{\"n\":2}");
    assert_int_equal(world.changed, 1);
    shared_destroy(&world.shared);
}

static void what_has_changed_is_made_anew_at_once(void **state)
{
    (void)state;
    world_t world = {.shared = shared_new()};
    assert_string_equal(take(&world, 1, 5000), "{\"n\":1}");
    assert_string_equal(take(&world, 2, 5000), "{\"n\":2}");
    assert_string_equal(take(&world, 1, 5000), "{\"n\":3}");
    assert_int_equal(world.changed, 3);
    shared_destroy(&world.shared);
}

static void what_failed_is_tried_again(void **state)
{
    (void)state;
    world_t world = {.shared = shared_new(), .fails = true};
    assert_string_equal(take(&world, 1, 5000), "none");
    world.fails = false;
    assert_string_equal(take(&world, 1, 5000), "{\"n\":2}");
    shared_destroy(&world.shared);
}

static void *take_one(void *context)
{
    buf_t out = {0};
    world_t *world = context;
    const shared_want_t want = {{{1}}, 5000, 1000, world, make};
    if (!shared_take(world->shared, &want, &out))
        abort();
    buf_destroy(&out);
    return NULL;
}

static void many_at_once_make_one(void **state)
{
    (void)state;
    enum { THREADS = 8 };
    task_t task[THREADS];
    world_t world = {.shared = shared_new()};
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(task_start(&task[i], "takes", take_one, &world), 0);
    for (size_t i = 0; i < THREADS; i++)
        task_join(task[i]);
    assert_int_equal(world.made, 1);
    shared_destroy(&world.shared);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_made_once_while_it_is_fresh),
        cmocka_unit_test(what_has_changed_is_made_anew_at_once),
        cmocka_unit_test(what_failed_is_tried_again),
        cmocka_unit_test(many_at_once_make_one),
    };
    return test_group(tests, NULL, NULL);
}
