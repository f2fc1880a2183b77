// hub_housekeeping - what changes by itself, and what follows from it: the clocks, the
// room on the disk, limits that were reached, certificates and duties whose time is
// nearly over.

#include "hub/ask/notices.h"
#include "hub/hub_inside.h"
#include "lib/base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { DUTIES_A_TURN = 256 }; // that fall due; the rest follow in the next

static notices_t notices(hub_t *self)
{
    return (notices_t){.hub = self->identity.member.id,
        .roster = self->law.roster,
        .now_ms = self->now.wall_ms,
        .history = self->history,
        .drafting = self->drafting};
}

void hub_due_turn(hub_t *self)
{
    const duty_t *duty;
    duties_log_t log = hub_duties_log(self);
    if (!hub_may_write(self))
        return;
    duties_turn(self->duties, self->now.wall_ms, DUTIES_A_TURN, &log);
    notices_t tell = notices(self);
    while ((duty = duties_to_tell(self->duties)) != NULL)
        notices_duty(&tell, duty);
    absence_t *absence;
    while ((absence = drafting_absence(self->drafting)) != NULL) {
        notices_absence(&tell, absence);
        free(absence);
    }
}

// What the operator is told of limits, here and in the status.
void hub_look_at_limits(hub_t *self)
{
    const char *state;
    gate_counts_t counts = gate_counts(self->gate);
    const member_t *who =
        roster_by_channel(self->law.roster, counts.key, self->now.wall_ms, &state);
    limits_set(self->limits, LIMIT_CONNECTIONS, counts.full, "");
    limits_set(self->limits, LIMIT_NODE_CONNECTIONS, counts.refused + counts.displaced,
        who ? who->id : "");
    limits_set(
        self->limits, LIMIT_ADDRESS_HANDSHAKES, counts.turned_away, counts.address);
    limits_set(self->limits, LIMIT_WAITING_BYTES, counts.cut, "");
    limits_set(self->limits, LIMIT_HELLO, counts.mute, "");
    const attachment_server_full_t *full =
        attachment_server_full(self->attachment_server);
    limits_set(self->limits, LIMIT_ATTACHMENTS_NODE, full->node_bytes, full->node);
    limits_set(self->limits, LIMIT_ATTACHMENTS_TOTAL, full->total_bytes, "");
}

static void note_step(hub_t *self, int64_t step_ms)
{
    char text[OWED_TEXT];
    bool more = owed_count(self->owed) > owed_in_draft(self->owed);
    log_line(LOG_WARNING, "clock.step", "ms=%" PRId64, step_ms);
    self->step_ms = more ? self->step_ms + step_ms : step_ms;
    clock_step_print(self->step_ms, text, sizeof text);
    owed_add(self->owed, "clock", "", text);
    duties_hold(self->duties, true); // from this very turn on
}

// What need not be looked at every turn.
static void look_at_slow(hub_t *self)
{
    cause_t why;
    self->listen_for_silence = true;
    log_turn();
    reception_expel(self->reception);
    hub_look_at_limits(self);
    limits_say(self->limits, self->now.monotonic_ms);
    if (hub_may_write(self) && housekeeping_certificates(&self->watch, self->now)) {
        notices_t tell = notices(self);
        notices_certificates(&tell, self->options->expiry_notice_days);
    }
    if (publisher_trouble(self->publisher, &why) != 0)
        log_line(LOG_ERROR, "publisher.trouble", "reason=\"%s\"", why.text);
}

void hub_look_around(hub_t *self)
{
    housekeeping_news_t news = housekeeping_turn(&self->watch, self->now,
        !journal_has_room(self->journal) || lookup_overfull(self->lookup),
        self->options->clock_step_ms);
    if (news.room == ROOM_GONE)
        log_line(LOG_ERROR, "disk.full", "action=\"publishers are told to retry\"");
    else if (news.room == ROOM_BACK)
        log_line(LOG_INFO, "disk.room", "action=\"publishing goes on\"");
    if (news.step_ms)
        note_step(self, news.step_ms);
    if (news.slow)
        look_at_slow(self);
    porter_turn(self->porter, self->now);
}
