// delivery_frame - what items have in common stands once: heads of seals, with a proof
// for all places under each, and lines of records.

#include "hub/send/delivery_frame.h"

#include "lib/base/memory.h"
#include "lib/message/frame.h"

#include <stdlib.h>
#include <string.h>

// A frame is closed when it holds this much, so that one slow receiver never has much
// queued.
enum { FRAME_SOFT_LIMIT = 256 * 1024 };

struct delivery_frame {
    delivery_receiver_t receiver;
    sealing_t *sealing;
    deliver_t *frame;
    uint64_t positions[FRAME_ITEMS_MAX];
    size_t bytes;
    buf_t out;
};

delivery_frame_t *delivery_frame_new(void)
{
    delivery_frame_t *self = memory_new(1, sizeof *self);
    self->frame = memory_new(1, sizeof *self->frame);
    self->sealing = sealing_new();
    return self;
}

void delivery_frame_destroy(delivery_frame_t **self_p)
{
    delivery_frame_t *self = *self_p;
    if (!self)
        return;
    sealing_destroy(&self->sealing);
    buf_destroy(&self->out);
    free(self->frame);
    free(self);
    *self_p = NULL;
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
    sealing_clear(self->sealing);
    self->frame->certs = 0;
    self->frame->heads = 0;
    self->frame->whys = 0;
    self->frame->n = 0;
    self->bytes = 0;
}

static bool has_room(const delivery_frame_t *self, size_t bytes)
{
    const deliver_t *frame = self->frame;
    return frame->n < FRAME_ITEMS_MAX && sealing_heads(self->sealing) < FRAME_HEADS_MAX &&
           (frame->n == 0 || self->bytes + bytes <= FRAME_SOFT_LIMIT);
}

static void add_document(
    delivery_frame_t *self, const delivery_frame_item_t *item, deliver_item_t *out)
{
    leaf_divide(item->leaf, &out->front, &out->back);
    out->sealed.head = (uint16_t)sealing_add(self->sealing, &item->seal);
    out->sealed.index = item->seal.index;
    out->sealed.document = item->document;
}

bool delivery_frame_add(delivery_frame_t *self, const delivery_frame_item_t *item)
{
    deliver_t *frame = self->frame;
    size_t bytes = item->leaf.size + item->why.size;
    if (!item->aside)
        bytes += item->document.size;
    if (!has_room(self, bytes))
        return false;
    bool same = item->aside || sealing_has(self->sealing, &item->seal);
    if ((!same && !add_certs(self, item->seal.head)) || !add_certs(self, item->carried))
        return false;
    if (!same)
        bytes += item->seal.head.size + item->seal.path.size;
    deliver_item_t *out = &frame->item[frame->n];
    *out = (deliver_item_t){.number = item->number,
        .why = frame_list(frame->why, &frame->whys, item->why),
        .aside = item->aside};
    if (item->aside)
        out->leaf = item->leaf;
    else
        add_document(self, item, out);
    self->positions[frame->n++] = item->position;
    self->bytes += bytes;
    return true;
}

size_t delivery_frame_count(const delivery_frame_t *self)
{
    return self->frame->n;
}

const uint64_t *delivery_frame_positions(const delivery_frame_t *self)
{
    return self->positions;
}

static int finish(delivery_frame_t *self, span_t checkpoint, span_t proof, cause_t *why)
{
    deliver_t *frame = self->frame;
    const sealed_head_t *heads;
    if (sealing_finish(self->sealing, &heads) != 0)
        return cause_set(why, "a document is not where its seal has it");
    frame->heads = sealing_heads(self->sealing);
    for (size_t i = 0; i < frame->heads; i++)
        frame->head[i] = heads[i];
    frame->checkpoint = checkpoint;
    frame->proof = proof;
    buf_clear(&self->out);
    return 0;
}

int delivery_frame_finish(
    delivery_frame_t *self, span_t checkpoint, span_t proof, span_t *bytes, cause_t *why)
{
    if (finish(self, checkpoint, proof, why) != 0)
        return -1;
    deliver_put(&self->out, self->frame);
    *bytes = buf_span(&self->out);
    return 0;
}

int delivery_frame_carried(delivery_frame_t *self, uint64_t carrier, span_t checkpoint,
    span_t proof, span_t *bytes, cause_t *why)
{
    if (finish(self, checkpoint, proof, why) != 0)
        return -1;
    self->frame->carrier = carrier;
    carried_put(&self->out, self->frame);
    *bytes = buf_span(&self->out);
    return 0;
}
