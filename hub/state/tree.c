// tree - all hashes that never change, in the order in which they come to be.
//
// Adding leaf n completes its own "subtree" and then one subtree for every trailing one
// bit of n: the column holds them in that order, which is that of merkle_grow.  Before
// leaf n there are n leaf hashes, n/2 of their parents and so on, together 2n minus the
// number of one bits of n; a complete subtree's hash stands `level` places after its last
// leaf.  So an index is a little arithmetic, and a tree of any earlier size is there at
// no cost.

#include "hub/state/tree.h"

#include "hub/journal/column.h"
#include "lib/base/file.h"
#include "lib/base/memory.h"

#include <assert.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

struct tree {
    merkle_t peaks;
    column_t *hashes;
    buf_t complete; // memory of one addition
};

// `from` says what was in it; NULL: it is to be empty.
static tree_t *open_hashes(const char *state_folder, reader_t *from, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, state_folder, "hashes", why) != 0)
        return NULL;
    tree_t *self = memory_new(1, sizeof *self);
    self->hashes = from ? column_again(path, sizeof(hash_t), from, why)
                        : column_open(path, sizeof(hash_t), why);
    if (!self->hashes)
        tree_close(&self);
    return self;
}

tree_t *tree_open(const char *state_folder, cause_t *why)
{
    return open_hashes(state_folder, NULL, why);
}

void tree_close(tree_t **self_p)
{
    tree_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    column_close(&self->hashes);
    buf_destroy(&self->complete);
    free(self);
}

// The last hash of a leaf is the new peak; until then its subtrees had a left sibling.
static void note_peaks(merkle_t *peaks, span_t complete)
{
    reader_t reader = reader_of(complete);
    while (reader.rest.size > 0) {
        unsigned level = (unsigned)__builtin_ctzll(~peaks->size);
        (void)take_bytes(&reader, level * sizeof(hash_t));
        (void)take_into(&reader, peaks->peak[level].bytes, sizeof(hash_t));
        peaks->size++;
    }
    assert(!reader.bad);
}

// The column comes first and takes all or nothing: after a failure the tree is as it was.
int tree_grow(tree_t *self, span_t complete, cause_t *why)
{
    if (column_add_all(
            self->hashes, complete.data, complete.size / sizeof(hash_t), why) != 0)
        return cause_prefix(why, "tree");
    note_peaks(&self->peaks, complete);
    return 0;
}

int tree_add(tree_t *self, const hash_t *leaf_hash, cause_t *why)
{
    merkle_t after = self->peaks;
    buf_clear(&self->complete);
    merkle_grow(&after, leaf_hash, &self->complete);
    return tree_grow(self, buf_span(&self->complete), why);
}

uint64_t tree_size(const tree_t *self)
{
    return self->peaks.size;
}

void tree_root(const tree_t *self, hash_t *root)
{
    merkle_root(&self->peaks, root);
}

const merkle_t *tree_peaks(const tree_t *self)
{
    return &self->peaks;
}

// Where the hash of the subtree of 2^level leaves from leaf index << level on is kept.
static uint64_t place_of(unsigned level, uint64_t index)
{
    uint64_t last = ((index + 1) << level) - 1;
    return 2 * last - (uint64_t)__builtin_popcountll(last) + level;
}

// The peaks are read off the column, which must be that of a tree of this size.
static int find_peaks(tree_t *self, uint64_t size, cause_t *why)
{
    uint64_t hashes = 2 * size - (uint64_t)__builtin_popcountll(size);
    if (size > UINT64_MAX / 4 || column_count(self->hashes) != hashes)
        return cause_set(why, "hashes: not those of %" PRIu64 " entries", size);
    for (unsigned level = 0; level < 64; level++)
        if (size >> level & 1 &&
            column_get(self->hashes, place_of(level, (size >> level) - 1),
                &self->peaks.peak[level], why) != 0)
            return -1;
    self->peaks.size = size;
    return 0;
}

tree_t *tree_again(const char *state_folder, reader_t *from, cause_t *why)
{
    uint64_t size = take_u64(from);
    tree_t *self = open_hashes(state_folder, from, why);
    if (self && find_peaks(self, size, why) != 0)
        tree_close(&self);
    return self;
}

void tree_save(const tree_t *self, buf_t *out)
{
    buf_put_u64(out, self->peaks.size);
    column_save(self->hashes, out);
}

typedef struct {
    const tree_t *tree;
    cause_t *why;
} fetch_t;

static int fetch(void *context, unsigned level, uint64_t index, hash_t *out)
{
    const fetch_t *self = context;
    const merkle_t *peaks = &self->tree->peaks;
    // The newest subtree of each level is a peak when it has no sibling yet.
    if (peaks->size >> level == index + 1 && !(index & 1)) {
        *out = peaks->peak[level];
        return 0;
    }
    return column_get(self->tree->hashes, place_of(level, index), out, self->why);
}

static int check_size(const tree_t *self, uint64_t size, cause_t *why)
{
    if (size <= self->peaks.size)
        return 0;
    return cause_set(why, "tree: asked about size %" PRIu64 ", it has %" PRIu64, size,
        self->peaks.size);
}

int tree_prove_run(const tree_t *self, const uint64_t *positions, size_t n, uint64_t size,
    buf_t *proof, cause_t *why)
{
    fetch_t from = {self, why};
    if (check_size(self, size, why) != 0)
        return -1;
    (void)cause_set(why, "tree: no such run of positions below %" PRIu64, size);
    return merkle_prove_run(positions, n, size, fetch, &from, proof);
}

int tree_prove_consistency(
    const tree_t *self, uint64_t old_size, uint64_t size, buf_t *proof, cause_t *why)
{
    fetch_t from = {self, why};
    if (check_size(self, size, why) != 0)
        return -1;
    (void)cause_set(
        why, "tree: no proof from size %" PRIu64 " to size %" PRIu64, old_size, size);
    return merkle_prove_consistency(old_size, size, fetch, &from, proof);
}

int tree_root_at(const tree_t *self, uint64_t size, hash_t *root, cause_t *why)
{
    fetch_t from = {self, why};
    merkle_t then = {.size = size};
    if (check_size(self, size, why) != 0)
        return -1;
    for (unsigned level = 0; level < 64; level++)
        if (size >> level & 1 &&
            fetch(&from, level, (size >> level) - 1, &then.peak[level]) != 0)
            return -1;
    merkle_root(&then, root);
    return 0;
}

int tree_subtree(
    const tree_t *self, unsigned level, uint64_t index, hash_t *hash, cause_t *why)
{
    fetch_t from = {self, why};
    return fetch(&from, level, index, hash);
}

int tree_check(const tree_t *self, cause_t *why)
{
    return column_check(self->hashes, why);
}
