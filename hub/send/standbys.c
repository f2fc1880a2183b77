// standbys - the segments are read as they lie on the disk: the standby checks each batch
// itself, and has the same bytes.  Who cannot be sent what it asks for has another log.

#include "hub/send/standbys.h"

#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/message/frame.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char standbys_role[] = "standby";

struct standbys {
    standbys_setup_t setup;
    int slot[STANDBYS_MAX]; // of sessions that follow, or did; -1
    unsigned turn;          // who is first in the next turn
    bool waits;
    buf_t data;
};

standbys_t *standbys_new(const standbys_setup_t *setup)
{
    standbys_t *self = memory_new(1, sizeof *self);
    self->setup = *setup;
    for (size_t i = 0; i < STANDBYS_MAX; i++)
        self->slot[i] = -1;
    return self;
}

void standbys_destroy(standbys_t **self_p)
{
    standbys_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    buf_destroy(&self->data);
    free(self);
}

static session_t *at(const standbys_t *self, size_t i)
{
    session_t *session = self->slot[i] < 0
                             ? NULL
                             : sessions_at(self->setup.sessions, (size_t)self->slot[i]);
    return session && session->live && session->follow.on ? session : NULL;
}

// A place for it among those who follow; false when they are enough.
static bool enlist(standbys_t *self, const session_t *session)
{
    size_t free = STANDBYS_MAX;
    for (size_t i = 0; i < STANDBYS_MAX; i++) {
        if (self->slot[i] == session->slot)
            return true;
        if (free == STANDBYS_MAX && !at(self, i))
            free = i;
    }
    if (free == STANDBYS_MAX)
        return false;
    self->slot[free] = session->slot;
    return true;
}

int standbys_hear(standbys_t *self, const roster_t *roster, session_t *session,
    span_t frame, cause_t *why)
{
    follow_t said;
    const member_t *member = roster_member(roster, session->node);
    if (!member || strcmp(member->role, standbys_role) != 0)
        return cause_set(why, "only a standby follows the log");
    if (follow_take(&said, frame, why) != 0)
        return -1;
    if (!enlist(self, session)) {
        reception_dismiss(self->setup.reception, session, "rate.limit",
            "as many standbys as may follow the log do so already", "too many standbys");
        return 0;
    }
    // An acknowledgement, or another place than the one that was sent up to.
    bool same = session->follow.on && session->follow.segment == said.segment &&
                said.offset <= session->follow.sent;
    if (!same) {
        log_often(LOG_INFO, "standby.follows",
            "node=%s segment=%" PRIu64 " offset=%" PRIu64 " entries=%" PRIu64,
            session->node, said.segment, said.offset, said.entries);
        session->follow.segment = said.segment;
        session->follow.sent = said.offset;
        session->follow.over = false;
    }
    session->follow.on = true;
    session->follow.kept = said.offset;
    session->follow.entries = said.entries;
    return 0;
}

static bool may_send(const session_t *session)
{
    return !session->follow.over &&
           session->follow.sent - session->follow.kept < STANDBYS_UNKEPT_MAX;
}

static void part(standbys_t *self, session_t *session, const cause_t *why)
{
    log_often(LOG_WARNING, "standby.contradicts", "node=%s reason=\"%s\"", session->node,
        why->text);
    reception_dismiss(self->setup.reception, session, "session.stored",
        "this journal has no such place: what the standby has is another's", why->text);
}

// One frame for it.  How many bytes that took; 0 when there is nothing, or it is gone.
static size_t send_piece(standbys_t *self, session_t *session, span_t note)
{
    cause_t why;
    bool over;
    segments_place_t place = {
        .segment = session->follow.segment, .offset = session->follow.sent};
    buf_clear(&self->data);
    int got = journal_read_raw(
        self->setup.journal, &place, STANDBYS_PIECE, &self->data, &over, &why);
    if (got < 0)
        part(self, session, &why);
    if (got <= 0)
        return 0;
    place.offset += self->data.size;
    cause_t ignored;
    bool all = !over && journal_read_raw(self->setup.journal, &place, 0, &self->data,
                            &(bool){false}, &ignored) == 0;
    tail_t tail = {.segment = session->follow.segment,
        .offset = session->follow.sent,
        .over = over,
        .note = all ? note : span_of("", 0),
        .data = buf_span(&self->data)};
    buf_t frame = {0};
    tail_put(&frame, &tail);
    size_t size = frame.size;
    session->follow.sent = place.offset;
    session->follow.over = over;
    return reception_send(self->setup.reception, session, &frame) ? size : 0;
}

void standbys_turn(standbys_t *self, span_t note)
{
    size_t work = 0;
    bool sent = true;
    self->waits = false;
    self->turn++;
    while (sent && work < STANDBYS_WORK) {
        sent = false;
        for (size_t i = 0; i < STANDBYS_MAX && work < STANDBYS_WORK; i++) {
            session_t *session = at(self, (i + self->turn) % STANDBYS_MAX);
            size_t size =
                session && may_send(session) ? send_piece(self, session, note) : 0;
            work += size;
            sent |= size > 0;
        }
    }
    self->waits = sent;
}

bool standbys_wait(const standbys_t *self)
{
    return self->waits;
}
