// status - names are promised to scripts: add, never rename.  What an operator must see
// to is also said in words, as an alarm; what is not wrong, and may leave somebody
// untold, as a warning.

#include "hub/ask/status.h"

#include "lib/base/log.h"
#include "lib/base/moment.h"
#include "lib/base/version.h"
#include "lib/json/writer.h"
#include "lib/rules/rules_roles.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

static void write_log(const hub_status_t *self, writer_t *to)
{
    char root[HASH_HEX];
    const checkpoint_t *checkpoint = self->checkpoint;
    hex_encode(checkpoint->root.bytes, sizeof checkpoint->root.bytes, root);
    writer_text(to, "hub", self->hub);
    writer_text(to, "version", DABYL_VERSION);
    writer_text(to, "origin", self->origin);
    writer_integer(to, "entries", (int64_t)checkpoint->size);
    writer_text(to, "root", root);
    writer_integer(to, "rules_position", (int64_t)self->rules_position);
    writer_integer(to, "rules", (int64_t)rules_count(self->law->rules));
    writer_array(to, "packs");
    for (size_t i = 0; i < rules_packs(self->law->rules); i++)
        writer_text(to, NULL, rules_pack(self->law->rules, i)->instrument);
    writer_end(to);
}

static void write_state(const hub_status_t *self, writer_t *to)
{
    writer_integer(to, "sessions", (int64_t)sessions_live(self->sessions));
    writer_integer(to, "refused_since_start", (int64_t)self->refused);
    writer_integer(to, "duties", (int64_t)self->duties);
    writer_integer(to, "duties_towards_nobody", (int64_t)self->owed_nobody);
    writer_bool(to, "clock_held", self->clock_held);
    writer_bool(to, "disk_full", self->disk_full);
    writer_bool(to, "rolled_back", self->rolled_back);
    writer_bool(to, "crl_stale", self->crl_stale);
}

__attribute__((format(printf, 2, 3))) static void alarm_of(
    writer_t *to, const char *format, ...)
{
    char text[1024];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    writer_text(to, NULL, text);
}

// What the law has the hub say, and does not let it say.
static void write_trouble(const drafting_trouble_t *trouble, writer_t *to)
{
    const refusal_t *refusal = &trouble->refusal;
    if (trouble->count > 0)
        alarm_of(to,
            "%" PRIu64
            " messages were not taken, or not said by the hub, because of what "
            "these rules derive: %s%s%s is refused, %s at %s: %s",
            trouble->count, trouble->kind, trouble->rule[0] ? " of rule " : "",
            trouble->rule, refusal->code, refusal->pointer[0] ? refusal->pointer : "/",
            refusal->text);
}

static void write_alarms(const hub_status_t *self, log_lost_t lost, writer_t *to)
{
    writer_array(to, "alarms");
    if (self->files[0])
        alarm_of(to,
            "the files of the law are not in force (%s): what was before is; mend them, "
            "then `dabyl hub reload`",
            self->files);
    if (self->shut_out)
        alarm_of(to, "nobody can ask to join: the hub's log says why (join.not-open)");
    if (lost.still)
        alarm_of(to, "nobody reads this hub's log: %" PRIu64 " lines of it are lost",
            lost.lines);
    write_trouble(self->trouble, to);
    writer_end(to);
    writer_array(to, "warnings");
    if (self->unkept)
        alarm_of(to,
            "the state could not be kept: a start reads the journal from entry %" PRIu64
            " on",
            self->kept);
    for (size_t i = 0; i < self->law->warnings.n; i++)
        writer_text(to, NULL, self->law->warnings.text[i]);
    writer_end(to);
}

// A moment of the clock that nobody sets, by the one on the wall.
static void write_moment(
    const hub_status_t *self, const char *name, int64_t monotonic_ms, writer_t *to)
{
    char text[TIME_TEXT];
    time_print(
        self->now.wall_ms - moment_between(monotonic_ms, self->now.monotonic_ms), text);
    writer_text(to, name, text);
}

// Whether it is connected, what it was sent and has signed for.
static void write_node(
    const hub_status_t *self, const member_t *member, int inbox, writer_t *to)
{
    writer_object(to, NULL);
    writer_text(to, "node", member->id);
    writer_text(to, "role", member->role);
    writer_text(to, "organisation", member->organisation);
    writer_bool(to, "connected", sessions_of_inbox(self->sessions, inbox) != NULL);
    const session_t *session = sessions_of_inbox(self->sessions, inbox);
    int64_t heard_ms;
    if (session)
        write_moment(self, "since", session->opened_ms, to);
    if (sessions_heard(self->sessions, inbox, &heard_ms))
        write_moment(self, "heard", heard_ms, to);
    writer_bool(to, "contradicts", sessions_contradicted(self->sessions, inbox));
    writer_integer(to, "delivered", (int64_t)inboxes_last(self->inboxes, inbox));
    writer_integer(to, "acknowledged", (int64_t)inboxes_acked(self->inboxes, inbox));
    writer_end(to);
}

// Every member but hubs.
static void write_nodes(const hub_status_t *self, writer_t *to)
{
    cause_t why;
    writer_array(to, "nodes");
    for (size_t i = 0; i < roster_count(self->law->roster); i++) {
        const member_t *member = roster_at(self->law->roster, i);
        int inbox = inboxes_of(self->inboxes, member->id, &why);
        if (inbox >= 0 && strcmp(member->role, "hub") != 0)
            write_node(self, member, inbox, to);
    }
    writer_end(to);
}

// Who follows the log, and how many entries are not on its disk yet.
static void write_standbys(const hub_status_t *self, writer_t *to)
{
    writer_array(to, "standbys");
    for (size_t i = 0; i < sessions_slots(self->sessions); i++) {
        const session_t *session = sessions_at(self->sessions, i);
        if (!session || !session->follow.on)
            continue;
        writer_object(to, NULL);
        writer_text(to, "node", session->node);
        writer_integer(to, "entries", (int64_t)session->follow.entries);
        uint64_t size = self->checkpoint->size, kept = session->follow.entries;
        writer_integer(to, "behind", kept < size ? (int64_t)(size - kept) : 0);
        writer_end(to);
    }
    writer_end(to);
}

// Roles that the law needs somebody of, and nobody has, known or not.
static void write_absent(const law_t *law, writer_t *to)
{
    need_t need;
    writer_array(to, "absent");
    for (size_t i = 0; cert_roles[i] != NULL; i++) {
        if (rules_need(law->rules, cert_roles[i], &need) == 0 ||
            roster_has_role(law->roster, cert_roles[i]))
            continue;
        writer_object(to, NULL);
        writer_text(to, "role", need.role);
        writer_text(to, "cites", need.cites);
        writer_bool(to, "by_law", need.by_law);
        writer_end(to);
    }
    writer_end(to);
}

// Also what is ordered and, for want of room, not written yet.
static void write_quarantine(const quarantine_t *quarantine, writer_t *to)
{
    writer_array(to, "quarantined");
    for (size_t i = 0; i < quarantine->n; i++) {
        writer_object(to, NULL);
        writer_integer(to, "position", (int64_t)quarantine->item[i].position);
        writer_text(to, "reason", quarantine->item[i].reason);
        writer_end(to);
    }
    writer_end(to);
}

// What is past its age; `dabyl hub retention` says it by kind.
static void write_retention(const hub_status_t *self, writer_t *to)
{
    uint64_t due = 0, held = 0, gone = 0;
    retained_t kind;
    if (!retention_on(self->retention))
        return;
    for (size_t i = 0; i < retention_ages(self->retention); i++) {
        retention_count(self->retention, i, &kind);
        due += kind.past[HOLD_NONE];
        held += retained_held(&kind);
        gone += kind.gone;
    }
    writer_object(to, "retention");
    writer_bool(to, "erase", self->erases);
    writer_integer(to, "due", (int64_t)due);
    writer_integer(to, "held", (int64_t)held);
    writer_integer(to, "gone", (int64_t)gone);
    writer_end(to);
}

// One member for each that was reached, by the name of its option.
static void write_limits(const limits_t *limits, writer_t *to)
{
    writer_object(to, "limits");
    for (limit_t i = 0; i < LIMITS; i++)
        if (limits_times(limits, i) > 0)
            writer_integer(to, limits_name(i), (int64_t)limits_times(limits, i));
    writer_end(to);
}

void status_print(const hub_status_t *self, buf_t *out)
{
    writer_t to = writer_to(out);
    log_lost_t lost = log_lost();
    writer_object(&to, NULL);
    write_log(self, &to);
    write_state(self, &to);
    write_alarms(self, lost, &to);
    write_absent(self->law, &to);
    write_nodes(self, &to);
    write_standbys(self, &to);
    writer_integer(&to, "unreadable_since_start", (int64_t)self->unreadable);
    write_quarantine(self->quarantine, &to);
    write_retention(self, &to);
    writer_integer(&to, "state_entries", (int64_t)self->kept);
    writer_integer(&to, "state_age_s", self->kept_s);
    writer_bool(&to, "reloading", self->reloading);
    writer_integer(&to, "questions", (int64_t)self->questions);
    writer_integer(&to, "joins_waiting", (int64_t)self->joins);
    writer_integer(&to, "log_lost", (int64_t)lost.lines);
    write_limits(self->limits, &to);
    writer_end(&to);
}
