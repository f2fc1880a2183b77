// draft - leaves need the hash of the seal, and one seal covers all derived messages of a
// turn: so leaves are written last, when the turn is complete.

#include "hub/journal/draft.h"

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include "lib/tlog/erasure.h"
#include "lib/tlog/merkle.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

// A line takes more than half a KiB: these are what a processor has at hand.
enum { KEPT_LINES = 4096 };

struct draft {
    arena_t *arena;
    uint64_t first;
    int64_t time_ms;
    draft_item_t *items;
    size_t n, room;
    size_t kept; // lines of records
    buf_t scratch;
    buf_t complete; // hashes
};

draft_t *draft_new(void)
{
    draft_t *self = memory_new(1, sizeof *self);
    self->arena = arena_new();
    return self;
}

void draft_destroy(draft_t **self_p)
{
    draft_t *self = *self_p;
    if (!self)
        return;
    buf_destroy(&self->scratch);
    buf_destroy(&self->complete);
    free(self->items);
    arena_destroy(&self->arena);
    free(self);
    *self_p = NULL;
}

void draft_clear(draft_t *self, uint64_t first, int64_t time_ms)
{
    self->first = first;
    self->time_ms = time_ms;
    self->n = 0;
    self->kept = 0;
    arena_clear(self->arena);
}

void draft_cut(draft_t *self, size_t n)
{
    assert(n <= self->n);
    self->n = n;
}

uint64_t draft_first(const draft_t *self)
{
    return self->first;
}

size_t draft_count(const draft_t *self)
{
    return self->n;
}

draft_item_t *draft_at(draft_t *self, size_t i)
{
    return &self->items[i];
}

draft_item_t *draft_find(draft_t *self, uint64_t position)
{
    uint64_t first = draft_first(self);
    bool has = position >= first && position - first < draft_count(self);
    return has ? draft_at(self, position - first) : NULL;
}

entry_t draft_entry(const draft_item_t *item)
{
    return (entry_t){.leaf = item->bytes,
        .document = item->document,
        .seal = item->seal.head,
        .record = item->record,
        .hashes = &item->hashes,
        .placed = item->placed,
        .index = item->seal.index,
        .proven = item->placed,
        .path = item->seal.path};
}

size_t draft_bytes(const draft_item_t *item)
{
    return LEAF_MAX + item->document.size + item->seal.head.size + item->seal.path.size +
           item->record.size;
}

size_t draft_bytes_from(const draft_t *self, size_t from)
{
    size_t bytes = 0;
    for (size_t i = from; i < self->n; i++)
        bytes += draft_bytes(&self->items[i]);
    return bytes;
}

arena_t *draft_arena(draft_t *self)
{
    return self->arena;
}

draft_item_t *draft_add(
    draft_t *self, const char *type, const char *kind, const char *author, const char *id)
{
    if (self->n == self->room) {
        self->room = self->room ? self->room * 2 : 64;
        self->items = memory_grow(self->items, self->room, sizeof *self->items);
    }
    draft_item_t *item = &self->items[self->n];
    *item = (draft_item_t){0};
    item->leaf.position = self->first + self->n;
    item->leaf.time_ms = self->time_ms;
    (void)text_copy(span_text(type), item->leaf.type, sizeof item->leaf.type);
    (void)text_copy(span_text(kind), item->leaf.kind, sizeof item->leaf.kind);
    (void)text_copy(span_text(author), item->leaf.author, sizeof item->leaf.author);
    (void)text_copy(span_text(id), item->leaf.id, sizeof item->leaf.id);
    self->n++;
    return item;
}

// A part and its hash; an empty part is none.
static void set_part(
    span_t *part, bool *has, hash_t *hash, span_t bytes, const hash_t *known)
{
    *part = bytes;
    *has = bytes.size > 0;
    if (*has && known)
        *hash = *known;
    else if (*has)
        sha256(bytes, hash);
}

void draft_add_text(draft_t *self, const char *type, const char *author, span_t text)
{
    draft_item_t *item = draft_add(self, type, "", author, "");
    draft_set_document(item, arena_copy(self->arena, text), NULL);
}

void draft_set_document(draft_item_t *item, span_t document, const hash_t *hash)
{
    item->bytes = (span_t){0};
    set_part(
        &item->document, &item->leaf.has_document, &item->leaf.document, document, hash);
}

void draft_set_seal(draft_item_t *item, span_t text)
{
    item->bytes = (span_t){0};
    item->seal = (seal_place_t){0};
    item->placed = false;
    set_part(&item->seal.head, &item->leaf.has_seal, &item->leaf.seal, text, NULL);
}

void draft_set_place(draft_item_t *item, const seal_place_t *place, const hash_t *hash)
{
    item->bytes = (span_t){0};
    item->seal = *place;
    item->placed = place->head.size > 0;
    set_part(&item->seal.head, &item->leaf.has_seal, &item->leaf.seal, place->head, hash);
}

void draft_set_record(draft_t *self, draft_item_t *item, span_t record)
{
    span_t copy = arena_copy(self->arena, record);
    item->bytes = (span_t){0};
    item->routing = NULL;
    set_part(&item->record, &item->leaf.has_record, &item->leaf.record, copy, NULL);
}

routing_t *draft_routing(draft_t *self, const draft_item_t *item)
{
    size_t lines = text_lines(item->record);
    if (lines > KEPT_LINES - self->kept)
        return NULL;
    self->kept += lines;
    return routing_in(self->arena, lines);
}

// One signature over all derived documents of the turn.
static void seal_derived(draft_t *self, const char *origin, const seal_key_t *key)
{
    hash_t *hashes = arena_take(self->arena, self->n * sizeof *hashes);
    hash_t *leaves = arena_take(self->arena, self->n * sizeof *leaves);
    size_t n = 0;
    for (size_t i = 0; i < self->n; i++)
        if (self->items[i].derived) {
            hashes[n] = self->items[i].leaf.document;
            merkle_leaf(span_of(hashes[n].bytes, sizeof(hash_t)), &leaves[n]);
            n++;
        }
    if (n == 0)
        return;
    seal_head_t head;
    cause_t why;
    seal_head_begin(&head, origin, hashes, n);
    if (seal_head_sign(&head, key, &why) != 0)
        abort(); // an empty head takes a signature
    buf_clear(&self->scratch);
    seal_head_print(&head, &self->scratch);
    span_t text = arena_copy(self->arena, buf_span(&self->scratch));
    hash_t hash;
    sha256(text, &hash);
    uint32_t place = 0;
    for (size_t i = 0; i < self->n; i++) {
        draft_item_t *item = &self->items[i];
        if (!item->derived)
            continue;
        buf_clear(&self->scratch);
        merkle_path_of(leaves, n, place, &self->scratch);
        span_t path = arena_copy(self->arena, buf_span(&self->scratch));
        draft_set_place(item, &(seal_place_t){text, place++, path}, &hash);
    }
}

span_t draft_leaf(draft_t *self, draft_item_t *item)
{
    buf_clear(&self->scratch);
    item->bytes = (span_t){0};
    if (leaf_put(&item->leaf, &self->scratch))
        item->bytes = arena_copy(self->arena, buf_span(&self->scratch));
    return item->bytes;
}

void draft_finish(draft_t *self, const char *origin, const seal_key_t *key)
{
    seal_derived(self, origin, key);
    for (size_t i = 0; i < self->n; i++) {
        draft_item_t *item = &self->items[i];
        if (item->bytes.size == 0)
            (void)draft_leaf(self, item);
        assert(item->bytes.size > 0); // what is forged would be in the log for ever
        item->hashes = (entry_hashes_t){.document = item->leaf.document,
            .seal = item->leaf.seal,
            .record = item->leaf.record};
        if (leaf_is_former(&item->leaf) && erasure_of(item->document))
            sha256(item->document, &item->hashes.document); // its leaf has what it was
        merkle_leaf(item->bytes, &item->hashes.leaf);
    }
}

const entry_t *draft_entries(draft_t *self, merkle_t *tree)
{
    size_t n = draft_count(self);
    entry_t *entries = arena_take(self->arena, n * sizeof *entries);
    buf_clear(&self->complete);
    for (size_t i = 0; i < n; i++) {
        const draft_item_t *item = draft_at(self, i);
        entries[i] = draft_entry(item);
        merkle_grow(tree, &item->hashes.leaf, &self->complete);
    }
    return entries;
}

span_t draft_complete(const draft_t *self)
{
    return buf_span(&self->complete);
}
