// tree: every root and proof agrees with a plain recursive RFC 6962 tree of the same
// leaves.

#include "hub/state/tree.h"
#include "tests/lib/scratch.h"
#include "tests/lib/test.h"

enum { SIZE = 300 };

static scratch_t scratch;
static hash_t leaf[SIZE];
static cause_t why;

static void plain_root(const hash_t *leaves, size_t n, hash_t *out)
{
    if (n == 0) {
        merkle_empty(out);
        return;
    }
    if (n == 1) {
        *out = leaves[0];
        return;
    }
    size_t split = 1;
    while (split * 2 < n)
        split *= 2;
    hash_t left, right;
    plain_root(leaves, split, &left);
    plain_root(leaves + split, n - split, &right);
    merkle_node(&left, &right, out);
}

static tree_t *tree_of(size_t n)
{
    tree_t *tree = tree_open(scratch.path, &why);
    assert_non_null(tree);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(tree_add(tree, &leaf[i], &why), 0);
    assert_int_equal(tree_size(tree), n);
    return tree;
}

static void test_roots(void **state)
{
    (void)state;
    tree_t *tree = tree_of(0);
    hash_t plain, root;
    for (size_t n = 0; n <= SIZE; n++) {
        plain_root(leaf, n, &plain);
        tree_root(tree, &root);
        assert_memory_equal(&root, &plain, sizeof root);
        if (n < SIZE)
            assert_int_equal(tree_add(tree, &leaf[n], &why), 0);
    }
    for (size_t n = 0; n <= SIZE; n++) { // all earlier ones are still there
        plain_root(leaf, n, &plain);
        assert_int_equal(tree_root_at(tree, n, &root, &why), 0);
        assert_memory_equal(&root, &plain, sizeof root);
    }
    assert_int_equal(tree_root_at(tree, SIZE + 1, &root, &why), -1);
    tree_close(&tree);
}

// By batches of any size it comes to the same tree as leaf by leaf.
static void test_batches_that_are_hashed_already(void **state)
{
    (void)state;
    for (size_t first = 0; first < 9; first++) {
        hash_t plain, root;
        tree_t *tree = tree_of(first);
        for (size_t n = first, batch = 1; n < SIZE; n += batch, batch++) {
            merkle_t after = *tree_peaks(tree);
            buf_t complete = {0};
            for (size_t i = n; i < SIZE && i < n + batch; i++)
                merkle_grow(&after, &leaf[i], &complete);
            assert_int_equal(tree_grow(tree, buf_span(&complete), &why), 0);
            assert_memory_equal(&after, tree_peaks(tree), sizeof after);
            buf_destroy(&complete);
        }
        for (size_t n = 0; n <= SIZE; n++) {
            plain_root(leaf, n, &plain);
            assert_int_equal(tree_root_at(tree, n, &root, &why), 0);
            assert_memory_equal(&root, &plain, sizeof root);
        }
        tree_close(&tree);
    }
}

static void check_run(tree_t *tree, const uint64_t *positions, size_t n, uint64_t size)
{
    buf_t proof = {0};
    hash_t root, plain, leaves[SIZE];
    for (size_t i = 0; i < n; i++)
        leaves[i] = leaf[positions[i]];
    assert_int_equal(tree_prove_run(tree, positions, n, size, &proof, &why), 0);
    assert_int_equal(
        merkle_run_root(positions, leaves, n, size, buf_span(&proof), &root, NULL), 0);
    plain_root(leaf, size, &plain);
    assert_memory_equal(&root, &plain, sizeof root);
    buf_destroy(&proof);
}

static void test_runs_at_every_earlier_size(void **state)
{
    (void)state;
    tree_t *tree = tree_of(SIZE);
    for (uint64_t size = 1; size <= SIZE; size += 7)
        for (uint64_t at = 0; at < size; at += 3) {
            uint64_t run[] = {at, at + 1, at + 5};
            check_run(tree, run, 1, size);
            if (at + 5 < size)
                check_run(tree, run, 3, size);
        }
    uint64_t beyond = SIZE;
    buf_t proof = {0};
    assert_int_equal(tree_prove_run(tree, &beyond, 1, SIZE + 1, &proof, &why), -1);
    buf_destroy(&proof);
    tree_close(&tree);
}

static void test_consistency_between_any_sizes(void **state)
{
    (void)state;
    tree_t *tree = tree_of(SIZE);
    for (uint64_t size = 1; size <= SIZE; size += 11)
        for (uint64_t old = 1; old <= size; old += 5) {
            buf_t proof = {0};
            hash_t before, after;
            plain_root(leaf, old, &before);
            plain_root(leaf, size, &after);
            assert_int_equal(tree_prove_consistency(tree, old, size, &proof, &why), 0);
            assert_int_equal(
                merkle_check_consistency(old, &before, size, &after, buf_span(&proof)),
                0);
            buf_destroy(&proof);
        }
    tree_close(&tree);
}

static void test_opening_forgets(void **state)
{
    (void)state;
    tree_t *tree = tree_of(100);
    tree_close(&tree);
    tree = tree_of(0);
    hash_t root, empty;
    tree_root(tree, &root);
    merkle_empty(&empty);
    assert_memory_equal(&root, &empty, sizeof root);
    tree_close(&tree);
    tree_close(&tree); // nothing to close is fine
    assert_null(tree_open("/nonexistent/folder", &why));
}

static int setup(void **state)
{
    (void)state;
    scratch_open(&scratch);
    for (size_t i = 0; i < SIZE; i++) {
        char text[32];
        int length = snprintf(text, sizeof text, "leaf %zu", i);
        merkle_leaf(span_of(text, (size_t)length), &leaf[i]);
    }
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    scratch_close(&scratch);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_roots),
        cmocka_unit_test(test_batches_that_are_hashed_already),
        cmocka_unit_test(test_runs_at_every_earlier_size),
        cmocka_unit_test(test_consistency_between_any_sizes),
        cmocka_unit_test(test_opening_forgets),
    };
    return test_group(tests, setup, teardown);
}
