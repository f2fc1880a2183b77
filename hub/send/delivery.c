// delivery - session by session, frame by frame, of entries that are read here and packed
// by delivery_frame.
//
// Who is up to date is sent what the turn brought.  Who is behind (it was away, reads
// slowly, asks for what it had) comes after that, a frame each in turn, and all of them
// together have an allowance: what they do not get now they get in the turns that follow.
// The allowance grows with what the turn wrote: under load many are behind, and must not
// stay so.  What goes to very many at once is too much for one turn, too: who gets none
// of it in this one is behind in the next.

#include "hub/send/delivery.h"

#include "hub/send/aside.h"
#include "hub/send/delivery_frame.h"
#include "lib/base/arena.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/message/document.h"
#include "lib/message/routing.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct delivery {
    delivery_setup_t setup;
    delivery_frame_t *frame;
    arena_t *arena; // what the entries of one frame are read into
    buf_t proof, why;
    size_t first;   // slot of the session whose turn it is
    size_t *behind; // slots
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
    buf_destroy(&self->why);
    free(self->behind);
    free(self);
}

// Whether a seal's first signature is by this key.
static bool seal_is_by(span_t head, const char *key_id)
{
    static const char word[] = "\nsig ed25519 ";
    const uint8_t *at =
        head.size ? memmem(head.data, head.size, word, sizeof word - 1) : NULL;
    return at && head.size - (size_t)(at - head.data) > sizeof word - 1 + HASH_HEX &&
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

// Of what is set aside: all that the receiver would take.
static void limit_item(delivery_t *self, const roster_t *roster, const session_t *session,
    const entry_t *entry, delivery_frame_item_t *item)
{
    item->why = aside_line(entry->record, session->node, self->arena);
    item->aside = !aside_is_whole(entry, roster, self->setup.origin);
    if (item->aside)
        item->document = (span_t){0};
}

// What the draft holds stays as long as the turn; what is read does not.
static span_t keep(delivery_t *self, uint64_t position, span_t bytes)
{
    return entries_is_drafted(self->setup.entries, position)
               ? bytes
               : arena_copy(self->arena, bytes);
}

// An entry for a frame.  Whose document is not where its seal has it goes as what is set
// aside does: nobody could take more of it.
static void copy_item(delivery_t *self, const entry_t *entry, delivery_frame_item_t *item)
{
    item->leaf = keep(self, item->position, entry->leaf);
    item->document = keep(self, item->position, entry->document);
    item->seal = (seal_place_t){keep(self, item->position, entry->seal), entry->index,
        keep(self, item->position, entry->path)};
    item->aside = !entry->proven;
}

// The lines of a record that are the receiver's; the coordination centre reads what the
// author was told beside.
static span_t lines_for(
    delivery_t *self, const roster_t *roster, const session_t *session, span_t record)
{
    const member_t *member = roster_member(roster, session->node);
    buf_clear(&self->why);
    routing_lines_for(
        record, session->node, member && strcmp(member->role, "nccis") == 0, &self->why);
    return arena_copy(self->arena, buf_span(&self->why));
}

// The entry that has this number in the session's inbox.
static int read_item(delivery_t *self, const roster_t *roster, const session_t *session,
    uint64_t number, delivery_frame_item_t *item, cause_t *why)
{
    const delivery_setup_t *setup = &self->setup;
    uint64_t position;
    entry_t entry;
    if (inboxes_get(setup->inboxes, session->inbox, number, &position, why) != 0 ||
        entries_read_placed(setup->entries, position, &entry, why) != 0)
        return -1;
    *item = (delivery_frame_item_t){.number = number, .position = position};
    copy_item(self, &entry, item);
    item->why = lines_for(self, roster, session, entry.record);
    if (quarantine_names(setup->quarantine, position))
        limit_item(self, roster, session, &entry, item);
    if (seal_is_by(item->seal.head, setup->own_key))
        item->carried = carried_seal(self, item->document);
    return 0;
}

// What follows what the session was sent, up to this number, as much as fits.
static int fill(delivery_t *self, const roster_t *roster, const session_t *session,
    uint64_t last, cause_t *why)
{
    bool added = true;
    for (uint64_t number = session->window.sent + 1; added && number <= last; number++) {
        delivery_frame_item_t item;
        if (read_item(self, roster, session, number, &item, why) != 0)
            return -1;
        added = delivery_frame_add(self->frame, &item);
    }
    return 0;
}

// A frame with the entries up to this number, as many as fit; returns how many, or -1.
static int pack(delivery_t *self, const delivery_round_t *round, const session_t *session,
    uint64_t last, span_t *bytes, cause_t *why)
{
    delivery_frame_t *frame = self->frame;
    delivery_receiver_t receiver = {round->roster, self->setup.sessions, session};
    arena_clear(self->arena);
    buf_clear(&self->proof);
    delivery_frame_begin(frame, &receiver);
    if (fill(self, round->roster, session, last, why) != 0 ||
        tree_prove_run(self->setup.tree, delivery_frame_positions(frame),
            delivery_frame_count(frame), round->size, &self->proof, why) != 0)
        return -1;
    if (delivery_frame_finish(
            frame, round->checkpoint, buf_span(&self->proof), bytes, why) != 0)
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
    span_t frame;
    if (!may_have(self, session))
        return 0;
    int n = pack(self, round, session, limit_of(self, session), &frame, why);
    if (n < 0)
        return -1;
    if (reception_send(self->setup.reception, session, frame)) {
        window_sent(&session->window, (uint64_t)n, frame.size, round->monotonic_ms);
        return (int64_t)frame.size + n * DELIVERY_ENTRY_WORK;
    }
    if (session->live) // its queue is full: the certificates did not leave either
        sessions_forget_certs(self->setup.sessions, session);
    return 0;
}

// The older message that a line brings along, as the log has it.  1; 0: it is not there,
// which no hub would write.
static int read_carried(delivery_t *self, const roster_t *roster, span_t line,
    delivery_frame_item_t *item, cause_t *why)
{
    route_t route;
    leaf_t leaf;
    entry_t entry;
    if (route_parse(&route, line, why) != 0 ||
        !history_find(self->setup.history, route.author, route.id, &leaf))
        return 0;
    if (entries_read_placed(self->setup.entries, leaf.position, &entry, why) != 0)
        return -1;
    *item = (delivery_frame_item_t){
        .number = item->number, .position = leaf.position, .why = line};
    copy_item(self, &entry, item);
    item->aside |= quarantine_names(self->setup.quarantine, leaf.position) &&
                   !aside_is_whole(&entry, roster, self->setup.origin);
    return 1;
}

// The lines that carry something for the session's node, of the entry with this number.
static int read_lines(delivery_t *self, const roster_t *roster, const session_t *session,
    uint64_t number, span_t *lines, cause_t *why)
{
    uint64_t position;
    entry_t entry;
    *lines = (span_t){0};
    if (inboxes_get(self->setup.inboxes, session->inbox, number, &position, why) != 0 ||
        entries_read(self->setup.entries, position, &entry, why) != 0)
        return -1;
    if (!quarantine_names(self->setup.quarantine, position))
        *lines = lines_for(self, roster, session, entry.record);
    return 0;
}

// What the session asked for, as much as fits.
static int fill_carried(
    delivery_t *self, const roster_t *roster, const session_t *session, cause_t *why)
{
    const carry_ask_t *ask = &session->carry;
    span_t lines;
    int added = 1;
    if (read_lines(self, roster, session, ask->number, &lines, why) != 0)
        return -1;
    reader_t reader = reader_of(lines);
    for (uint64_t ordinal = 0; added == 1 && reader.rest.size > 0;) {
        span_t line = route_take_line(&reader);
        delivery_frame_item_t item = {.number = ordinal + 1};
        if (!route_is(line, ROUTE_CARRIES) || ++ordinal < ask->first)
            continue;
        added = read_carried(self, roster, line, &item, why);
        if (added == 1)
            added = delivery_frame_add(self->frame, &item);
    }
    return added < 0 ? -1 : 0;
}

static int pack_carried(delivery_t *self, const delivery_round_t *round,
    const session_t *session, span_t *bytes, cause_t *why)
{
    delivery_frame_t *frame = self->frame;
    delivery_receiver_t receiver = {round->roster, self->setup.sessions, session};
    arena_clear(self->arena);
    buf_clear(&self->proof);
    delivery_frame_begin(frame, &receiver);
    if (fill_carried(self, round->roster, session, why) != 0)
        return -1;
    if (delivery_frame_count(frame) == 0)
        return 0;
    if (tree_prove_run(self->setup.tree, delivery_frame_positions(frame),
            delivery_frame_count(frame), round->size, &self->proof, why) != 0)
        return -1;
    if (delivery_frame_carried(frame, session->carry.number, round->checkpoint,
            buf_span(&self->proof), bytes, why) != 0)
        return -1;
    return (int)delivery_frame_count(frame);
}

// As deliver_frame, of what the session asked for beside its inbox.
static int64_t carry_frame(
    delivery_t *self, const delivery_round_t *round, session_t *session, cause_t *why)
{
    static const cause_t nothing = {"that number brings nothing along, or no such line"};
    span_t frame;
    int n = pack_carried(self, round, session, &frame, why);
    if (n < 0)
        return -1;
    if (n == 0) {
        session->carry.number = 0;
        reception_punish(self->setup.reception, session, &nothing);
        return DELIVERY_ENTRY_WORK;
    }
    if (reception_send(self->setup.reception, session, frame)) {
        session->carry.number = 0;
        return (int64_t)frame.size + n * DELIVERY_ENTRY_WORK;
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
