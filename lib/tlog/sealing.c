// sealing - documents are kept in the order they came in, those of one head in a chain.
//
// What was sealed together comes together, so only the last few heads are looked at: one
// that is farther back stands there again, which costs its text and nothing else.

#include "lib/tlog/sealing.h"

#include "lib/base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { LOOK_BACK = 8 };

typedef struct {
    uint32_t index;
    span_t path;
    size_t next; // of the same head
} place_t;

typedef struct {
    span_t text;
    size_t n, first, last;          // places
    size_t proof_start, proof_size; // in `proofs`
} head_t;

struct sealing {
    size_t heads, heads_room;
    head_t *head;
    size_t n, room;
    place_t *place;
    sealed_head_t *finished;
    buf_t proofs, positions, paths;
};

// The value of the line that begins so.
static span_t value_of(span_t head, const char *name)
{
    const uint8_t *at = memmem(head.data, head.size, name, strlen(name));
    if (head.size == 0 || !at)
        return (span_t){0};
    at += strlen(name);
    size_t left = head.size - (size_t)(at - head.data);
    const uint8_t *end = memchr(at, '\n', left);
    return end ? span_of(at, (size_t)(end - at)) : (span_t){0};
}

uint32_t sealing_count(span_t head)
{
    uint64_t count = 0;
    return decimal_decode(value_of(head, "\ncount "), &count) && count <= UINT32_MAX
               ? (uint32_t)count
               : 0;
}

sealing_t *sealing_new(void)
{
    return memory_new(1, sizeof(sealing_t));
}

void sealing_destroy(sealing_t **self_p)
{
    sealing_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    free(self->head);
    free(self->place);
    free(self->finished);
    buf_destroy(&self->proofs);
    buf_destroy(&self->positions);
    buf_destroy(&self->paths);
    free(self);
}

void sealing_clear(sealing_t *self)
{
    self->heads = 0;
    self->n = 0;
    buf_clear(&self->proofs);
}

static head_t *head_for(const sealing_t *self, span_t text, uint32_t index)
{
    size_t end = self->heads > LOOK_BACK ? self->heads - LOOK_BACK : 0;
    for (size_t i = self->heads; i > end; i--) {
        head_t *head = &self->head[i - 1];
        if (head->text.size == text.size &&
            (head->text.data == text.data ||
                memcmp(head->text.data, text.data, text.size) == 0))
            return index > self->place[head->last].index ? head : NULL;
    }
    return NULL;
}

bool sealing_has(const sealing_t *self, const seal_place_t *place)
{
    return head_for(self, place->head, place->index) != NULL;
}

static head_t *add_head(sealing_t *self, span_t text)
{
    if (self->heads == self->heads_room) {
        self->heads_room = self->heads_room ? 2 * self->heads_room : 16;
        self->head = memory_grow(self->head, self->heads_room, sizeof *self->head);
    }
    head_t *head = &self->head[self->heads++];
    *head = (head_t){.text = text, .first = self->n, .last = self->n};
    return head;
}

size_t sealing_add(sealing_t *self, const seal_place_t *place)
{
    head_t *head = head_for(self, place->head, place->index);
    if (!head)
        head = add_head(self, place->head);
    if (self->n == self->room) {
        self->room = self->room ? 2 * self->room : 64;
        self->place = memory_grow(self->place, self->room, sizeof *self->place);
    }
    self->place[self->n] = (place_t){.index = place->index, .path = place->path};
    self->place[head->last].next = self->n;
    head->last = self->n++;
    head->n++;
    return (size_t)(head - self->head);
}

size_t sealing_heads(const sealing_t *self)
{
    return self->heads;
}

static int prove(sealing_t *self, head_t *head)
{
    buf_clear(&self->positions);
    buf_clear(&self->paths);
    for (size_t i = 0, at = head->first; i < head->n; i++) {
        const place_t *place = &self->place[at];
        uint64_t position = place->index;
        buf_put(&self->positions, &position, sizeof position);
        buf_put(&self->paths, &place->path, sizeof place->path);
        at = place->next;
    }
    head->proof_start = self->proofs.size;
    int result = merkle_run_of_paths((const uint64_t *)(const void *)self->positions.data,
        (const span_t *)(const void *)self->paths.data, head->n,
        sealing_count(head->text), &self->proofs);
    head->proof_size = self->proofs.size - head->proof_start;
    return result;
}

int sealing_finish(sealing_t *self, const sealed_head_t **heads)
{
    buf_clear(&self->proofs);
    for (size_t i = 0; i < self->heads; i++)
        if (prove(self, &self->head[i]) != 0)
            return -1;
    self->finished =
        memory_grow(self->finished, self->heads_room + 1, sizeof *self->finished);
    for (size_t i = 0; i < self->heads; i++) {
        const head_t *head = &self->head[i];
        self->finished[i] = (sealed_head_t){
            head->text, span_of(self->proofs.data + head->proof_start, head->proof_size)};
    }
    *heads = self->finished;
    return 0;
}

int sealing_paths(const sealed_head_t *head, const uint64_t *index, const hash_t *leaf,
    size_t n, buf_t *paths)
{
    hash_t root, said;
    uint32_t count = sealing_count(head->text);
    if (count == 0 ||
        !base64_decode_exact(value_of(head->text, "\nroot "), said.bytes, sizeof said) ||
        merkle_run_root(index, leaf, n, count, head->proof, &root, paths) != 0)
        return -1;
    return hash_equal(&root, &said) ? 0 : -1;
}
