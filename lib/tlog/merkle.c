// merkle - every walk follows RFC 6962's own definition: a range of n leaves is split at
// the largest power of two below n.  Left halves are always complete, so a walk is never
// deeper than 64 and every hash it needs is one complete subtree or a fold of a few.

#include "lib/tlog/merkle.h"

#include <assert.h>
#include <openssl/sha.h>
#include <string.h>

void merkle_leaf(span_t data, hash_t *out)
{
    static const uint8_t prefix = 0;
    SHA256_CTX context;
    SHA256_Init(&context);
    SHA256_Update(&context, &prefix, 1);
    SHA256_Update(&context, data.data, data.size);
    SHA256_Final(out->bytes, &context);
}

void merkle_node(const hash_t *left, const hash_t *right, hash_t *out)
{
    uint8_t bytes[65] = {1};
    memcpy(bytes + 1, left->bytes, 32);
    memcpy(bytes + 33, right->bytes, 32);
    sha256(span_of(bytes, sizeof bytes), out);
}

void merkle_empty(hash_t *out)
{
    sha256(span_text(""), out);
}

static void grow(merkle_t *self, const hash_t *leaf, buf_t *complete)
{
    hash_t hash = *leaf;
    unsigned level = 0;
    for (;; level++) {
        if (complete)
            buf_put(complete, hash.bytes, sizeof hash.bytes);
        if (!(self->size >> level & 1))
            break;
        merkle_node(&self->peak[level], &hash, &hash);
    }
    self->peak[level] = hash;
    self->size++;
}

void merkle_add(merkle_t *self, const hash_t *leaf)
{
    grow(self, leaf, NULL);
}

void merkle_grow(merkle_t *self, const hash_t *leaf, buf_t *complete)
{
    grow(self, leaf, complete);
}

void merkle_root(const merkle_t *self, hash_t *out)
{
    bool any = false;
    for (unsigned level = 0; level < 64; level++) {
        if (!(self->size >> level & 1))
            continue;
        if (any)
            merkle_node(&self->peak[level], out, out);
        else
            *out = self->peak[level];
        any = true;
    }
    if (!any)
        merkle_empty(out);
}

static bool power_of_two(uint64_t n)
{
    return (n & (n - 1)) == 0;
}

// The largest power of two below n (n >= 2).
static uint64_t split_of(uint64_t n)
{
    return UINT64_C(1) << (63 - __builtin_clzll(n - 1));
}

typedef struct {
    merkle_fetch_fn fetch;
    void *context;
} source_t;

// The hash over leaves first..first+n-1, a range that some walk's splits led to.
static int range_hash(const source_t *source, uint64_t first, uint64_t n, hash_t *out)
{
    if (power_of_two(n)) {
        unsigned level = (unsigned)__builtin_ctzll(n);
        return source->fetch(source->context, level, first >> level, out);
    }
    uint64_t split = split_of(n);
    hash_t left;
    hash_t right;
    if (range_hash(source, first, split, &left) != 0 ||
        range_hash(source, first + split, n - split, &right) != 0)
        return -1;
    merkle_node(&left, &right, out);
    return 0;
}

static int put_range_hash(
    const source_t *source, uint64_t first, uint64_t n, buf_t *proof)
{
    hash_t hash;
    if (range_hash(source, first, n, &hash) != 0)
        return -1;
    buf_put(proof, hash.bytes, sizeof hash.bytes);
    return 0;
}

// Those of a walk's positions that lie in one range, and their leaves and paths when it
// has them.
typedef struct {
    const uint64_t *positions;
    const hash_t *leaves;
    buf_t *paths;
    const span_t *known; // paths to take hashes from
    size_t n;
} run_t;

// How many of the run's positions lie before `end`.
static size_t count_before(const run_t *run, uint64_t end)
{
    size_t low = 0;
    size_t high = run->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (run->positions[middle] < end)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

// Divide a run at `end`: what lies before it, and the others.
static void divide_run(const run_t *run, uint64_t end, run_t *before, run_t *after)
{
    size_t n = count_before(run, end);
    *before = *run;
    before->n = n;
    *after = *run;
    after->n = run->n - n;
    after->positions += n;
    if (run->leaves)
        after->leaves += n;
    if (run->paths)
        after->paths += n;
    if (run->known)
        after->known += n;
}

static bool run_valid(const uint64_t *positions, size_t n, uint64_t size)
{
    for (size_t i = 1; i < n; i++)
        if (positions[i] <= positions[i - 1])
            return false;
    return n > 0 && positions[n - 1] < size;
}

static int prove_run(
    const source_t *source, const run_t *run, uint64_t first, uint64_t n, buf_t *proof)
{
    if (run->n == 0)
        return put_range_hash(source, first, n, proof);
    if (run->n == n) // nothing is missing below
        return 0;
    uint64_t split = split_of(n);
    run_t left;
    run_t right;
    divide_run(run, first + split, &left, &right);
    if (prove_run(source, &left, first, split, proof) != 0)
        return -1;
    return prove_run(source, &right, first + split, n - split, proof);
}

int merkle_prove_run(const uint64_t *positions, size_t n, uint64_t size,
    merkle_fetch_fn fetch, void *context, buf_t *proof)
{
    assert(run_valid(positions, n, size));
    source_t source = {fetch, context};
    run_t run = {.positions = positions, .n = n};
    return prove_run(&source, &run, 0, size, proof);
}

// How many splits lead from n leaves to the one at `index`.
static size_t depth_of(uint64_t index, uint64_t n)
{
    size_t depth = 0;
    for (; n > 1; depth++) {
        uint64_t split = split_of(n);
        if (index >= split) {
            index -= split;
            n -= split;
        } else
            n = split;
    }
    return depth;
}

// The hash beside this half of a range, which some path begins in.
static int put_beside(const run_t *half, uint64_t first, uint64_t n, buf_t *proof)
{
    size_t at = depth_of(half->positions[0] - first, n) * sizeof(hash_t);
    if (at + sizeof(hash_t) > half->known[0].size)
        return -1;
    buf_put(proof, half->known[0].data + at, sizeof(hash_t));
    return 0;
}

static int run_of_paths(const run_t *run, uint64_t first, uint64_t n, buf_t *proof)
{
    if (run->n == n)
        return 0;
    uint64_t split = split_of(n);
    run_t left, right;
    divide_run(run, first + split, &left, &right);
    if (left.n == 0 && put_beside(&right, first + split, n - split, proof) != 0)
        return -1;
    if (left.n > 0 && run_of_paths(&left, first, split, proof) != 0)
        return -1;
    if (right.n == 0)
        return put_beside(&left, first, split, proof);
    return run_of_paths(&right, first + split, n - split, proof);
}

int merkle_run_of_paths(
    const uint64_t *positions, const span_t *paths, size_t n, uint64_t size, buf_t *proof)
{
    if (!run_valid(positions, n, size))
        return -1;
    for (size_t i = 0; i < n; i++)
        if (paths[i].size != depth_of(positions[i], size) * sizeof(hash_t))
            return -1;
    run_t run = {.positions = positions, .known = paths, .n = n};
    return run_of_paths(&run, 0, size, proof);
}

static void put_sibling(const run_t *run, const hash_t *sibling)
{
    for (size_t i = 0; run->paths && i < run->n; i++)
        buf_put(&run->paths[i], sibling->bytes, sizeof sibling->bytes);
}

// Of a range whose leaves are all there.
static void whole_root(const hash_t *leaves, uint64_t n, hash_t *out)
{
    if (n == 1) {
        *out = *leaves;
        return;
    }
    uint64_t split = split_of(n);
    hash_t left, right;
    whole_root(leaves, split, &left);
    whole_root(leaves + split, n - split, &right);
    merkle_node(&left, &right, out);
}

// Siblings are appended on the way up, so every path starts at its leaf.
static void run_root(
    const run_t *run, uint64_t first, uint64_t n, reader_t *proof, hash_t *out)
{
    if (run->n == 0) {
        (void)take_into(proof, out->bytes, sizeof out->bytes);
        return;
    }
    if (run->n == n && (n == 1 || !run->paths)) {
        whole_root(run->leaves, n, out);
        return;
    }
    uint64_t split = split_of(n);
    run_t left;
    run_t right;
    hash_t left_hash = {{0}};
    hash_t right_hash = {{0}};
    divide_run(run, first + split, &left, &right);
    run_root(&left, first, split, proof, &left_hash);
    run_root(&right, first + split, n - split, proof, &right_hash);
    put_sibling(&left, &right_hash);
    put_sibling(&right, &left_hash);
    merkle_node(&left_hash, &right_hash, out);
}

int merkle_run_root(const uint64_t *positions, const hash_t *leaves, size_t n,
    uint64_t size, span_t proof, hash_t *root, buf_t *paths)
{
    if (!run_valid(positions, n, size))
        return -1;
    run_t run = {.positions = positions, .leaves = leaves, .paths = paths, .n = n};
    reader_t reader = reader_of(proof);
    run_root(&run, 0, size, &reader, root);
    return reader_done(&reader) ? 0 : -1;
}

// A node's number and that of the last node on its level, on the way from a leaf to the
// root.
typedef struct {
    uint64_t node, last;
} climb_t;

static void climb(climb_t *self)
{
    self->node >>= 1;
    self->last >>= 1;
}

// The next sibling stands left of the node.  A last node without a right sibling first
// rises to where it has a left one: see RFC 9162, section 2.1.3.2.
static bool sibling_is_left(climb_t *self)
{
    if (!(self->node & 1) && self->node != self->last)
        return false;
    while (!(self->node & 1) && self->node != 0)
        climb(self);
    return true;
}

int merkle_path_root(
    const hash_t *leaf, uint64_t index, uint64_t size, span_t path, hash_t *root)
{
    if (index >= size)
        return -1;
    climb_t at = {index, size - 1};
    reader_t reader = reader_of(path);
    hash_t hash = *leaf;
    hash_t sibling;
    while (reader.rest.size) {
        if (at.last == 0 || !take_into(&reader, sibling.bytes, sizeof sibling.bytes))
            return -1;
        if (sibling_is_left(&at))
            merkle_node(&sibling, &hash, &hash);
        else
            merkle_node(&hash, &sibling, &hash);
        climb(&at);
    }
    *root = hash;
    return at.last == 0 ? 0 : -1;
}

static int fetch_from_leaves(void *context, unsigned level, uint64_t index, hash_t *out)
{
    const hash_t *leaves = context;
    if (level == 0) {
        *out = leaves[index];
        return 0;
    }
    hash_t left;
    hash_t right;
    (void)fetch_from_leaves(context, level - 1, 2 * index, &left);
    (void)fetch_from_leaves(context, level - 1, 2 * index + 1, &right);
    merkle_node(&left, &right, out);
    return 0;
}

static void path_of(
    const source_t *source, uint64_t index, uint64_t first, uint64_t n, buf_t *path)
{
    if (n == 1)
        return;
    uint64_t split = split_of(n);
    if (index < first + split) {
        path_of(source, index, first, split, path);
        (void)put_range_hash(source, first + split, n - split, path);
    } else {
        path_of(source, index, first + split, n - split, path);
        (void)put_range_hash(source, first, split, path);
    }
}

void merkle_path_of(const hash_t *leaves, size_t n, size_t index, buf_t *path)
{
    assert(index < n);
    // The fetch only reads; the context of a fetch is not const because others' is not.
    source_t source = {fetch_from_leaves, (void *)(uintptr_t)leaves};
    path_of(&source, index, 0, n, path);
}

// SUBPROOF of RFC 6962, section 2.1.2; `whole` is its b: the old tree is this very range,
// whose root the verifier has.
static int prove_prefix(const source_t *source, uint64_t old_size, uint64_t first,
    uint64_t n, bool whole, buf_t *proof)
{
    if (old_size == n)
        return whole ? 0 : put_range_hash(source, first, n, proof);
    uint64_t split = split_of(n);
    if (old_size <= split) {
        if (prove_prefix(source, old_size, first, split, whole, proof) != 0)
            return -1;
        return put_range_hash(source, first + split, n - split, proof);
    }
    if (prove_prefix(source, old_size - split, first + split, n - split, false, proof) !=
        0)
        return -1;
    return put_range_hash(source, first, split, proof);
}

int merkle_prove_consistency(
    uint64_t old_size, uint64_t size, merkle_fetch_fn fetch, void *context, buf_t *proof)
{
    assert(old_size <= size);
    if (old_size == 0)
        return 0;
    source_t source = {fetch, context};
    return prove_prefix(&source, old_size, 0, size, true, proof);
}

// Climbs from the last complete subtree of the old tree, building both roots at once
// (RFC 9162, section 2.1.4.2).
static bool grows_to(uint64_t old_size, const hash_t *old_root, uint64_t size,
    const hash_t *root, reader_t *proof)
{
    climb_t at = {old_size - 1, size - 1};
    hash_t old_hash = *old_root;
    hash_t sibling;
    while (at.node & 1)
        climb(&at);
    // The root of a complete old tree is where the climb starts; it is not sent.
    if (!power_of_two(old_size) &&
        !take_into(proof, old_hash.bytes, sizeof old_hash.bytes))
        return false;
    hash_t hash = old_hash;
    while (proof->rest.size) {
        if (at.last == 0 || !take_into(proof, sibling.bytes, sizeof sibling.bytes))
            return false;
        if (sibling_is_left(&at)) {
            merkle_node(&sibling, &old_hash, &old_hash);
            merkle_node(&sibling, &hash, &hash);
        } else {
            merkle_node(&hash, &sibling, &hash);
        }
        climb(&at);
    }
    return at.last == 0 && hash_equal(&old_hash, old_root) && hash_equal(&hash, root);
}

int merkle_check_consistency(uint64_t old_size, const hash_t *old_root, uint64_t size,
    const hash_t *root, span_t proof)
{
    hash_t empty;
    reader_t reader = reader_of(proof);
    if (old_size > size)
        return -1;
    if (old_size == size)
        return proof.size == 0 && hash_equal(old_root, root) ? 0 : -1;
    if (old_size == 0) {
        merkle_empty(&empty);
        return proof.size == 0 && hash_equal(old_root, &empty) ? 0 : -1;
    }
    return grows_to(old_size, old_root, size, root, &reader) ? 0 : -1;
}
