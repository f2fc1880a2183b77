// courier - a stored seal is head, index and path as text; a frame carries the head once
// for all documents sealed together and the rest in binary.

#include "hub/courier.h"

#include "lib/arena.h"
#include "lib/frame.h"

#include <stdlib.h>
#include <string.h>

// A frame is closed when it holds this much, so that one slow receiver never has much
// queued.
enum { FRAME_SOFT_LIMIT = 256 * 1024 };

struct courier {
    arena_t *arena;
    deliver_t *frame;
    uint64_t positions[FRAME_ITEMS_MAX];
    size_t bytes;
    buf_t out;
};

courier_t *courier_new(void)
{
    courier_t *self = calloc(1, sizeof *self);
    if (self)
        self->frame = calloc(1, sizeof *self->frame);
    if (!self || !self->frame)
        abort();
    self->arena = arena_new();
    return self;
}

void courier_destroy(courier_t **self_p)
{
    courier_t *self = *self_p;
    if (!self)
        return;
    arena_destroy(&self->arena);
    buf_destroy(&self->out);
    free(self->frame);
    free(self);
    *self_p = NULL;
}

void courier_begin(courier_t *self)
{
    arena_clear(self->arena);
    self->frame->certs = 0;
    self->frame->heads = 0;
    self->frame->n = 0;
    self->bytes = 0;
}

bool courier_add_cert(courier_t *self, span_t der)
{
    size_t room = sizeof self->frame->cert / sizeof self->frame->cert[0];
    if (self->frame->certs == room)
        return false;
    self->frame->cert[self->frame->certs++] = der;
    self->bytes += der.size;
    return true;
}

// Where the head of a stored seal ends: at the line "index ".
static size_t head_size(span_t seal)
{
    const uint8_t *tail = seal.size ? memmem(seal.data, seal.size, "\nindex ", 7) : NULL;
    return tail ? (size_t)(tail - seal.data) + 1 : 0;
}

// The place of this head in the frame's table.
static uint16_t head_index(deliver_t *frame, span_t head)
{
    if (frame->heads == 0 || !span_equal(frame->head[frame->heads - 1], head))
        frame->head[frame->heads++] = head;
    return (uint16_t)(frame->heads - 1);
}

// "index N" and the "path" lines into an index and raw hashes.
static int read_tail(courier_t *self, span_t tail, sealed_t *sealed)
{
    uint64_t index = 0;
    reader_t reader = reader_of(tail);
    if (!decimal_decode(take_field(&reader, "index"), &index) || index > UINT32_MAX)
        return -1;
    sealed->index = (uint32_t)index;
    hash_t *path = arena_take(self->arena, reader.rest.size / 50 * sizeof *path + 1);
    size_t n = 0;
    while (reader.rest.size > 0 && !reader.bad)
        if (!base64_decode_exact(
                take_field(&reader, "path"), path[n++].bytes, sizeof *path))
            return -1;
    sealed->path = span_of(path, n * sizeof *path);
    return reader.bad ? -1 : 0;
}

int courier_add(courier_t *self, uint64_t number, uint64_t position, span_t leaf,
    span_t why_line, span_t document, span_t seal, cause_t *why)
{
    deliver_t *frame = self->frame;
    size_t bytes = leaf.size + document.size + seal.size + why_line.size;
    if (frame->n == FRAME_ITEMS_MAX || frame->heads == FRAME_HEADS_MAX ||
        (frame->n > 0 && self->bytes + bytes > FRAME_SOFT_LIMIT))
        return 0;
    deliver_item_t *item = &frame->item[frame->n];
    size_t head = head_size(seal);
    if (head == 0 ||
        read_tail(self, span_of(seal.data + head, seal.size - head), &item->sealed) != 0)
        return cause_set(
            why, "the seal at position %llu is damaged", (unsigned long long)position);
    item->number = number;
    item->leaf = leaf;
    item->why = arena_copy(self->arena, why_line);
    item->sealed.head = head_index(frame, span_of(seal.data, head));
    item->sealed.document = document;
    self->positions[frame->n++] = position;
    self->bytes += bytes;
    return 1;
}

size_t courier_count(const courier_t *self)
{
    return self->frame->n;
}

const uint64_t *courier_positions(const courier_t *self)
{
    return self->positions;
}

span_t courier_finish(courier_t *self, span_t checkpoint, span_t proof)
{
    self->frame->checkpoint = checkpoint;
    self->frame->proof = proof;
    buf_clear(&self->out);
    deliver_put(&self->out, self->frame);
    return buf_span(&self->out);
}
