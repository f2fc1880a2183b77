// head: what is shown is durable, whatever is being signed or came to nothing.

#include "hub/journal/head.h"

#include "tests/lib/samples.h"
#include "tests/lib/test.h"

typedef struct {
    seal_key_t key;
    log_vkey_t vkey;
    merkle_t tree;
    head_t *head;
} world_t;

static int set_up(void **state)
{
    world_t *world = calloc(1, sizeof *world);
    world->key = sample_key(1);
    world->vkey = sample_vkey();
    world->head = head_new(&world->vkey, world->key.secret_key, &world->tree);
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    head_destroy(&world->head);
    head_destroy(&world->head);
    free(world);
    return 0;
}

static void grow(world_t *world, uint64_t to)
{
    hash_t leaf = {{3}};
    while (world->tree.size < to)
        merkle_add(&world->tree, &leaf);
}

// The note says what the checkpoint does: this size of the tree, by this log.
static void shows(world_t *world, uint64_t size)
{
    checkpoint_t read;
    cause_t why;
    const checkpoint_t *checkpoint = head_checkpoint(world->head);
    if (checkpoint_open(&read, head_note(world->head), &world->vkey, &why) != 0)
        fail_msg("%s", why.text);
    assert_int_equal(checkpoint->size, size);
    assert_int_equal(read.size, size);
    assert_string_equal(read.origin, SAMPLE_ORIGIN);
    assert_true(hash_equal(&read.root, &checkpoint->root));
}

static void it_is_signed_from_the_start(void **state)
{
    world_t *world = *state;
    hash_t root;
    shows(world, 0);
    grow(world, 5);
    head_destroy(&world->head);
    world->head = head_new(&world->vkey, world->key.secret_key, &world->tree);
    shows(world, 5);
    merkle_root(&world->tree, &root);
    assert_true(hash_equal(&root, &head_checkpoint(world->head)->root));
}

static void the_next_is_shown_when_it_is_durable(void **state)
{
    world_t *world = *state;
    for (uint64_t size = 1; size < 20; size++) {
        grow(world, size);
        head_next(world->head, &world->tree);
        shows(world, size - 1);
        head_sign(world->head, 0);
        shows(world, size - 1);
        head_advance(world->head);
        shows(world, size);
    }
}

static void one_that_came_to_nothing_is_forgotten(void **state)
{
    world_t *world = *state;
    merkle_t empty = {0};
    grow(world, 9);
    head_next(world->head, &world->tree); // and the disk was full
    head_sign(world->head, 0);
    shows(world, 0);
    world->tree = empty;
    grow(world, 2);
    head_next(world->head, &world->tree);
    head_sign(world->head, 0);
    head_advance(world->head);
    shows(world, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_is_signed_from_the_start),
        TEST(the_next_is_shown_when_it_is_durable),
        TEST(one_that_came_to_nothing_is_forgotten),
    };
    return test_group(tests, NULL, NULL);
}
