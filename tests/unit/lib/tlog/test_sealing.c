// sealing: whatever order documents of several seals come in, each head stands with one
// proof of all its places, and the proof gives every document its path back.

#include "lib/tlog/sealing.h"

#include "tests/lib/test.h"

enum { SEALS = 12, LEAVES_MAX = 70, PLACES_MAX = 400 };

// Trees of some documents each, and what was added of them.
typedef struct {
    buf_t head[SEALS];
    size_t count[SEALS];
    hash_t leaf[SEALS][LEAVES_MAX];
    buf_t path[SEALS][LEAVES_MAX];
    sealing_t *sealing;
    size_t n;
    struct {
        size_t seal, index, head;
    } added[PLACES_MAX];
} world_t;

static void make_seal(world_t *world, size_t seal, size_t count)
{
    merkle_t tree = {0};
    hash_t root;
    world->count[seal] = count;
    for (size_t i = 0; i < count; i++) {
        const size_t data[] = {seal, i};
        merkle_leaf(span_of(data, sizeof data), &world->leaf[seal][i]);
        merkle_add(&tree, &world->leaf[seal][i]);
    }
    merkle_root(&tree, &root);
    for (size_t i = 0; i < count; i++)
        merkle_path_of(world->leaf[seal], count, i, &world->path[seal][i]);
    buf_printf(&world->head[seal], "head %zu\ncount %zu\nroot ", seal, count);
    buf_put_base64(&world->head[seal], span_of(root.bytes, sizeof root));
    buf_put_u8(&world->head[seal], '\n');
}

static int set_up(void **state)
{
    static const size_t counts[SEALS] = {1, 2, 3, 5, 8, 9, 16, 17, 31, 64, 65, 70};
    world_t *world = calloc(1, sizeof *world);
    for (size_t i = 0; i < SEALS; i++)
        make_seal(world, i, counts[i]);
    world->sealing = sealing_new();
    *state = world;
    return 0;
}

static int tear_down(void **state)
{
    world_t *world = *state;
    for (size_t i = 0; i < SEALS; i++) {
        buf_destroy(&world->head[i]);
        for (size_t k = 0; k < world->count[i]; k++)
            buf_destroy(&world->path[i][k]);
    }
    sealing_destroy(&world->sealing);
    sealing_destroy(&world->sealing);
    free(world);
    return 0;
}

static void begin(world_t *world)
{
    sealing_clear(world->sealing);
    world->n = 0;
}

static seal_place_t place_of(const world_t *world, size_t seal, size_t index)
{
    return (seal_place_t){buf_span(&world->head[seal]), (uint32_t)index,
        buf_span(&world->path[seal][index])};
}

// The number of its head.
static size_t add(world_t *world, size_t seal, size_t index)
{
    const seal_place_t place = place_of(world, seal, index);
    size_t heads = sealing_heads(world->sealing);
    bool has = sealing_has(world->sealing, &place);
    size_t head = sealing_add(world->sealing, &place);
    assert_int_equal(sealing_heads(world->sealing), heads + !has);
    assert_true(has ? head < heads : head == heads);
    assert_true(world->n < PLACES_MAX);
    world->added[world->n].seal = seal;
    world->added[world->n].index = index;
    world->added[world->n++].head = head;
    return head;
}

// The paths under one head as its proof has them are those that were added.
static void gives_paths_back(
    const world_t *world, const sealed_head_t *sealed, size_t head)
{
    uint64_t index[PLACES_MAX];
    hash_t leaf[PLACES_MAX];
    static buf_t paths[PLACES_MAX];
    size_t n = 0, seal = 0;
    for (size_t i = 0; i < world->n; i++)
        if (world->added[i].head == head) {
            seal = world->added[i].seal;
            index[n] = world->added[i].index;
            leaf[n++] = world->leaf[seal][world->added[i].index];
        }
    assert_true(n > 0);
    assert_true(span_equal(sealed->text, buf_span(&world->head[seal])));
    assert_int_equal(sealing_paths(sealed, index, leaf, n, paths), 0);
    for (size_t i = 0; i < n; i++) {
        assert_true(
            span_equal(buf_span(&paths[i]), buf_span(&world->path[seal][index[i]])));
        buf_destroy(&paths[i]);
    }
}

static void all_come_back(world_t *world)
{
    const sealed_head_t *heads;
    assert_int_equal(sealing_finish(world->sealing, &heads), 0);
    for (size_t i = 0; i < sealing_heads(world->sealing); i++)
        gives_paths_back(world, &heads[i], i);
}

static void test_all_of_a_seal_needs_no_proof(void **state)
{
    world_t *world = *state;
    for (size_t seal = 0; seal < SEALS; seal++) {
        const sealed_head_t *heads;
        begin(world);
        for (size_t i = 0; i < world->count[seal]; i++)
            assert_int_equal(add(world, seal, i), 0);
        assert_int_equal(sealing_finish(world->sealing, &heads), 0);
        assert_int_equal(heads[0].proof.size, 0);
        all_come_back(world);
    }
}

static void test_every_place_alone(void **state)
{
    world_t *world = *state;
    for (size_t seal = 0; seal < SEALS; seal++)
        for (size_t i = 0; i < world->count[seal]; i++) {
            begin(world);
            (void)add(world, seal, i);
            all_come_back(world);
        }
}

// As authors' messages lie in a batch: by turns.
static void test_interleaved_seals(void **state)
{
    world_t *world = *state;
    begin(world);
    for (size_t i = 0; i < 16; i++)
        for (size_t seal = 6; seal < 11; seal++)
            if ((i + seal) % 3 > 0)
                (void)add(world, seal, i);
    assert_int_equal(sealing_heads(world->sealing), 5);
    all_come_back(world);
}

// The same again, or an earlier one: the head stands once more, and goes on from there.
static void test_places_that_do_not_increase(void **state)
{
    world_t *world = *state;
    begin(world);
    assert_int_equal(add(world, 5, 4), 0);
    assert_int_equal(add(world, 5, 7), 0);
    assert_int_equal(add(world, 5, 7), 1);
    assert_int_equal(add(world, 5, 8), 1);
    assert_int_equal(add(world, 4, 0), 2);
    assert_int_equal(add(world, 5, 0), 3);
    assert_int_equal(add(world, 5, 1), 3); // the newest of them counts
    assert_int_equal(add(world, 4, 1), 2);
    assert_int_equal(sealing_heads(world->sealing), 4);
    all_come_back(world);
}

// What lies far back is not looked for: that costs a text, and no more.
static void test_more_heads_than_are_looked_at(void **state)
{
    world_t *world = *state;
    begin(world);
    for (size_t round = 0; round < 3; round++)
        for (size_t seal = 3; seal < SEALS; seal++) // nine
            assert_int_equal(add(world, seal, round), round * 9 + seal - 3);
    all_come_back(world);
    begin(world);
    for (size_t round = 0; round < 3; round++)
        for (size_t seal = 3; seal < SEALS - 1; seal++) // eight
            assert_int_equal(add(world, seal, round), seal - 3);
    all_come_back(world);
}

static void test_memory_serves_again(void **state)
{
    world_t *world = *state;
    const sealed_head_t *heads;
    for (unsigned round = 0; round < 200; round++) {
        begin(world);
        assert_int_equal(sealing_heads(world->sealing), 0);
        for (size_t i = 0; i < 150; i++) {
            size_t seal = (i * 7 + round) % SEALS;
            (void)add(world, seal, (i * 5 + round) % world->count[seal]);
        }
        all_come_back(world);
    }
    begin(world);
    assert_int_equal(sealing_finish(world->sealing, &heads), 0); // of nothing
}

// A path that cannot be one of its tree is found before anything is made of it.
static void test_paths_of_another_tree(void **state)
{
    world_t *world = *state;
    const sealed_head_t *heads;
    seal_place_t bad[] = {place_of(world, 5, 4), place_of(world, 5, 4),
        place_of(world, 5, 4), place_of(world, 5, 4), place_of(world, 5, 4)};
    bad[0].path.size -= 32;
    bad[1].path.size -= 1;
    bad[2].index = 9;                      // of nine
    bad[3].index = 8;                      // whose path is shorter
    bad[4].head = span_text("no count\n"); // so it is of none
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        begin(world);
        (void)add(world, 4, 0);
        (void)sealing_add(world->sealing, &bad[i]);
        assert_int_equal(sealing_finish(world->sealing, &heads), -1);
    }
    begin(world);
    (void)add(world, 4, 0);
    all_come_back(world); // and goes on
}

static void test_wrong_proofs(void **state)
{
    world_t *world = *state;
    const uint64_t index[] = {1, 4, 7};
    hash_t leaf[3];
    buf_t paths[3] = {{0}}, proof = {0};
    const sealed_head_t *heads;
    begin(world);
    for (size_t i = 0; i < 3; i++) {
        (void)add(world, 5, index[i]);
        leaf[i] = world->leaf[5][index[i]];
    }
    assert_int_equal(sealing_finish(world->sealing, &heads), 0);
    sealed_head_t head = heads[0];
    buf_put_span(&proof, head.proof);
    head.proof = buf_span(&proof);
    for (size_t bit = 0; bit < 8 * proof.size; bit += 3) {
        proof.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_int_equal(sealing_paths(&head, index, leaf, 3, paths), -1);
        proof.data[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    for (size_t size = 0; size < proof.size; size++) {
        head.proof.size = size;
        assert_int_equal(sealing_paths(&head, index, leaf, 3, paths), -1);
    }
    buf_put(&proof, leaf, 32);
    head.proof = buf_span(&proof);
    assert_int_equal(sealing_paths(&head, index, leaf, 3, paths), -1);
    head.proof.size -= 32;
    leaf[1].bytes[0] ^= 1; // another document
    assert_int_equal(sealing_paths(&head, index, leaf, 3, paths), -1);
    leaf[1].bytes[0] ^= 1;
    const uint64_t others[][3] = {{1, 4, 8}, {0, 4, 7}, {4, 1, 7}, {1, 4, 4}, {1, 4, 9}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(sealing_paths(&head, others[i], leaf, 3, paths), -1);
    assert_int_equal(sealing_paths(&head, index, leaf, 0, paths), -1);
    for (size_t i = 0; i < 3; i++)
        buf_clear(&paths[i]);
    assert_int_equal(sealing_paths(&head, index, leaf, 3, paths), 0);
    for (size_t i = 0; i < 3; i++)
        buf_destroy(&paths[i]);
    buf_destroy(&proof);
}

// A text that says no count or no root proves nothing; nor does one that says another.
static void test_what_a_head_says(void **state)
{
    world_t *world = *state;
    const uint64_t index = 0;
    buf_t path = {0}, text = {0}, root = {0};
    buf_put_base64(&root, span_of(world->leaf[0][0].bytes, 32));
    const char *is = buf_text(&root);
    const struct {
        const char *before;
        int digits; // of the root
        const char *after;
        uint32_t count;
        int result;
    } table[] = {
        {"x\ncount 1\nroot ", 44, "\n", 1, 0},
        {"x\nroot ", 44, "\ncount 1\n", 1, 0},
        {"count 1\nroot ", 44, "\n", 0, -1}, // its first line says what it is
        {"x\ncount 1\nroot ", 44, "", 1, -1},
        {"x\ncount 1\nroot ", 43, "\n", 1, -1},
        {"x\ncount 1\n", 0, "", 1, -1},
        {"x\nroot ", 44, "\n", 0, -1},
        {"x\ncount 0\nroot ", 44, "\n", 0, -1},
        {"x\ncount 01\nroot ", 44, "\n", 0, -1},
        {"x\ncount 2\nroot ", 44, "\n", 2, -1},
        {"x\ncount -1\nroot ", 44, "\n", 0, -1},
        {"x\ncount 4294967295\nroot ", 44, "\n", UINT32_MAX, -1},
        {"x\ncount 4294967296\nroot ", 44, "\n", 0, -1},
        {"", 0, "", 0, -1},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        buf_clear(&text);
        buf_clear(&path);
        buf_printf(
            &text, "%s%.*s%s", table[i].before, table[i].digits, is, table[i].after);
        const sealed_head_t head = {buf_span(&text), {0}};
        if (sealing_count(head.text) != table[i].count ||
            sealing_paths(&head, &index, &world->leaf[0][0], 1, &path) != table[i].result)
            fail_msg("row %zu: %s", i, buf_text(&text));
    }
    buf_destroy(&path);
    buf_destroy(&text);
    buf_destroy(&root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_all_of_a_seal_needs_no_proof),
        TEST(test_every_place_alone),
        TEST(test_interleaved_seals),
        TEST(test_places_that_do_not_increase),
        TEST(test_more_heads_than_are_looked_at),
        TEST(test_memory_serves_again),
        TEST(test_paths_of_another_tree),
        TEST(test_wrong_proofs),
        TEST(test_what_a_head_says),
    };
    return test_group(tests, NULL, NULL);
}
