// delivery - session by session, frame by frame; the packer packs deliveries, answers
// their own, of entries that are read here.
//
// Who is up to date is sent what the turn brought.  Who is behind (it was away, reads
// slowly, asks for what it had) comes after that, a frame each in turn, and all of them
// together have an allowance: what they do not get now they get in the turns that follow.
// The allowance grows with what the turn wrote: under load many are behind, and must not
// stay so.  What goes to very many at once is too much for one turn, too: who gets none
// of it in this one is behind in the next.

#include "hub/send/delivery.h"

#include "hub/send/delivery_frame.h"
#include "lib/base/arena.h"
#include "lib/base/memory.h"
#include "lib/message/document.h"
#include "lib/message/routing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct delivery {
    delivery_frame_t *frame;
    arena_t *arena; // what the entries of one frame, or of the answers, are read into
    buf_t proof, told;
    size_t first;                // slot of the session whose turn it is
    size_t *behind, behind_room; // slots
    bool waits;
};

delivery_t *delivery_new(void)
{
    delivery_t *self = memory_new(1, sizeof *self);
    self->frame = delivery_frame_new();
    self->arena = arena_new();
    return self;
}

void delivery_destroy(delivery_t **self_p)
{
    delivery_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    delivery_frame_destroy(&self->frame);
    arena_destroy(&self->arena);
    buf_destroy(&self->proof);
    buf_destroy(&self->told);
    free(self->behind);
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

// The entry that has this number in the session's inbox.
static int read_item(delivery_t *self, const delivery_round_t *round,
    const session_t *session, uint64_t number, delivery_frame_item_t *item, cause_t *why)
{
    uint64_t position;
    entry_t entry;
    if (inboxes_get(round->inboxes, session->inbox, number, &position, why) != 0 ||
        round->entry(round->context, position, &entry, why) != 0)
        return -1;
    *item = (delivery_frame_item_t){.number = number,
        .position = position,
        .leaf = arena_copy(self->arena, entry.leaf),
        .document = arena_copy(self->arena, entry.document),
        .seal = arena_copy(self->arena, entry.seal),
        .why = arena_copy(self->arena, routing_line_for(entry.record, session->node))};
    if (seal_is_by(item->seal, round->own_key))
        item->carried = carried_seal(self, item->document);
    return 0;
}

// What follows what the session was sent, up to this number, as much as fits.
static int fill(delivery_t *self, const delivery_round_t *round, const session_t *session,
    uint64_t last, cause_t *why)
{
    int added = 1;
    for (uint64_t number = session->window.sent + 1; added == 1 && number <= last;
         number++) {
        delivery_frame_item_t item;
        if (read_item(self, round, session, number, &item, why) != 0)
            return -1;
        added = delivery_frame_add(self->frame, &item, why);
    }
    return added < 0 ? -1 : 0;
}

// A frame with the entries up to this number, as many as fit; returns how many, or -1.
static int pack(delivery_t *self, const delivery_round_t *round, const session_t *session,
    uint64_t last, span_t *bytes, cause_t *why)
{
    delivery_frame_t *frame = self->frame;
    delivery_receiver_t receiver = {round->roster, round->sessions, session};
    arena_clear(self->arena);
    buf_clear(&self->proof);
    delivery_frame_begin(frame, &receiver);
    if (fill(self, round, session, last, why) != 0 ||
        tree_prove_run(round->tree, delivery_frame_positions(frame),
            delivery_frame_count(frame), round->size, &self->proof, why) != 0)
        return -1;
    *bytes = delivery_frame_finish(frame, round->checkpoint, buf_span(&self->proof));
    return (int)delivery_frame_count(frame);
}

// Up to which number it may be sent something now; session->window.sent when it may not.
static uint64_t limit_of(const delivery_round_t *round, const session_t *session)
{
    uint64_t last = inboxes_last(round->inboxes, session->inbox);
    uint64_t until = session->window.acked + session->window.size;
    if (until > last)
        until = last;
    bool may = session->live && session->window.sent < until &&
               session->window.weight < DELIVERY_WEIGHT_MAX;
    return may ? until : session->window.sent;
}

// One frame: the work it was, 0 when it was not taken, or -1.
static int64_t deliver_frame(delivery_t *self, const delivery_round_t *round,
    session_t *session, uint64_t until, cause_t *why)
{
    span_t frame;
    int n = pack(self, round, session, until, &frame, why);
    if (n < 0)
        return -1;
    if (round->send(round->context, session, frame)) {
        window_sent(&session->window, (uint64_t)n, frame.size, round->monotonic_ms);
        return (int64_t)frame.size + n * DELIVERY_ENTRY_WORK;
    }
    if (session->live) // its queue is full: the certificates did not leave either
        sessions_forget_certs(round->sessions, session);
    return 0;
}

static int deliver_new(delivery_t *self, const delivery_round_t *round,
    session_t *session, int64_t *left, cause_t *why)
{
    uint64_t until;
    int64_t work = 1;
    while (work > 0 && (until = limit_of(round, session)) > session->window.sent) {
        work = deliver_frame(self, round, session, until, why);
        *left -= work;
    }
    return work < 0 ? -1 : 0;
}

// Whether the next that the session is to have is of this turn; -1 when that cannot be
// read.
static int is_new(const delivery_round_t *round, const session_t *session, cause_t *why)
{
    uint64_t position;
    if (inboxes_get(round->inboxes, session->inbox, session->window.sent + 1, &position,
            why) != 0)
        return -1;
    return position >= round->first;
}

static void put_behind(delivery_t *self, size_t n, size_t slot)
{
    if (n == self->behind_room) {
        self->behind_room = self->behind_room ? 2 * self->behind_room : 64;
        self->behind = memory_grow(self->behind, self->behind_room, sizeof *self->behind);
    }
    self->behind[n] = slot;
}

// What the turn brought, to who is up to date; the others are put on the list.
static int deliver_up_to_date(
    delivery_t *self, const delivery_round_t *round, size_t *behind, cause_t *why)
{
    size_t slots = sessions_slots(round->sessions);
    int64_t left = DELIVERY_NEW_WORK;
    for (size_t k = 0; k < slots; k++) {
        size_t slot = (self->first + k) % slots;
        session_t *session = sessions_at(round->sessions, slot);
        if (!session)
            continue;
        if (window_resend(&session->window, round->monotonic_ms))
            round->log(LOG_INFO, "delivery.again", "node=%s from=%" PRIu64, session->node,
                session->window.sent + 1);
        if (limit_of(round, session) == session->window.sent)
            continue;
        int news = is_new(round, session, why);
        if (news > 0 && left > 0)
            news = deliver_new(self, round, session, &left, why) == 0 ? 1 : -1;
        else if (news >= 0)
            put_behind(self, (*behind)++, slot);
        if (news < 0)
            return -1;
    }
    return 0;
}

// A frame for each on the list from `at` on, those who get more stay on it; 1 when the
// allowance is used up, and the first who got none is the first of the next turn.
static int deliver_a_frame_each(delivery_t *self, const delivery_round_t *round,
    size_t *behind, int64_t *left, cause_t *why)
{
    size_t kept = 0;
    for (size_t i = 0; i < *behind; i++) {
        size_t slot = self->behind[i];
        session_t *session = sessions_at(round->sessions, slot);
        uint64_t until = session ? limit_of(round, session) : 0;
        if (!session || until == session->window.sent)
            continue;
        if (*left <= 0) {
            self->first = slot;
            return 1;
        }
        int64_t work = deliver_frame(self, round, session, until, why);
        if (work < 0)
            return -1;
        *left -= work;
        if (work > 0)
            self->behind[kept++] = slot;
    }
    *behind = kept;
    return 0;
}

static int deliver_all(delivery_t *self, const delivery_round_t *round, cause_t *why)
{
    size_t behind = 0;
    int result = deliver_up_to_date(self, round, &behind, why);
    int64_t growth = 2 * (int64_t)(round->bytes * behind);
    int64_t left = DELIVERY_BEHIND_WORK +
                   (growth < DELIVERY_GROWTH_MAX ? growth : DELIVERY_GROWTH_MAX);
    while (result == 0 && behind > 0)
        result = deliver_a_frame_each(self, round, &behind, &left, why);
    self->waits = result > 0;
    return result < 0 ? -1 : 0;
}

bool delivery_waits(const delivery_t *self)
{
    return self->waits;
}

// What is asked about the entries that publishers get receipts for.
typedef struct {
    delivery_t *delivery;
    const delivery_round_t *round;
} receipts_t;

static int receipt_entry(
    void *context, uint64_t position, span_t *leaf, span_t *told, cause_t *why)
{
    const receipts_t *receipts = context;
    delivery_t *self = receipts->delivery;
    const delivery_round_t *round = receipts->round;
    entry_t entry;
    if (round->entry(round->context, position, &entry, why) != 0)
        return -1;
    *leaf = arena_copy(self->arena, entry.leaf);
    buf_clear(&self->told);
    if (entry.record.size)
        routing_told(entry.record, &self->told);
    else // what an attachment's entry says is its author's to know
        buf_put_span(&self->told, entry.document);
    *told = arena_copy(self->arena, buf_span(&self->told));
    return 0;
}

static int receipt_proof(
    void *context, const uint64_t *positions, size_t n, buf_t *proof, cause_t *why)
{
    const delivery_round_t *round = ((const receipts_t *)context)->round;
    return tree_prove_run(round->tree, positions, n, round->size, proof, why);
}

static void receipt_send(void *context, int session, span_t frame)
{
    const delivery_round_t *round = ((const receipts_t *)context)->round;
    round->answer(round->context, session, frame);
}

static int answer_all(delivery_t *self, const delivery_round_t *round, cause_t *why)
{
    receipts_t receipts = {self, round};
    answers_out_t out = {.entry = receipt_entry,
        .prove = receipt_proof,
        .send = receipt_send,
        .context = &receipts,
        .checkpoint = round->checkpoint};
    arena_clear(self->arena);
    return answers_send(round->answers, &out, why);
}

int delivery_turn(delivery_t *self, const delivery_round_t *round, cause_t *why)
{
    bool answers_first = round->order == ANSWERS_FIRST;
    if ((answers_first && answer_all(self, round, why) != 0) ||
        deliver_all(self, round, why) != 0)
        return -1;
    return answers_first ? 0 : answer_all(self, round, why);
}
