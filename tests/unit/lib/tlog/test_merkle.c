// merkle: against published vectors, against the RFC's definition written down naively,
// and against proofs that somebody has tampered with.

#include "lib/tlog/merkle.h"

#include "tests/lib/test.h"

enum { SIZE_MAX_TRIED = 70 };

// Values of google/certificate-transparency, cpp/merkletree/merkle_tree_test.cc.
static const char *const ct_inputs[8] = {"", "00", "10", "2021", "3031", "40414243",
    "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
static const char ct_empty[] =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
static const char *const ct_roots[8] = {
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

typedef struct {
    uint64_t a, b; // index and size of a path; old and new size of a consistency proof
    const char *hashes[4];
} ct_proof_t;
static const ct_proof_t ct_paths[] = {
    {0, 1, {NULL}},
    {0, 8,
        {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
    {5, 8,
        {"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
    {2, 3, {"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"}},
    {1, 5,
        {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
};
static const ct_proof_t ct_growths[] = {
    {1, 1, {NULL}},
    {1, 8,
        {"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"}},
    {6, 8,
        {"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"}},
    {2, 5,
        {"5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"}},
};

static hash_t ct_leaves[8];
static hash_t leaves[SIZE_MAX_TRIED];
static hash_t roots[SIZE_MAX_TRIED + 1]; // by the naive definition

// RFC 6962, section 2.1, word for word.
static hash_t naive_root(const hash_t *leaf, size_t n)
{
    hash_t hash;
    size_t split = 1;
    if (n == 0) {
        sha256(span_text(""), &hash);
        return hash;
    }
    if (n == 1)
        return leaf[0];
    while (split * 2 < n)
        split *= 2;
    uint8_t bytes[65] = {1};
    hash_t left = naive_root(leaf, split);
    hash_t right = naive_root(leaf + split, n - split);
    memcpy(bytes + 1, left.bytes, 32);
    memcpy(bytes + 33, right.bytes, 32);
    sha256(span_of(bytes, sizeof bytes), &hash);
    return hash;
}

static int set_up(void **state)
{
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        uint8_t bytes[16];
        size_t size = strlen(ct_inputs[i]) / 2;
        assert_true(hex_decode(span_text(ct_inputs[i]), bytes, size));
        merkle_leaf(span_of(bytes, size), &ct_leaves[i]);
    }
    for (uint8_t i = 0; i < SIZE_MAX_TRIED; i++)
        merkle_leaf(span_of(&i, 1), &leaves[i]);
    for (size_t n = 0; n <= SIZE_MAX_TRIED; n++)
        roots[n] = naive_root(leaves, n);
    return 0;
}

static int fetch(void *context, unsigned level, uint64_t index, hash_t *out)
{
    const hash_t *from = context;
    *out = naive_root(from + (index << level), (size_t)1 << level);
    return 0;
}

static void assert_hash(const hash_t *hash, const char *hex)
{
    char text[HASH_HEX];
    hex_encode(hash->bytes, sizeof hash->bytes, text);
    assert_string_equal(text, hex);
}

static void assert_hashes(const buf_t *list, const char *const *hex)
{
    size_t n = 0;
    for (; hex[n]; n++) {
        assert_true(list->size >= (n + 1) * 32);
        assert_hash((const hash_t *)(list->data + 32 * n), hex[n]);
    }
    assert_int_equal(list->size, n * 32);
}

static uint64_t random_state = 0x6962;

static uint64_t random_below(uint64_t limit)
{
    random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (random_state >> 33) % limit;
}

static void test_published_roots(void **state)
{
    (void)state;
    merkle_t tree = {0};
    hash_t root;
    merkle_root(&tree, &root);
    assert_hash(&root, ct_empty);
    merkle_empty(&root);
    assert_hash(&root, ct_empty);
    for (size_t i = 0; i < 8; i++) {
        merkle_add(&tree, &ct_leaves[i]);
        merkle_root(&tree, &root);
        assert_hash(&root, ct_roots[i]);
    }
}

static void test_published_paths(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ct_paths / sizeof *ct_paths; i++) {
        const ct_proof_t *want = &ct_paths[i];
        buf_t path = {0};
        hash_t root;
        merkle_path_of(ct_leaves, (size_t)want->b, (size_t)want->a, &path);
        assert_hashes(&path, want->hashes);
        assert_int_equal(merkle_path_root(&ct_leaves[want->a], want->a, want->b,
                             buf_span(&path), &root),
            0);
        assert_hash(&root, ct_roots[want->b - 1]);
        buf_destroy(&path);
    }
}

static void test_published_consistency(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ct_growths / sizeof *ct_growths; i++) {
        const ct_proof_t *want = &ct_growths[i];
        buf_t proof = {0};
        hash_t old_root = naive_root(ct_leaves, (size_t)want->a);
        hash_t root = naive_root(ct_leaves, (size_t)want->b);
        assert_int_equal(
            merkle_prove_consistency(want->a, want->b, fetch, ct_leaves, &proof), 0);
        assert_hashes(&proof, want->hashes);
        assert_int_equal(merkle_check_consistency(
                             want->a, &old_root, want->b, &root, buf_span(&proof)),
            0);
        buf_destroy(&proof);
    }
}

static void test_growth_follows_the_definition(void **state)
{
    (void)state;
    merkle_t tree = {0};
    hash_t root;
    for (size_t n = 1; n <= SIZE_MAX_TRIED; n++) {
        merkle_add(&tree, &leaves[n - 1]);
        merkle_root(&tree, &root);
        assert_int_equal(tree.size, n);
        assert_true(hash_equal(&root, &roots[n]));
    }
}

// Whether a path leads from leaf `index` of `size` to the root that the tree of `n` has.
static bool leads(size_t index, size_t size, span_t path, size_t n)
{
    hash_t root;
    return merkle_path_root(&leaves[index], index, size, path, &root) == 0 &&
           hash_equal(&root, &roots[n]);
}

static void test_paths_of_all_small_trees(void **state)
{
    (void)state;
    hash_t root;
    for (size_t n = 1; n <= SIZE_MAX_TRIED; n++)
        for (size_t i = 0; i < n; i++) {
            buf_t path = {0};
            merkle_path_of(leaves, n, i, &path);
            buf_put(&path, leaves[0].bytes, 32); // not of the path
            span_t longer = buf_span(&path);
            span_t right = span_of(path.data, path.size - 32);
            assert_true(leads(i, n, right, n));
            assert_int_equal(merkle_path_root(&leaves[i], i, n, longer, &root), -1);
            for (size_t cut = 1; cut <= right.size; cut++) {
                span_t shorter = span_of(right.data, right.size - cut);
                assert_int_equal(merkle_path_root(&leaves[i], i, n, shorter, &root), -1);
            }
            for (size_t other = 0; other < n; other++)
                assert_true(other == i || !leads(other, n, right, n));
            for (size_t at = 0; at < right.size; at += 7) {
                path.data[at] ^= 1;
                assert_false(leads(i, n, right, n));
                path.data[at] ^= 1;
            }
            buf_destroy(&path);
        }
    assert_int_equal(merkle_path_root(&leaves[0], 1, 1, span_text(""), &root), -1);
    assert_int_equal(merkle_path_root(&leaves[0], 0, 0, span_text(""), &root), -1);
}

// The hashes that a run proof needs, by the definition: those of the largest subtrees
// without any position whose parent has one.
static void naive_run(const bool *in, size_t first, size_t n, buf_t *proof)
{
    size_t inside = 0;
    for (size_t i = 0; i < n; i++)
        inside += in[first + i];
    if (inside == 0) {
        hash_t hash = naive_root(leaves + first, n);
        buf_put(proof, hash.bytes, 32);
    } else if (n > 1) {
        size_t split = 1;
        while (split * 2 < n)
            split *= 2;
        naive_run(in, first, split, proof);
        naive_run(in, first + split, n - split, proof);
    }
}

typedef struct {
    size_t n;
    uint64_t positions[SIZE_MAX_TRIED];
    hash_t leaves[SIZE_MAX_TRIED];
} chosen_t;

static bool run_leads(const chosen_t *run, size_t size, span_t proof, size_t n)
{
    hash_t root;
    return merkle_run_root(
               run->positions, run->leaves, run->n, size, proof, &root, NULL) == 0 &&
           hash_equal(&root, &roots[n]);
}

static int run_of_paths(
    const chosen_t *run, size_t size, const buf_t *paths, buf_t *proof)
{
    span_t spans[SIZE_MAX_TRIED];
    for (size_t i = 0; i < run->n; i++)
        spans[i] = buf_span(&paths[i]);
    buf_clear(proof);
    return merkle_run_of_paths(run->positions, spans, run->n, size, proof);
}

// The same proof out of the paths, and none when one of them has the wrong length.
static void assert_made_of_paths(
    const chosen_t *run, size_t size, span_t proof, buf_t *paths)
{
    buf_t made = {0};
    assert_int_equal(run_of_paths(run, size, paths, &made), 0);
    assert_true(span_equal(buf_span(&made), proof));
    for (size_t i = 0; i < run->n; i++) {
        size_t whole = paths[i].size;
        static const int changes[] = {-33, -32, -31, -1, 1, 31, 32, 33};
        buf_put(&paths[i], leaves[0].bytes, 32);
        buf_put_u8(&paths[i], 0);
        for (size_t k = 0; k < sizeof changes / sizeof *changes; k++) {
            if (changes[k] < 0 && (size_t)-changes[k] > whole)
                continue;
            paths[i].size = whole + (size_t)changes[k];
            assert_int_equal(run_of_paths(run, size, paths, &made), -1);
        }
        paths[i].size = whole;
    }
    buf_destroy(&made);
}

static void assert_paths(const chosen_t *run, size_t size, span_t proof)
{
    buf_t paths[SIZE_MAX_TRIED] = {{0}};
    hash_t root;
    assert_int_equal(
        merkle_run_root(run->positions, run->leaves, run->n, size, proof, &root, paths),
        0);
    for (size_t i = 0; i < run->n; i++) {
        buf_t path = {0};
        merkle_path_of(leaves, size, (size_t)run->positions[i], &path);
        assert_true(span_equal(buf_span(&path), buf_span(&paths[i])));
        buf_destroy(&path);
    }
    assert_made_of_paths(run, size, proof, paths);
    for (size_t i = 0; i < run->n; i++)
        buf_destroy(&paths[i]);
}

static void assert_tampering_shows(chosen_t *run, size_t size, buf_t *proof)
{
    span_t right = buf_span(proof);
    hash_t root;
    for (size_t at = 0; at < right.size; at += 5) {
        proof->data[at] ^= 0x80;
        assert_false(run_leads(run, size, right, size));
        proof->data[at] ^= 0x80;
        assert_int_equal(merkle_run_root(run->positions, run->leaves, run->n, size,
                             span_of(right.data, at), &root, NULL),
            -1);
    }
    for (size_t i = 0; i < run->n; i++) {
        run->leaves[i].bytes[31] ^= 1;
        assert_false(run_leads(run, size, right, size));
        run->leaves[i].bytes[31] ^= 1;
    }
    buf_put(proof, leaves[0].bytes, 32);
    assert_int_equal(merkle_run_root(run->positions, run->leaves, run->n, size,
                         buf_span(proof), &root, NULL),
        -1);
}

static void try_run(const bool *in, size_t size)
{
    chosen_t run = {0};
    buf_t proof = {0};
    buf_t want = {0};
    for (size_t i = 0; i < size; i++)
        if (in[i]) {
            run.positions[run.n] = i;
            run.leaves[run.n++] = leaves[i];
        }
    assert_int_equal(
        merkle_prove_run(run.positions, run.n, size, fetch, leaves, &proof), 0);
    naive_run(in, 0, size, &want);
    assert_true(span_equal(buf_span(&proof), buf_span(&want)));
    assert_true(run_leads(&run, size, buf_span(&proof), size));
    assert_paths(&run, size, buf_span(&proof));
    assert_tampering_shows(&run, size, &proof);
    buf_destroy(&proof);
    buf_destroy(&want);
}

static void test_runs_of_every_set_in_small_trees(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 9; size++)
        for (unsigned set = 1; set < 1U << size; set++) {
            bool in[SIZE_MAX_TRIED] = {false};
            for (size_t i = 0; i < size; i++)
                in[i] = set >> i & 1;
            try_run(in, size);
        }
}

static void test_runs_of_random_sets(void **state)
{
    (void)state;
    for (size_t size = 10; size <= SIZE_MAX_TRIED; size++)
        for (unsigned round = 0; round < 12; round++) {
            bool in[SIZE_MAX_TRIED] = {false};
            uint64_t density = 1 + random_below(8);
            in[random_below(size)] = true;
            for (size_t i = 0; i < size; i++)
                in[i] |= round == 0 || random_below(8) > density;
            try_run(in, size);
        }
}

static void test_runs_out_of_order_are_refused(void **state)
{
    (void)state;
    hash_t root;
    const uint64_t twice[] = {1, 1};
    const uint64_t backwards[] = {1, 0};
    const uint64_t beyond[] = {0, 2};
    span_t none = span_text("");
    assert_int_equal(merkle_run_root(twice, leaves, 2, 2, none, &root, NULL), -1);
    assert_int_equal(merkle_run_root(backwards, leaves, 2, 2, none, &root, NULL), -1);
    assert_int_equal(merkle_run_root(beyond, leaves, 2, 2, none, &root, NULL), -1);
    assert_int_equal(merkle_run_root(beyond, leaves, 0, 2, none, &root, NULL), -1);
    assert_int_equal(merkle_run_root(beyond, leaves, 1, 0, none, &root, NULL), -1);
    buf_t proof = {0};
    const span_t paths[2] = {span_of(leaves, 32), span_of(leaves + 1, 32)};
    assert_int_equal(merkle_run_of_paths(twice, paths, 2, 2, &proof), -1);
    assert_int_equal(merkle_run_of_paths(backwards, paths, 2, 2, &proof), -1);
    assert_int_equal(merkle_run_of_paths(beyond, paths, 2, 2, &proof), -1);
    assert_int_equal(merkle_run_of_paths(beyond, paths, 0, 2, &proof), -1);
    assert_int_equal(merkle_run_of_paths(beyond, paths, 1, 0, &proof), -1);
    assert_int_equal(proof.size, 0);
}

static bool grows(size_t old_size, size_t size, span_t proof)
{
    return merkle_check_consistency(
               old_size, &roots[old_size], size, &roots[size], proof) == 0;
}

static void test_consistency_of_all_small_trees(void **state)
{
    (void)state;
    for (size_t size = 0; size <= SIZE_MAX_TRIED; size++)
        for (size_t old_size = 0; old_size <= size; old_size++) {
            buf_t proof = {0};
            assert_int_equal(
                merkle_prove_consistency(old_size, size, fetch, leaves, &proof), 0);
            span_t right = buf_span(&proof);
            assert_true(grows(old_size, size, right));
            for (size_t at = 0; at < right.size; at += 11) {
                proof.data[at] ^= 4;
                assert_false(grows(old_size, size, right));
                proof.data[at] ^= 4;
                assert_false(grows(old_size, size, span_of(right.data, at)));
            }
            // Another old root or size, and more than is needed.
            size_t other = old_size ? old_size - 1 : 1;
            assert_int_equal(merkle_check_consistency(
                                 old_size, &roots[other], size, &roots[size], right),
                -1);
            assert_true(
                old_size == size || !grows(old_size, old_size, right) || right.size == 0);
            buf_put(&proof, leaves[1].bytes, 32);
            assert_false(grows(old_size, size, buf_span(&proof)));
            buf_destroy(&proof);
        }
    assert_false(grows(3, 2, span_text("")));
}

// All leaves alike: any subtree's hash depends on its level alone, so that trees of any
// size can be had.
static int fetch_alike(void *context, unsigned level, uint64_t index, hash_t *out)
{
    (void)context;
    (void)index;
    *out = leaves[0];
    for (unsigned i = 0; i < level; i++)
        merkle_node(out, out, out);
    return 0;
}

static hash_t alike_root(uint64_t size)
{
    merkle_t tree = {.size = size};
    hash_t root;
    for (unsigned level = 0; level < 64; level++)
        (void)fetch_alike(NULL, level, 0, &tree.peak[level]);
    merkle_root(&tree, &root);
    return root;
}

static void test_huge_trees(void **state)
{
    (void)state;
    const uint64_t sizes[] = {UINT64_MAX, UINT64_MAX - 1, (UINT64_C(1) << 63) + 1,
        UINT64_C(1) << 63, (UINT64_C(1) << 40) - 7};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint64_t size = sizes[i];
        const uint64_t positions[] = {0, 5, size / 2, size - 1};
        const hash_t alike[] = {leaves[0], leaves[0], leaves[0], leaves[0]};
        hash_t want = alike_root(size);
        hash_t old_root = alike_root(size / 3);
        hash_t root;
        buf_t run = {0};
        buf_t growth = {0};
        buf_t paths[4] = {{0}};
        assert_int_equal(
            merkle_prove_run(positions, 4, size, fetch_alike, NULL, &run), 0);
        assert_int_equal(
            merkle_run_root(positions, alike, 4, size, buf_span(&run), &root, paths), 0);
        assert_true(hash_equal(&root, &want));
        for (size_t p = 0; p < 4; p++) {
            assert_int_equal(merkle_path_root(&alike[p], positions[p], size,
                                 buf_span(&paths[p]), &root),
                0);
            assert_true(hash_equal(&root, &want));
            buf_destroy(&paths[p]);
        }
        assert_int_equal(
            merkle_prove_consistency(size / 3, size, fetch_alike, NULL, &growth), 0);
        assert_int_equal(
            merkle_check_consistency(size / 3, &old_root, size, &want, buf_span(&growth)),
            0);
        buf_destroy(&run);
        buf_destroy(&growth);
    }
}

static int fetch_fails_after(void *context, unsigned level, uint64_t index, hash_t *out)
{
    unsigned *left = context;
    if (*left == 0)
        return -1;
    --*left;
    return fetch(leaves, level, index, out);
}

static void test_a_failed_fetch_fails_the_proof(void **state)
{
    (void)state;
    const uint64_t position = 20;
    unsigned enough = 0;
    for (;; enough++) {
        buf_t proof = {0};
        unsigned left = enough;
        int run = merkle_prove_run(&position, 1, 47, fetch_fails_after, &left, &proof);
        buf_destroy(&proof);
        if (run == 0)
            break;
    }
    assert_int_equal(enough, 9); // five complete subtrees and the four peaks of 15 leaves
    for (unsigned tries = 0;; tries++) {
        buf_t proof = {0};
        unsigned left = tries;
        int growth = merkle_prove_consistency(21, 47, fetch_fails_after, &left, &proof);
        buf_destroy(&proof);
        if (growth == 0)
            break;
        assert_in_range(tries, 0, 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_roots),
        cmocka_unit_test(test_published_paths),
        cmocka_unit_test(test_published_consistency),
        cmocka_unit_test(test_growth_follows_the_definition),
        cmocka_unit_test(test_paths_of_all_small_trees),
        cmocka_unit_test(test_runs_of_every_set_in_small_trees),
        cmocka_unit_test(test_runs_of_random_sets),
        cmocka_unit_test(test_runs_out_of_order_are_refused),
        cmocka_unit_test(test_consistency_of_all_small_trees),
        cmocka_unit_test(test_huge_trees),
        cmocka_unit_test(test_a_failed_fetch_fails_the_proof),
    };
    return test_group(tests, set_up, NULL);
}
