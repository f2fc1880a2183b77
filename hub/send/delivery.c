// delivery - session by session, frame by frame, of entries that a stock has ready and
// delivery_frame packs.
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
#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/message/routing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct delivery {
    delivery_setup_t setup;
    delivery_frame_t *frame;
    arena_t *arena;    // lines of one frame
    size_t line;       // where in their records the receiver's were, that was filled last
    buf_t proof;       // of the positions of the last frame, in a log
    uint64_t proof_of; // of this size
    size_t first;      // slot of the session whose turn it is
    size_t *behind;    // slots
    size_t behind_n, behind_room;
    bool waits;
};

delivery_t *delivery_new(const delivery_setup_t *setup)
{
    delivery_t *self = memory_new(1, sizeof *self);
    self->setup = *setup;
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
    free(self->behind);
    free(self);
}

// The session's node as who reads lines of records.
static receiver_t receiver_of(
    const delivery_t *self, const roster_t *roster, const session_t *session)
{
    const member_t *member = roster_member(roster, session->node);
    return (receiver_t){.node = span_text(session->node),
        .remarks = member && strcmp(member->role, "nccis") == 0,
        .at = self->line};
}

// What follows what the session was sent, up to this number, as much as fits.
static int fill(delivery_t *self, const roster_t *roster, const session_t *session,
    uint64_t last, cause_t *why)
{
    receiver_t receiver = receiver_of(self, roster, session);
    uint64_t number = session->window.sent + 1, position[FRAME_ITEMS_MAX];
    size_t n = last + 1 - number < FRAME_ITEMS_MAX ? last + 1 - number : FRAME_ITEMS_MAX;
    if (inboxes_run(self->setup.inboxes, session->inbox, number, n, position, why) != 0)
        return -1;
    for (size_t i = 0; i < n && !(i > 0 && stock_is_full(self->setup.stock));
         i++, number++) {
        delivery_frame_item_t item = {.number = number};
        if (!(item.entry = stock_item(self->setup.stock, position[i], why)))
            return -1;
        item.why = stock_lines(item.entry, &receiver, self->arena);
        if (!delivery_frame_add(self->frame, &item))
            break;
    }
    self->line = receiver.at;
    return 0;
}

static void begin_frame(delivery_t *self, const session_t *session)
{
    arena_clear(self->arena);
    stock_make_room(self->setup.stock);
    delivery_frame_begin(self->frame, self->setup.sessions, session);
}

// The proof of what is in the frame.
static int prove(delivery_t *self, uint64_t size, cause_t *why)
{
    if (delivery_frame_repeats(self->frame) && self->proof_of == size)
        return 0;
    self->proof_of = size;
    buf_clear(&self->proof);
    return tree_prove_run(self->setup.tree, delivery_frame_positions(self->frame),
        delivery_frame_count(self->frame), size, &self->proof, why);
}

// A frame with the entries up to this number, as many as fit; returns how many, or -1.
static int pack(delivery_t *self, const delivery_round_t *round, const session_t *session,
    uint64_t last, buf_t *out, cause_t *why)
{
    delivery_frame_t *frame = self->frame;
    begin_frame(self, session);
    if (fill(self, round->roster, session, last, why) != 0 ||
        prove(self, round->size, why) != 0 ||
        delivery_frame_finish(
            frame, round->checkpoint, buf_span(&self->proof), out, why) != 0)
        return -1;
    return (int)delivery_frame_count(frame);
}

// Up to which number it may be sent something now; what it was sent when it may not.
static uint64_t limit_of(const delivery_t *self, const session_t *session)
{
    const window_t *window = &session->window;
    uint64_t last = inboxes_last(self->setup.inboxes, session->inbox);
    uint64_t until = window->acked + window->size;
    if (until > last)
        until = last;
    bool may =
        session->live && window->sent < until && window->weight < DELIVERY_WEIGHT_MAX;
    return may ? until : window->sent;
}

static bool may_have(const delivery_t *self, const session_t *session)
{
    return limit_of(self, session) > session->window.sent;
}

// One frame: the work it was; 0 when there is nothing for it, or it was not taken; or -1.
static int64_t deliver_frame(
    delivery_t *self, const delivery_round_t *round, session_t *session, cause_t *why)
{
    buf_t frame = {0};
    if (!may_have(self, session))
        return 0;
    int n = pack(self, round, session, limit_of(self, session), &frame, why);
    if (n < 0)
        return -1;
    size_t size = frame.size;
    if (reception_send(self->setup.reception, session, &frame)) {
        window_sent(&session->window, (uint64_t)n, size, round->monotonic_ms);
        return (int64_t)size + n * DELIVERY_ENTRY_WORK;
    }
    if (session->live) // its queue is full: the certificates did not leave either
        sessions_forget_certs(self->setup.sessions, session);
    return 0;
}

// The older message that a line brings along, as the log has it.  1; 0: it is not there,
// which no hub would write.
static int read_carried(
    delivery_t *self, span_t line, delivery_frame_item_t *item, cause_t *why)
{
    route_t route;
    leaf_t leaf;
    if (route_parse(&route, line, why) != 0)
        return 0;
    if (!history_find(self->setup.history, route.author, route.id, &leaf))
        return history_check(self->setup.history, why); // or it could not be looked for
    item->why = line;
    item->entry = stock_item(self->setup.stock, leaf.position, why);
    return item->entry ? 1 : -1;
}

// The lines that carry something for the session's node, of the entry with this number.
static int read_lines(delivery_t *self, const roster_t *roster, const session_t *session,
    span_t *lines, cause_t *why)
{
    uint64_t position;
    const stock_item_t *entry;
    receiver_t receiver = receiver_of(self, roster, session);
    if (inboxes_get(self->setup.inboxes, session->inbox, session->carry.number, &position,
            why) != 0 ||
        !(entry = stock_item(self->setup.stock, position, why)))
        return -1;
    *lines = stock_lines(entry, &receiver, self->arena);
    return 0;
}

// What the session asked for, as much as fits.
static int fill_carried(
    delivery_t *self, const roster_t *roster, const session_t *session, cause_t *why)
{
    span_t lines;
    int added = 1;
    if (read_lines(self, roster, session, &lines, why) != 0)
        return -1;
    reader_t reader = reader_of(lines);
    for (uint64_t ordinal = 0; added == 1 && reader.rest.size > 0;) {
        span_t line = route_take_line(&reader);
        delivery_frame_item_t item = {.number = ordinal + 1};
        if (!route_is(line, ROUTE_CARRIES) || ++ordinal < session->carry.first)
            continue;
        if (delivery_frame_count(self->frame) > 0 && stock_is_full(self->setup.stock))
            break;
        added = read_carried(self, line, &item, why);
        if (added == 1)
            added = delivery_frame_add(self->frame, &item);
    }
    return added < 0 ? -1 : 0;
}

static int pack_carried(delivery_t *self, const delivery_round_t *round,
    const session_t *session, buf_t *out, cause_t *why)
{
    delivery_frame_t *frame = self->frame;
    begin_frame(self, session);
    if (fill_carried(self, round->roster, session, why) != 0)
        return -1;
    if (delivery_frame_count(frame) == 0)
        return 0;
    if (prove(self, round->size, why) != 0 ||
        delivery_frame_carried(frame, session->carry.number, round->checkpoint,
            buf_span(&self->proof), out, why) != 0)
        return -1;
    return (int)delivery_frame_count(frame);
}

// As deliver_frame, of what the session asked for beside its inbox.
static int64_t carry_frame(
    delivery_t *self, const delivery_round_t *round, session_t *session, cause_t *why)
{
    static const cause_t nothing = {"that number brings nothing along, or no such line"};
    buf_t frame = {0};
    int n = pack_carried(self, round, session, &frame, why);
    if (n < 0)
        return -1;
    if (n == 0) {
        session->carry.number = 0;
        reception_punish(self->setup.reception, session, &nothing);
        return DELIVERY_ENTRY_WORK;
    }
    size_t size = frame.size;
    if (reception_send(self->setup.reception, session, &frame)) {
        session->carry.number = 0;
        return (int64_t)size + n * DELIVERY_ENTRY_WORK;
    }
    if (session->live)
        sessions_forget_certs(self->setup.sessions, session);
    return 0;
}

int delivery_carry(const delivery_t *self, session_t *session, span_t frame, cause_t *why)
{
    carry_ask_t ask;
    if (carry_ask_take(&ask, frame, why) != 0)
        return -1;
    if (ask.number > inboxes_last(self->setup.inboxes, session->inbox))
        return cause_set(why, "it has no such number in its inbox");
    session->carry = ask;
    return 0;
}

static void resend(session_t *session, int64_t monotonic_ms)
{
    if (window_resend(&session->window, monotonic_ms))
        log_often(LOG_INFO, "delivery.again", "node=%s from=%" PRIu64, session->node,
            session->window.sent + 1);
}

typedef enum { HAS_ALL, GETS_NEWS, IS_BEHIND, CANNOT_TELL } place_t;

// Whether the next that the session may have is of this turn.
static place_t place_of(const delivery_t *self, const delivery_round_t *round,
    const session_t *session, cause_t *why)
{
    uint64_t position, next = session->window.sent + 1;
    if (!may_have(self, session))
        return HAS_ALL;
    if (inboxes_get(self->setup.inboxes, session->inbox, next, &position, why) != 0)
        return CANNOT_TELL;
    return position >= round->first ? GETS_NEWS : IS_BEHIND;
}

static void put_behind(delivery_t *self, size_t slot)
{
    if (self->behind_n == self->behind_room) {
        self->behind_room = self->behind_room ? 2 * self->behind_room : 64;
        self->behind = memory_grow(self->behind, self->behind_room, sizeof *self->behind);
    }
    self->behind[self->behind_n++] = slot;
}

int delivery_news(delivery_t *self, const delivery_round_t *round, cause_t *why)
{
    size_t slots = sessions_slots(self->setup.sessions);
    int64_t left = DELIVERY_NEW_WORK;
    self->behind_n = 0;
    for (size_t k = 0; k < slots; k++) {
        size_t slot = (self->first + k) % slots;
        session_t *session = sessions_at(self->setup.sessions, slot);
        if (!session)
            continue;
        resend(session, round->monotonic_ms);
        place_t place = place_of(self, round, session, why);
        if (place == CANNOT_TELL)
            return -1;
        if (session->carry.number > 0 || place == IS_BEHIND ||
            (place == GETS_NEWS && left <= 0))
            put_behind(self, slot);
        else
            for (int64_t work = place == GETS_NEWS; work > 0; left -= work)
                if ((work = deliver_frame(self, round, session, why)) < 0)
                    return -1;
    }
    return 0;
}

static int64_t allowance(const delivery_t *self, const delivery_round_t *round)
{
    int64_t growth = 2 * (int64_t)(round->bytes * self->behind_n);
    return DELIVERY_BEHIND_WORK +
           (growth < DELIVERY_GROWTH_MAX ? growth : DELIVERY_GROWTH_MAX);
}

int delivery_behind(delivery_t *self, const delivery_round_t *round, cause_t *why)
{
    int64_t left = allowance(self, round);
    self->waits = false;
    for (size_t i = 0; i < self->behind_n && !self->waits; i++) {
        size_t slot = self->behind[i];
        session_t *session = sessions_at(self->setup.sessions, slot);
        if (!session || (session->carry.number == 0 && !may_have(self, session)))
            continue;
        if (left <= 0) { // the first who gets none is the first of the next turn
            self->first = slot;
            self->waits = true;
            continue;
        }
        int64_t work = session->carry.number > 0
                           ? carry_frame(self, round, session, why)
                           : deliver_frame(self, round, session, why);
        if (work < 0)
            return -1;
        left -= work;
        if (work > 0)
            put_behind(self, slot); // again, after the others
    }
    return 0;
}

bool delivery_waits(const delivery_t *self)
{
    return self->waits;
}
