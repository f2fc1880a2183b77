// tree - the Merkle tree over the journal's entries, able to prove any of them.
//
// The peaks are in memory, all complete subtree hashes in a column.

#ifndef HUB_STATE_TREE_H
#define HUB_STATE_TREE_H

#include "lib/base/cause.h"
#include "lib/tlog/merkle.h"

typedef struct tree tree_t;

tree_t *tree_open(const char *state_folder, cause_t *why); // empty: the replay fills it
// As it was when tree_save wrote this.
tree_t *tree_again(const char *state_folder, reader_t *from, cause_t *why);
void tree_save(const tree_t *self, buf_t *out);
void tree_close(tree_t **self_p);
int tree_add(tree_t *self, const hash_t *leaf_hash, cause_t *why);
// Leaves whose subtrees are hashed already: what merkle_grow gave for one after the
// other, from this tree's peaks on.
int tree_grow(tree_t *self, span_t complete, cause_t *why);
uint64_t tree_size(const tree_t *self);
void tree_root(const tree_t *self, hash_t *root);
const merkle_t *tree_peaks(const tree_t *self); // of now, to try out what would follow
// Proofs against the tree as it was at `size` (at most tree_size).
int tree_prove_run(const tree_t *self, const uint64_t *positions, size_t n, uint64_t size,
    buf_t *proof, cause_t *why);
int tree_prove_consistency(
    const tree_t *self, uint64_t old_size, uint64_t size, buf_t *proof, cause_t *why);
int tree_root_at(const tree_t *self, uint64_t size, hash_t *root, cause_t *why);
// The hash of the complete subtree of 2^level leaves from leaf index << level on.
int tree_subtree(
    const tree_t *self, unsigned level, uint64_t index, hash_t *hash, cause_t *why);
// Whether all of it that was wanted could be read.
int tree_check(const tree_t *self, cause_t *why);

#endif
