// delivery - session by session, frame by frame; the courier packs what is asked of the
// inbox here.

#include "hub/delivery.h"

#include "lib/arena.h"
#include "lib/courier.h"
#include "lib/document.h"
#include "lib/memory.h"
#include "lib/routing.h"

#include <stdlib.h>
#include <string.h>

struct delivery {
    courier_t *courier;
    arena_t *arena; // what the entries of one frame are read into
    buf_t proof;
};

// The courier's questions about the entries of one session's inbox.
typedef struct {
    delivery_t *delivery;
    const delivery_round_t *round;
    const session_t *session;
} errand_t;

delivery_t *delivery_new(void)
{
    delivery_t *self = memory_new(1, sizeof *self);
    self->courier = courier_new();
    self->arena = arena_new();
    return self;
}

void delivery_destroy(delivery_t **self_p)
{
    delivery_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    courier_destroy(&self->courier);
    arena_destroy(&self->arena);
    buf_destroy(&self->proof);
    free(self);
}

// Whether a seal's first signature is by this key.
static bool seal_is_by(span_t seal, const char *key_id)
{
    static const char word[] = "\nsig ed25519 ";
    const uint8_t *at =
        seal.size ? memmem(seal.data, seal.size, word, sizeof word - 1) : NULL;
    return at && seal.size - (size_t)(at - seal.data) > sizeof word - 1 + HASH_HEX &&
           memcmp(at + sizeof word - 1, key_id, HASH_HEX - 1) == 0;
}

// The seal of the message that a message of the hub's carries, or empty.
static span_t carried_seal(delivery_t *self, span_t document)
{
    span_t seal = {0};
    buf_t text = {0};
    value_t *root = document_again(document);
    const char *base64 = value_text(value_at(root, "/body/carried/seal"));
    if (base64 && base64_decode(span_text(base64), &text))
        seal = arena_copy(self->arena, buf_span(&text));
    buf_destroy(&text);
    value_free(&root);
    return seal;
}

static int errand_entry(
    void *context, uint64_t number, courier_item_t *item, cause_t *why)
{
    const errand_t *errand = context;
    const delivery_round_t *round = errand->round;
    arena_t *arena = errand->delivery->arena;
    uint64_t position;
    entry_t entry;
    if (inboxes_get(round->inboxes, errand->session->inbox, number, &position, why) !=
            0 ||
        round->entry(round->context, position, &entry, why) != 0)
        return -1;
    *item = (courier_item_t){.position = position,
        .leaf = arena_copy(arena, entry.leaf),
        .document = arena_copy(arena, entry.document),
        .seal = arena_copy(arena, entry.seal),
        .why = arena_copy(arena, routing_line_for(entry.record, errand->session->node))};
    if (seal_is_by(item->seal, round->own_key))
        item->carried = carried_seal(errand->delivery, item->document);
    return 0;
}

// The certificate for a key, if this session was not sent it yet.
static span_t errand_cert(void *context, const char *key_id)
{
    const errand_t *errand = context;
    const delivery_round_t *round = errand->round;
    const cert_t *cert = roster_any_seal(round->roster, key_id);
    if (cert && sessions_new_cert(round->sessions, errand->session, cert))
        return buf_span(&cert->der);
    return span_of(NULL, 0);
}

// A frame with the entries numbered first..last, as many as fit; returns how many, or -1.
static int pack(delivery_t *self, const delivery_round_t *round, const session_t *session,
    uint64_t last, span_t *frame, cause_t *why)
{
    errand_t errand = {self, round, session};
    courier_supply_t supply = {errand_entry, errand_cert, &errand};
    arena_clear(self->arena);
    buf_clear(&self->proof);
    int n = courier_fill(self->courier, &supply, session->sent + 1, last, why);
    if (n < 0 || tree_prove_run(round->tree, courier_positions(self->courier), (size_t)n,
                     round->size, &self->proof, why) != 0)
        return -1;
    *frame = courier_finish(self->courier, round->checkpoint, buf_span(&self->proof));
    return n;
}

static int deliver(
    delivery_t *self, const delivery_round_t *round, session_t *session, cause_t *why)
{
    uint64_t last = inboxes_last(round->inboxes, session->inbox);
    uint64_t until = session->acked + session->window;
    if (until > last)
        until = last;
    while (
        session->live && session->sent < until && session->weight < DELIVERY_WEIGHT_MAX) {
        span_t frame;
        int n = pack(self, round, session, until, &frame, why);
        if (n < 0)
            return -1;
        if (!round->send(round->context, session, frame)) {
            if (session->live) // its queue is full: the certificates did not leave either
                sessions_forget_certs(round->sessions, session);
            break;
        }
        session_sent(session, (uint64_t)n, frame.size, round->monotonic_ms);
    }
    return 0;
}

int delivery_turn(delivery_t *self, const delivery_round_t *round, cause_t *why)
{
    for (size_t i = 0; i < sessions_slots(round->sessions); i++) {
        session_t *session = sessions_at(round->sessions, i);
        if (!session)
            continue;
        session->unanswered = 0; // receipts and refusals follow
        if (session_resend(session, round->monotonic_ms))
            round->again(round->context, session);
        if (deliver(self, round, session, why) != 0)
            return -1;
    }
    return 0;
}
