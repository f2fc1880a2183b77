// merkle - the RFC 6962 tree: hashing, growth, proofs for one entry, for a run of
// entries, and of consistency.
//
// A leaf hash is SHA-256(0x00 || data), a node is SHA-256(0x01 || left || right); a tree
// of n leaves splits at the largest power of two below n (RFC 6962, section 2.1).

#ifndef LIB_TLOG_MERKLE_H
#define LIB_TLOG_MERKLE_H

#include "lib/base/bytes.h"

void merkle_leaf(span_t data, hash_t *out);
void merkle_node(const hash_t *left, const hash_t *right, hash_t *out);
void merkle_empty(hash_t *out); // the root of no leaves: SHA-256 of nothing

// A growing tree that remembers only the roots of its complete subtrees (at most 64).
typedef struct {
    uint64_t size;
    hash_t peak[64]; // peak[level] is set where bit `level` of size is
} merkle_t;

void merkle_add(merkle_t *self, const hash_t *leaf);
// The same; the hashes of the subtrees that are complete with this leaf, its own first,
// are appended to `complete`.
void merkle_grow(merkle_t *self, const hash_t *leaf, buf_t *complete);
void merkle_root(const merkle_t *self, hash_t *out);

// The hash of the complete subtree of 2^level leaves that starts at leaf index << level.
// Returns 0, or -1 when it cannot be had (then the proof being built fails).
typedef int (*merkle_fetch_fn)(
    void *context, unsigned level, uint64_t index, hash_t *out);

// A run proof shows that all leaves at `positions` (strictly increasing, n >= 1, all
// below size) belong to the tree of that size, with the least number of hashes.  It is
// the list of hashes met in this walk of [0, size): a subtree without any of the
// positions yields its hash; a leaf at a position yields nothing; anything else is split
// as in RFC 6962 and its left half walked before its right.  For n = 1 the hashes are
// those of the RFC's audit path in another order.  Appends the hashes, 32 bytes each, to
// `proof`.  -1 if a fetch failed.
int merkle_prove_run(const uint64_t *positions, size_t n, uint64_t size,
    merkle_fetch_fn fetch, void *context, buf_t *proof);

// The root that the proof and the leaves lead to.  Returns -1 when positions are not
// strictly increasing below size, or the proof has too few or too many hashes.  When
// `paths` is not NULL, paths[i] receives (appended) the RFC 6962 audit path of leaf i,
// leaf's sibling first.
int merkle_run_root(const uint64_t *positions, const hash_t *leaves, size_t n,
    uint64_t size, span_t proof, hash_t *root, buf_t *paths);

// The same proof out of the audit paths of its leaves (as merkle_run_root gives them),
// which must hold in one tree: nothing is hashed.  -1 when a path has the wrong length.
int merkle_run_of_paths(const uint64_t *positions, const span_t *paths, size_t n,
    uint64_t size, buf_t *proof);

// The root an RFC 6962 audit path leads to (section 2.1.1; `path` is 32 bytes a hash).
// Returns -1 when the path has the wrong length for this index and size.
int merkle_path_root(
    const hash_t *leaf, uint64_t index, uint64_t size, span_t path, hash_t *root);

// All audit paths of a small tree whose leaves are at hand (an author's batch):
// path of `index` appended to `path`.
void merkle_path_of(const hash_t *leaves, size_t n, size_t index, buf_t *path);

// RFC 6962 section 2.1.2: the proof that the tree of `old_size` is a prefix of that of
// `size`.
int merkle_prove_consistency(
    uint64_t old_size, uint64_t size, merkle_fetch_fn fetch, void *context, buf_t *proof);
int merkle_check_consistency(uint64_t old_size, const hash_t *old_root, uint64_t size,
    const hash_t *root, span_t proof);

#endif
