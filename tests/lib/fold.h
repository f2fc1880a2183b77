// fold - a stand-in for the hub's state over the journal: the tree, and checks on each
// entry.
//
// Entry p of batch b is made from p and the batch alone, so that any reader can make it
// again and compare byte for byte.

#ifndef TESTS_LIB_FOLD_H
#define TESTS_LIB_FOLD_H

#include "hub/journal/journal.h"
#include "lib/tlog/merkle.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

typedef struct {
    merkle_t tree;
    uint64_t entries; // seen so far
    uint64_t wrong;   // entries that were not what they should be
    size_t size;      // about how large an entry's document is
} fold_t;

static inline void fold_document(const fold_t *self, uint64_t position, buf_t *out)
{
    size_t size = self->size ? self->size + (size_t)(position * 7 % 61) : 0;
    for (size_t i = 0; i < size; i++)
        buf_put_u8(out, (uint8_t)(' ' + (position * 31 + i * 7) % 90));
}

// Its leaf in the tree that was sealed.
static inline void fold_leaf(const fold_t *self, uint64_t position, buf_t *out)
{
    hash_t hash;
    buf_t document = {0};
    fold_document(self, position, &document);
    sha256(buf_span(&document), &hash);
    merkle_leaf(span_of(hash.bytes, sizeof hash), &hash);
    buf_put(out, hash.bytes, sizeof hash);
    buf_destroy(&document);
}

// Of four entries the first has a text for a seal, the second none; the others are under
// one head, in which nobody's signature is.  Whether it is such a head.
static inline bool fold_seal(const fold_t *self, uint64_t position, buf_t *out)
{
    hash_t root;
    buf_t leaves = {0};
    if (position % 4 == 0)
        buf_printf(out, "seal %" PRIu64, position);
    if (position % 4 < 2)
        return false;
    fold_leaf(self, position & ~UINT64_C(1), &leaves);
    fold_leaf(self, position | 1, &leaves);
    merkle_node((const hash_t *)(const void *)leaves.data,
        (const hash_t *)(const void *)(leaves.data + sizeof root), &root);
    buf_put_text(out, "a head\ncount 2\nroot ");
    buf_put_base64(out, span_of(root.bytes, sizeof root));
    buf_put_text(out, "\n");
    buf_destroy(&leaves);
    return true;
}

// The bytes of the entry at a position, for ever the same.
static inline void fold_make(
    const fold_t *self, uint64_t position, buf_t *out, entry_t *entry)
{
    buf_clear(out);
    buf_printf(out, "leaf of position %" PRIu64, position);
    size_t leaf = out->size;
    fold_document(self, position, out);
    size_t seal = out->size;
    bool placed = fold_seal(self, position, out);
    size_t path = out->size;
    if (placed)
        fold_leaf(self, position ^ 1, out); // of two: the other
    // Every third entry has no record.
    size_t record = out->size;
    if (position % 3 != 0)
        buf_printf(out, "record %" PRIu64, position);
    *entry = (entry_t){.leaf = span_of(out->data, leaf),
        .document = span_of(out->data + leaf, seal - leaf),
        .seal = span_of(out->data + seal, path - seal),
        .record = span_of(out->data + record, out->size - record),
        .placed = placed,
        .index = placed ? position & 1 : 0,
        .path = span_of(out->data + path, record - path)};
}

static inline bool fold_same(const fold_t *self, uint64_t position, const entry_t *entry)
{
    buf_t memory = {0};
    entry_t wanted;
    fold_make(self, position, &memory, &wanted);
    bool same = span_equal(wanted.leaf, entry->leaf) &&
                span_equal(wanted.document, entry->document) &&
                span_equal(wanted.seal, entry->seal) &&
                span_equal(wanted.record, entry->record) &&
                wanted.placed == entry->placed && wanted.index == entry->index &&
                (!entry->proven || span_equal(wanted.path, entry->path));
    buf_destroy(&memory);
    return same;
}

static inline void fold_add(fold_t *self, const entry_t *entry)
{
    hash_t leaf;
    merkle_leaf(entry->leaf, &leaf);
    merkle_add(&self->tree, &leaf);
    self->entries++;
}

static inline int fold_entry(
    void *context, uint64_t position, const entry_t *entry, cause_t *why)
{
    fold_t *self = context;
    (void)why;
    if (position != self->entries || !fold_same(self, position, entry))
        self->wrong++;
    fold_add(self, entry);
    return 0;
}

static inline void fold_root(void *context, hash_t *root)
{
    const fold_t *self = context;
    merkle_root(&self->tree, root);
}

// Append the next `n` entries as one batch, and fold them when that went well.
static inline journal_result_t fold_append(
    fold_t *self, journal_t *journal, size_t n, cause_t *why)
{
    enum { MOST = 64 };
    static buf_t memory[MOST];
    entry_t entry[MOST];
    hash_t root;
    n = n < MOST ? n : MOST;
    for (size_t i = 0; i < n; i++)
        fold_make(self, self->entries + i, &memory[i], &entry[i]);
    merkle_root(&self->tree, &root);
    journal_result_t result =
        journal_append(journal, self->entries, &root, entry, n, why);
    if (result == JOURNAL_OK)
        result = journal_wait(journal, why);
    for (size_t i = 0; i < n && result == JOURNAL_OK; i++)
        fold_add(self, &entry[i]);
    return result;
}

#endif
