// delivery_frame - a stored seal is head, index and path as text; a frame carries the
// head once for all documents sealed together and the rest in binary.

#include "hub/send/delivery_frame.h"

#include "lib/base/arena.h"
#include "lib/base/memory.h"
#include "lib/message/frame.h"

#include <stdlib.h>
#include <string.h>

// A frame is closed when it holds this much, so that one slow receiver never has much
// queued.
enum { FRAME_SOFT_LIMIT = 256 * 1024 };

struct delivery_frame {
    delivery_receiver_t receiver;
    arena_t *arena;
    deliver_t *frame;
    uint64_t positions[FRAME_ITEMS_MAX];
    size_t bytes;
    buf_t out;
};

delivery_frame_t *delivery_frame_new(void)
{
    delivery_frame_t *self = memory_new(1, sizeof *self);
    self->frame = memory_new(1, sizeof *self->frame);
    self->arena = arena_new();
    return self;
}

void delivery_frame_destroy(delivery_frame_t **self_p)
{
    delivery_frame_t *self = *self_p;
    if (!self)
        return;
    arena_destroy(&self->arena);
    buf_destroy(&self->out);
    free(self->frame);
    free(self);
    *self_p = NULL;
}

// Where the head of a stored seal ends: at the line "index ".
static size_t head_size(span_t seal)
{
    const uint8_t *tail = seal.size ? memmem(seal.data, seal.size, "\nindex ", 7) : NULL;
    return tail ? (size_t)(tail - seal.data) + 1 : 0;
}

// "index N" and the "path" lines into an index and raw hashes.
static int read_tail(delivery_frame_t *self, span_t tail, sealed_t *sealed)
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

// The certificate (DER) for a key, empty when the receiver was sent it before.
static span_t new_cert(const delivery_frame_t *self, const char *key_id)
{
    const delivery_receiver_t *receiver = &self->receiver;
    const cert_t *cert = roster_any_seal(receiver->roster, key_id);
    if (cert && sessions_new_cert(receiver->sessions, receiver->session, cert))
        return buf_span(&cert->der);
    return span_of(NULL, 0);
}

// The certificates behind the signatures of a seal's head that the receiver does not
// have. False: the frame has no room for one more.
static bool add_certs(delivery_frame_t *self, span_t head)
{
    enum { CERTS_MAX = sizeof self->frame->cert / sizeof self->frame->cert[0] };
    static const char word[] = "sig ed25519 ";
    deliver_t *frame = self->frame;
    reader_t reader = reader_of(head);
    for (size_t n = 0; reader.rest.size > 0 && !reader.bad && n < SEAL_SIGNATURES_MAX;) {
        char key_id[HASH_HEX] = {0};
        span_t line = take_line(&reader);
        if (line.size < sizeof word - 1 + HASH_HEX ||
            memcmp(line.data, word, sizeof word - 1) != 0)
            continue;
        n++;
        if (frame->certs == CERTS_MAX)
            return false;
        memcpy(key_id, line.data + sizeof word - 1, HASH_HEX - 1);
        span_t der = new_cert(self, key_id);
        if (der.size > 0)
            frame->cert[frame->certs++] = der;
        self->bytes += der.size;
    }
    return true;
}

void delivery_frame_begin(delivery_frame_t *self, const delivery_receiver_t *receiver)
{
    self->receiver = *receiver;
    arena_clear(self->arena);
    self->frame->certs = 0;
    self->frame->heads = 0;
    self->frame->n = 0;
    self->bytes = 0;
}

static bool has_room(const delivery_frame_t *self, size_t bytes)
{
    const deliver_t *frame = self->frame;
    return frame->n < FRAME_ITEMS_MAX && frame->heads < FRAME_HEADS_MAX &&
           (frame->n == 0 || self->bytes + bytes <= FRAME_SOFT_LIMIT);
}

static int add_item(
    delivery_frame_t *self, const delivery_frame_item_t *item, size_t bytes)
{
    deliver_item_t *out = &self->frame->item[self->frame->n];
    out->number = item->number;
    out->leaf = item->leaf;
    out->why = item->why;
    out->aside = item->aside;
    self->positions[self->frame->n++] = item->position;
    self->bytes += bytes;
    return 1;
}

int delivery_frame_add(
    delivery_frame_t *self, const delivery_frame_item_t *item, cause_t *why)
{
    deliver_t *frame = self->frame;
    size_t bytes =
        item->leaf.size + item->document.size + item->seal.size + item->why.size;
    if (!has_room(self, bytes))
        return 0;
    if (item->aside)
        return add_item(self, item, bytes);
    deliver_item_t *out = &frame->item[frame->n];
    span_t head = span_of(item->seal.data, head_size(item->seal));
    span_t tail = span_of(item->seal.data + head.size, item->seal.size - head.size);
    if (head.size == 0 || read_tail(self, tail, &out->sealed) != 0)
        return cause_set(why, "the seal at position %llu cannot be read",
            (unsigned long long)item->position);
    bool same = frame->heads > 0 && span_equal(frame->head[frame->heads - 1], head);
    if ((!same && !add_certs(self, head)) || !add_certs(self, item->carried))
        return 0;
    if (!same)
        frame->head[frame->heads++] = head;
    out->sealed.head = (uint16_t)(frame->heads - 1);
    out->sealed.document = item->document;
    return add_item(self, item, bytes);
}

size_t delivery_frame_count(const delivery_frame_t *self)
{
    return self->frame->n;
}

const uint64_t *delivery_frame_positions(const delivery_frame_t *self)
{
    return self->positions;
}

static void finish(delivery_frame_t *self, span_t checkpoint, span_t proof)
{
    self->frame->checkpoint = checkpoint;
    self->frame->proof = proof;
    buf_clear(&self->out);
}

span_t delivery_frame_finish(delivery_frame_t *self, span_t checkpoint, span_t proof)
{
    finish(self, checkpoint, proof);
    deliver_put(&self->out, self->frame);
    return buf_span(&self->out);
}

span_t delivery_frame_carried(
    delivery_frame_t *self, uint64_t carrier, span_t checkpoint, span_t proof)
{
    finish(self, checkpoint, proof);
    self->frame->carrier = carrier;
    carried_put(&self->out, self->frame);
    return buf_span(&self->out);
}
