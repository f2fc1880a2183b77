// parcel - one arena holds the documents and paths, one array says where they are.
//
// The tree is built level by level with the odd node carried up unchanged, which gives
// the same tree as RFC 6962's split at the largest power of two, and every path in one
// pass.

#include "nodes/link/parcel.h"

#include "lib/base/memory.h"
#include "lib/base/text.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    char id[MESSAGE_ID_MAX];
    uint64_t tag;
    size_t document, document_size; // places in the arena, which may move while it grows
    size_t path, path_size;
    uint32_t index;
    hash_t hash;
} place_t;

struct parcel {
    buf_t arena;
    buf_t head; // empty until sealed
    hash_t head_hash;
    size_t n, room;
    place_t *place;
};

parcel_t *parcel_new(void)
{
    parcel_t *self = memory_new(1, sizeof *self);
    return self;
}

void parcel_destroy(parcel_t **self_p)
{
    parcel_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    buf_destroy(&self->arena);
    buf_destroy(&self->head);
    free(self->place);
    free(self);
}

static place_t *place_new(parcel_t *self)
{
    assert(self->n < PARCEL_MAX);
    if (self->n == self->room) {
        self->room = self->room ? self->room * 2 : 8;
        self->place = memory_grow(self->place, self->room, sizeof *self->place);
    }
    place_t *place = &self->place[self->n++];
    *place = (place_t){0};
    return place;
}

static place_t *keep(parcel_t *self, const char *id, span_t document, uint64_t tag)
{
    place_t *place = place_new(self);
    (void)text_copy(span_text(id), place->id, sizeof place->id);
    place->tag = tag;
    place->document = self->arena.size;
    place->document_size = document.size;
    buf_put_span(&self->arena, document);
    sha256(document, &place->hash);
    return place;
}

void parcel_add(parcel_t *self, const char *id, span_t document, uint64_t tag)
{
    assert(self->head.size == 0);
    (void)keep(self, id, document, tag);
}

static span_t path_of(const parcel_t *self, size_t i)
{
    const place_t *place = &self->place[i];
    return span_of(self->arena.data + place->path, place->path_size);
}

// The sibling of leaf `index` on each level, leaf's first.  `level` holds the levels one
// after the other, the lowest with n hashes.
static void put_path(buf_t *out, const hash_t *level, size_t n, size_t index)
{
    while (n > 1) {
        size_t sibling = index ^ 1;
        if (sibling < n)
            buf_put(out, level[sibling].bytes, sizeof level[sibling].bytes);
        level += n;
        n = (n + 1) / 2;
        index /= 2;
    }
}

// All levels of the tree over the documents, lowest first, and its root, which is the
// last of them.  The caller frees it.
static hash_t *levels_new(const parcel_t *self, const hash_t **root)
{
    hash_t *level = memory_new(2 * self->n + 32, sizeof *level);
    for (size_t i = 0; i < self->n; i++)
        merkle_leaf(span_of(self->place[i].hash.bytes, sizeof self->place[i].hash.bytes),
            &level[i]);
    hash_t *below = level;
    for (size_t n = self->n; n > 1; n = (n + 1) / 2) {
        hash_t *above = below + n;
        for (size_t i = 0; i + 1 < n; i += 2)
            merkle_node(&below[i], &below[i + 1], &above[i / 2]);
        if (n % 2)
            above[n / 2] = below[n - 1];
        below = above;
    }
    *root = below;
    return level;
}

static int sign_head(parcel_t *self, const char *origin, const hash_t *root,
    const seal_key_t *const *keys, size_t n, cause_t *why)
{
    seal_head_t head;
    seal_head_of(&head, origin, root, self->n);
    for (size_t i = 0; i < n; i++)
        if (seal_head_sign(&head, keys[i], why) != 0)
            return -1;
    seal_head_print(&head, &self->head);
    sha256(buf_span(&self->head), &self->head_hash);
    return 0;
}

int parcel_seal(parcel_t *self, const char *origin, const seal_key_t *const *keys,
    size_t n, cause_t *why)
{
    assert(self->n > 0 && self->head.size == 0);
    const hash_t *root;
    hash_t *level = levels_new(self, &root);
    int result = sign_head(self, origin, root, keys, n, why);
    for (size_t i = 0; result == 0 && i < self->n; i++) {
        place_t *place = &self->place[i];
        place->index = (uint32_t)i;
        place->path = self->arena.size;
        put_path(&self->arena, level, self->n, i);
        place->path_size = self->arena.size - place->path;
    }
    free(level);
    return result;
}

int parcel_restore(parcel_t *self, const char *id, span_t document, span_t seal,
    uint64_t tag, cause_t *why)
{
    seal_t parsed;
    hash_t hash;
    sha256(document, &hash);
    if (seal_parse(&parsed, seal, why) != 0 || seal_check_place(&parsed, &hash, why) != 0)
        return -1;
    buf_t head = {0};
    seal_head_print(&parsed.head, &head);
    bool other = self->head.size > 0 && !span_equal(buf_span(&head), parcel_head(self));
    if (self->head.size == 0) {
        buf_put_span(&self->head, buf_span(&head));
        sha256(buf_span(&head), &self->head_hash);
    }
    buf_destroy(&head);
    if (other)
        return cause_set(why, "the seal has another head than its parcel");

    place_t *place = keep(self, id, document, tag);
    place->index = parsed.index;
    place->path = self->arena.size;
    for (size_t i = 0; i < parsed.path_length; i++)
        buf_put(&self->arena, parsed.path[i].bytes, sizeof parsed.path[i].bytes);
    place->path_size = self->arena.size - place->path;
    return 0;
}

size_t parcel_count(const parcel_t *self)
{
    return self->n;
}

span_t parcel_head(const parcel_t *self)
{
    return buf_span(&self->head);
}

parcel_item_t parcel_item(const parcel_t *self, size_t i)
{
    const place_t *place = &self->place[i];
    return (parcel_item_t){
        .id = place->id,
        .tag = place->tag,
        .document = span_of(self->arena.data + place->document, place->document_size),
        .hash = place->hash,
        .index = place->index,
        .path = path_of(self, i),
        .seal = self->head_hash,
    };
}

void parcel_print_seal(const parcel_t *self, size_t i, buf_t *out)
{
    seal_place_print(
        &(seal_place_t){parcel_head(self), self->place[i].index, path_of(self, i)}, out);
}
