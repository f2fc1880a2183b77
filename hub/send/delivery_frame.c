// delivery_frame - what items have in common stands once: heads of seals, with a proof
// for all places under each, and lines of records.
//
// Most receivers of a turn get the same entries, one frame after the other: heads and
// proofs stay from one frame to the next as long as they do.

#include "hub/send/delivery_frame.h"

#include "lib/base/memory.h"
#include "lib/message/frame.h"

#include <stdlib.h>

// A frame is closed when it holds this much, so that one slow receiver never has much
// queued.
enum { FRAME_SOFT_LIMIT = 256 * 1024 };

struct delivery_frame {
    sessions_t *sessions;
    const session_t *session;
    deliver_t *frame;
    const stock_item_t *entry[FRAME_ITEMS_MAX];
    size_t bytes;

    // Of the last frame that was finished, and of this one as far as it repeats that.
    size_t before;
    bool repeats;
    uint64_t positions[FRAME_ITEMS_MAX];
    bool aside[FRAME_ITEMS_MAX];
    uint16_t head[FRAME_ITEMS_MAX];
    sealing_t *sealing;
    const sealed_head_t *heads;
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
    free(self->frame);
    free(self);
    *self_p = NULL;
}

// The certificates behind a seal that the receiver does not have.  False: the frame has
// no room for one more.
static bool add_certs(delivery_frame_t *self, const stock_seal_t *seal)
{
    enum { CERTS_MAX = sizeof self->frame->cert / sizeof self->frame->cert[0] };
    deliver_t *frame = self->frame;
    for (size_t i = 0; seal && i < seal->certs; i++) {
        const cert_t *cert = seal->cert[i];
        if (frame->certs == CERTS_MAX)
            return false;
        if (!sessions_new_cert(self->sessions, self->session, cert))
            continue;
        frame->cert[frame->certs++] = buf_span(&cert->der);
        self->bytes += cert->der.size;
    }
    return true;
}

void delivery_frame_begin(
    delivery_frame_t *self, sessions_t *sessions, const session_t *session)
{
    self->sessions = sessions;
    self->session = session;
    self->frame->certs = 0;
    self->frame->whys = 0;
    self->frame->n = 0;
    self->bytes = 0;
    self->repeats = true;
}

static bool has_room(const delivery_frame_t *self, size_t bytes)
{
    size_t n = self->frame->n;
    return n < FRAME_ITEMS_MAX && (n == 0 || self->bytes + bytes <= FRAME_SOFT_LIMIT);
}

// What its seal brings with it: nothing, when that of the item before was the same.
static bool add_seal(delivery_frame_t *self, const stock_item_t *entry)
{
    size_t n = self->frame->n;
    if (n > 0 && !self->aside[n - 1] && self->entry[n - 1]->seal == entry->seal)
        return true;
    self->bytes += entry->seal->text.size + entry->place.path.size;
    return add_certs(self, entry->seal);
}

static void place(delivery_frame_t *self, const stock_item_t *entry)
{
    size_t n = self->frame->n++;
    self->repeats = self->repeats && n < self->before &&
                    self->positions[n] == entry->position &&
                    self->aside[n] == entry->aside;
    self->entry[n] = entry;
    self->positions[n] = entry->position;
    self->aside[n] = entry->aside;
}

bool delivery_frame_add(delivery_frame_t *self, const delivery_frame_item_t *item)
{
    deliver_t *frame = self->frame;
    const stock_item_t *entry = item->entry;
    size_t bytes = entry->leaf.size + item->why.size;
    if (!entry->aside)
        bytes += entry->document.size;
    if (!has_room(self, bytes) ||
        (!entry->aside && !(add_seal(self, entry) && add_certs(self, entry->carried))))
        return false;
    deliver_item_t *out = &frame->item[frame->n];
    *out = (deliver_item_t){.number = item->number,
        .why = frame_list(frame->why, &frame->whys, item->why),
        .aside = entry->aside,
        .leaf = entry->leaf,
        .front = entry->front,
        .back = entry->back,
        .sealed = {.index = entry->place.index, .document = entry->document}};
    place(self, entry);
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

bool delivery_frame_repeats(const delivery_frame_t *self)
{
    return self->repeats && self->frame->n == self->before;
}

// Heads, and proofs of the places under them.
static int seal_together(delivery_frame_t *self)
{
    self->before = 0;
    sealing_clear(self->sealing);
    for (size_t i = 0; i < self->frame->n; i++)
        if (!self->aside[i])
            self->head[i] = (uint16_t)sealing_add(self->sealing, &self->entry[i]->place);
    return sealing_finish(self->sealing, &self->heads);
}

static int finish(delivery_frame_t *self, span_t checkpoint, span_t proof, cause_t *why)
{
    deliver_t *frame = self->frame;
    if (!delivery_frame_repeats(self) && seal_together(self) != 0)
        return cause_set(why, "a document is not where its seal has it");
    self->before = frame->n;
    frame->heads = sealing_heads(self->sealing);
    for (size_t i = 0; i < frame->heads; i++)
        frame->head[i].proof = self->heads[i].proof;
    for (size_t i = 0; i < frame->n; i++)
        if (!self->aside[i]) {
            frame->item[i].sealed.head = self->head[i];
            frame->head[self->head[i]].text = self->entry[i]->place.head;
        }
    frame->checkpoint = checkpoint;
    frame->proof = proof;
    return 0;
}

int delivery_frame_finish(
    delivery_frame_t *self, span_t checkpoint, span_t proof, buf_t *out, cause_t *why)
{
    if (finish(self, checkpoint, proof, why) != 0)
        return -1;
    deliver_put(out, self->frame);
    return 0;
}

int delivery_frame_carried(delivery_frame_t *self, uint64_t carrier, span_t checkpoint,
    span_t proof, buf_t *out, cause_t *why)
{
    if (finish(self, checkpoint, proof, why) != 0)
        return -1;
    self->frame->carrier = carrier;
    carried_put(out, self->frame);
    return 0;
}
