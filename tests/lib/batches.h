// batches - whole batches of a segment, for tests of what reads them.

#ifndef TESTS_LIB_BATCHES_H
#define TESTS_LIB_BATCHES_H

#include "lib/tlog/leaf.h"
#include "lib/tlog/segment.h"
#include "tests/lib/test.h"

static inline void batch_write(
    buf_t *out, batch_header_t *header, const entry_t *entries, size_t n)
{
    cause_t why;
    batcher_t *batcher = batcher_new();
    if (batcher_put(batcher, out, header, entries, n, &why) != 0)
        fail_msg("%s", why.text);
    batcher_destroy(&batcher);
}

// With entries under seals: two documents that were sealed together, apart from each
// other, one of three that were, one with a text for a seal, and one without.
enum { BATCH_MIXED = 6 };

typedef struct {
    char document[BATCH_MIXED][64];
    hash_t hash[BATCH_MIXED], leaf[4];
    buf_t octets[BATCH_MIXED], head[2], path[BATCH_MIXED];
    entry_t entry[BATCH_MIXED];
} batch_mixed_t;

// Of which seal an entry is, and where; 2: of none.
static const struct {
    size_t seal, index;
} batch_mixed_places[BATCH_MIXED] = {{0, 0}, {1, 2}, {2, 0}, {0, 1}, {2, 0}, {1, 3}};

static inline void batch_mixed_head(batch_mixed_t *self, size_t seal, size_t count)
{
    static const hash_t other = {{7}};
    merkle_t tree = {0};
    hash_t root, leaf[4];
    for (size_t i = 0; i < count; i++)
        leaf[i] = other;
    for (size_t i = 0; i < BATCH_MIXED; i++)
        if (batch_mixed_places[i].seal == seal)
            merkle_leaf(span_of(&self->hash[i], sizeof(hash_t)),
                &leaf[batch_mixed_places[i].index]);
    for (size_t i = 0; i < count; i++)
        merkle_add(&tree, &leaf[i]);
    merkle_root(&tree, &root);
    buf_printf(&self->head[seal], "head %zu\ncount %zu\nroot ", seal, count);
    buf_put_base64(&self->head[seal], span_of(root.bytes, sizeof root));
    buf_put_u8(&self->head[seal], '\n');
    for (size_t i = 0; i < BATCH_MIXED; i++)
        if (batch_mixed_places[i].seal == seal)
            merkle_path_of(leaf, count, batch_mixed_places[i].index, &self->path[i]);
}

// Entries from this position on, with leaves that can be read.
static inline void batch_mixed_open(batch_mixed_t *self, uint64_t position)
{
    *self = (batch_mixed_t){0};
    for (size_t i = 0; i < BATCH_MIXED; i++) {
        (void)snprintf(self->document[i], sizeof self->document[i], "{\"position\":%llu}",
            (unsigned long long)(position + i));
        sha256(span_text(self->document[i]), &self->hash[i]);
    }
    batch_mixed_head(self, 0, 2);
    batch_mixed_head(self, 1, 4);
    for (size_t i = 0; i < BATCH_MIXED; i++) {
        size_t seal = batch_mixed_places[i].seal;
        leaf_t leaf = {.position = position + i,
            .type = "message",
            .has_document = true,
            .document = self->hash[i]};
        leaf_put(&leaf, &self->octets[i]);
        self->entry[i] = (entry_t){.leaf = buf_span(&self->octets[i]),
            .document = span_text(self->document[i]),
            .record = span_text(i % 2 ? "a record" : "")};
        if (seal < 2) {
            self->entry[i].seal = buf_span(&self->head[seal]);
            self->entry[i].placed = true;
            self->entry[i].index = (uint32_t)batch_mixed_places[i].index;
            self->entry[i].path = buf_span(&self->path[i]);
        } else if (i == 2)
            self->entry[i].seal = span_text("seals of rules");
    }
}

static inline void batch_mixed_close(batch_mixed_t *self)
{
    for (size_t i = 0; i < BATCH_MIXED; i++) {
        buf_destroy(&self->octets[i]);
        buf_destroy(&self->path[i]);
    }
    buf_destroy(&self->head[0]);
    buf_destroy(&self->head[1]);
}

// Where the seals end and the entries of a batch begin.
static inline size_t batch_body(span_t batch)
{
    batch_header_t header;
    assert_true(batch_header_take(&header, batch));
    return BATCH_HEADER + header.front;
}

// The checksum of a batch whose entries were changed: as a hub would write it that is
// wrong and does not know.
static inline void batch_sum_again(uint8_t *batch, size_t size)
{
    const span_t all = span_of(batch, size);
    size_t body = batch_body(all);
    hash_t sum;
    buf_t summed = {0};
    batch_front_t front = {0};
    reader_t from = reader_of(span_of(batch + body, size - 32 - body));
    (void)batch_front_take(&front, span_of(batch + BATCH_HEADER, body - BATCH_HEADER));
    buf_put(&summed, batch, body);
    while (from.rest.size > 0 && !from.bad) {
        uint16_t head = 0;
        entry_hashes_t hashes = {0};
        const uint8_t *at = from.rest.data;
        entry_t entry = entry_take(&from, &front, &head);
        merkle_leaf(entry.leaf, &hashes.leaf);
        if (entry.document.size > 0)
            sha256(entry.document, &hashes.document);
        if (entry.seal.size > 0)
            sha256(entry.seal, &hashes.seal);
        if (entry.record.size > 0)
            sha256(entry.record, &hashes.record);
        buf_put(&summed, at, entry.placed ? 1 + ENTRY_PLACE : 1);
        buf_put(&summed, &hashes, sizeof hashes);
    }
    sha256(buf_span(&summed), &sum);
    memcpy(batch + size - sizeof sum, sum.bytes, sizeof sum);
    batch_front_close(&front);
    buf_destroy(&summed);
}

#endif
