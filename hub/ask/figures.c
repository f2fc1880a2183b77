// figures - a family after the other, each from what it is about.

#include "hub/ask/figures.h"

#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"
#include "lib/base/version.h"
#include "lib/rules/rules_roles.h"
#include "lib/sys/usage.h"
#include "lib/tlog/backup_mark.h"

#include <stdlib.h>
#include <string.h>

static int64_t left_ms(const figures_source_t *self, int64_t until_ms)
{
    return moment_between(self->now.wall_ms, until_ms);
}

static void put_hub(const figures_source_t *self, metrics_t *to)
{
    const hub_status_t *status = self->status;
    usage_t usage = usage_now();
    metrics_family(to, "dabyl_hub_info", METRIC_GAUGE,
        "Which hub this is, of which log and by which program; always 1.");
    metrics_count(to, 1, "hub", status->hub, "origin", status->origin, "version",
        DABYL_VERSION, NULL);
    metrics_one_seconds(to, "dabyl_hub_up_seconds",
        moment_between(self->figures->started_ms, self->now.monotonic_ms),
        "Since the start.");
    metrics_one(to, "dabyl_hub_memory_bytes", METRIC_GAUGE, usage.memory_bytes,
        "Memory that the process has (resident).");
    metrics_family(to, "dabyl_hub_processor_seconds_total", METRIC_COUNTER,
        "Processor time that the process has used.");
    metrics_seconds(to, usage.processor_ms, NULL);
}

static void put_messages(const figures_source_t *self, metrics_t *to)
{
    const char *code;
    uint64_t count;
    metrics_one(to, "dabyl_hub_receipts_total", METRIC_COUNTER, self->figures->receipts,
        "Receipts for messages since the start, repeated ones too.");
    metrics_family(to, "dabyl_hub_refusals_total", METRIC_COUNTER,
        "What was refused since the start, by code.");
    for (size_t i = 0; (code = refusals_code(self->refusals, i, &count)) != NULL; i++)
        metrics_count(to, count, "code", code, NULL);
    metrics_one(to, "dabyl_hub_questions", METRIC_GAUGE, self->status->questions,
        "Questions of nodes that wait for their answers.");
    metrics_one(to, "dabyl_hub_joins_waiting", METRIC_GAUGE, self->status->joins,
        "Requests of newcomers that nobody has looked at.");
    metrics_one(to, "dabyl_hub_joins_shut_out", METRIC_GAUGE, self->status->shut_out,
        "1: newcomers cannot ask, although they are to.");
    metrics_one(to, "dabyl_hub_rules_refused_total", METRIC_COUNTER,
        self->status->trouble->count,
        "Messages that were not taken, or not said by the hub, because of what the rules "
        "in force derive.");
    metrics_one(to, "dabyl_hub_unreadable_total", METRIC_COUNTER,
        self->status->unreadable,
        "Entries that were not written, since the hub could not have read them again.");
}

static void put_counts(
    const figures_source_t *self, size_t of(const duty_count_t *), metrics_t *to)
{
    const duty_count_t *count;
    for (size_t i = 0; (count = duty_counts_at(self->duties, i)) != NULL; i++)
        metrics_count(to, of(count), "kind", count->name, "exercise",
            count->world == DUTY_PLAYED ? "true" : "false", NULL);
}

static size_t open_of(const duty_count_t *count)
{
    return count->open;
}

static size_t overdue_of(const duty_count_t *count)
{
    return count->overdue;
}

static void put_duties(const figures_source_t *self, metrics_t *to)
{
    metrics_family(to, "dabyl_hub_duties", METRIC_GAUGE,
        "Duties that are not settled, by what is owed; those of exercises apart.");
    put_counts(self, open_of, to);
    metrics_family(to, "dabyl_hub_duties_overdue", METRIC_GAUGE,
        "Of these, those whose time is over.");
    put_counts(self, overdue_of, to);
    metrics_one(to, "dabyl_hub_duties_towards_nobody", METRIC_GAUGE,
        self->status->owed_nobody, "Real duties towards a role that no node has.");
    metrics_one(to, "dabyl_hub_clock_held", METRIC_GAUGE, self->status->clock_held,
        "1: the clock moved, and nothing falls due until an operator accepts it.");
}

// Every member but hubs, with its inbox.
static const member_t *next_node(const figures_source_t *self, size_t *i, int *inbox)
{
    cause_t ignored;
    const roster_t *roster = self->status->law->roster;
    while (*i < roster_count(roster)) {
        const member_t *member = roster_at(roster, (*i)++);
        *inbox = inboxes_of(self->status->inboxes, member->id, &ignored);
        if (*inbox >= 0 && strcmp(member->role, "hub") != 0)
            return member;
    }
    return NULL;
}

static void put_connected(const figures_source_t *self, metrics_t *to)
{
    const member_t *node;
    int inbox;
    sessions_t *sessions = self->status->sessions;
    metrics_family(to, "dabyl_hub_node_connected", METRIC_GAUGE,
        "1: the node is in session with the hub.");
    for (size_t i = 0; (node = next_node(self, &i, &inbox)) != NULL;)
        metrics_count(to, sessions_of_inbox(sessions, inbox) != NULL, "node", node->id,
            "role", node->role, NULL);
    metrics_family(to, "dabyl_hub_node_contradicts", METRIC_GAUGE,
        "1: the node claims deliveries that this log never made.");
    for (size_t i = 0; (node = next_node(self, &i, &inbox)) != NULL;)
        metrics_count(to, sessions_contradicted(sessions, inbox), "node", node->id, NULL);
}

static void put_deliveries(const figures_source_t *self, metrics_t *to)
{
    const member_t *node;
    int inbox;
    int64_t since_ms;
    inboxes_t *inboxes = self->status->inboxes;
    metrics_family(to, "dabyl_hub_deliveries", METRIC_GAUGE,
        "Messages that were ever routed to the node.");
    for (size_t i = 0; (node = next_node(self, &i, &inbox)) != NULL;)
        metrics_count(to, inboxes_last(inboxes, inbox), "node", node->id, NULL);
    metrics_family(to, "dabyl_hub_deliveries_unsigned", METRIC_GAUGE,
        "Of these, those that the node has not signed for.");
    for (size_t i = 0; (node = next_node(self, &i, &inbox)) != NULL;)
        metrics_count(to, inboxes_last(inboxes, inbox) - inboxes_acked(inboxes, inbox),
            "node", node->id, NULL);
    metrics_family(to, "dabyl_hub_delivery_oldest_unsigned_seconds", METRIC_GAUGE,
        "How long the oldest of these has been in the log; 0: there is none.");
    for (size_t i = 0; (node = next_node(self, &i, &inbox)) != NULL;) {
        bool waits = oldest_since(self->oldest, inbox, &since_ms);
        metrics_seconds(to, waits ? moment_between(since_ms, self->now.wall_ms) : 0,
            "node", node->id, NULL);
    }
}

static void put_net(const figures_source_t *self, metrics_t *to)
{
    const gate_counts_t *gate = self->gate;
    metrics_one(to, "dabyl_hub_sessions", METRIC_GAUGE,
        sessions_live(self->status->sessions), "Nodes in session.");
    metrics_one(to, "dabyl_hub_connections", METRIC_GAUGE, gate->connections,
        "Connections, with and without a session.");
    metrics_one(to, "dabyl_hub_connections_limit", METRIC_GAUGE, gate->connections_max,
        "As many there may be (limits.connections).");
    metrics_one(to, "dabyl_hub_waiting_bytes", METRIC_GAUGE, gate->waiting_bytes,
        "Frames that came and were not looked at yet.");
    metrics_family(to, "dabyl_hub_limit_reached_total", METRIC_COUNTER,
        "How often a limit was reached since the start, by the option's name.");
    for (limit_t i = 0; i < LIMITS; i++)
        metrics_count(
            to, limits_times(self->status->limits, i), "limit", limits_name(i), NULL);
}

static void put_disk(const figures_source_t *self, metrics_t *to)
{
    const char *const of[][2] = {{"journal", self->options->journal},
        {"attachments", self->options->attachments}, {"state", self->options->state}};
    usage_disk_t disk[3];
    bool known[3];
    for (size_t i = 0; i < 3; i++)
        known[i] = usage_disk(of[i][1], &disk[i]);
    metrics_family(to, "dabyl_hub_disk_free_bytes", METRIC_GAUGE,
        "Room on the disk that this is on.");
    for (size_t i = 0; i < 3; i++)
        if (known[i])
            metrics_count(to, disk[i].free_bytes, "of", of[i][0], NULL);
    metrics_family(
        to, "dabyl_hub_disk_size_bytes", METRIC_GAUGE, "How large that disk is.");
    for (size_t i = 0; i < 3; i++)
        if (known[i])
            metrics_count(to, disk[i].size_bytes, "of", of[i][0], NULL);
    metrics_one(to, "dabyl_hub_disk_full", METRIC_GAUGE, self->status->disk_full,
        "1: no batch would fit, and publishers are told to try again.");
}

// Copies of the log elsewhere: who follows it, and when it was backed up.
static void put_copies(const figures_source_t *self, metrics_t *to)
{
    backup_mark_t mark;
    cause_t ignored;
    const hub_status_t *status = self->status;
    uint64_t size = status->checkpoint->size;
    metrics_family(to, "dabyl_hub_standby_behind_entries", METRIC_GAUGE,
        "Entries that a standby which follows the log has not on its disk yet.");
    for (size_t i = 0; i < sessions_slots(status->sessions); i++) {
        const session_t *session = sessions_at(status->sessions, i);
        if (session && session->follow.on)
            metrics_count(to,
                size > session->follow.entries ? size - session->follow.entries : 0,
                "node", session->node, NULL);
    }
    bool any = backup_mark_read(self->options->state, &mark, &ignored) == 1;
    metrics_one_seconds(to, "dabyl_hub_backup_age_seconds",
        any ? moment_between(mark.made_ms, self->now.wall_ms) : 0,
        "How long ago the hub was backed up; 0: never.");
    metrics_one(to, "dabyl_hub_backup_entries_total", METRIC_COUNTER,
        any ? mark.entries : 0, "Entries that the newest backup has.");
}

static void put_journal(const figures_source_t *self, metrics_t *to)
{
    const hub_status_t *status = self->status;
    uint64_t entries = status->checkpoint->size;
    metrics_one(to, "dabyl_hub_entries_total", METRIC_COUNTER, entries,
        "Entries of the log that are durable.");
    metrics_one(to, "dabyl_hub_published_entries_total", METRIC_COUNTER,
        self->published.size,
        "Entries of the newest checkpoint that this process has published.");
    metrics_one_seconds(to, "dabyl_hub_publisher_lag_seconds", self->published.waiting_ms,
        "How long a newer checkpoint has been waiting to be published.");
    metrics_one(to, "dabyl_hub_snapshot_entries_total", METRIC_COUNTER, status->kept,
        "Entries that the newest snapshot of the state has; a start reads the others.");
    metrics_one_seconds(to, "dabyl_hub_snapshot_age_seconds", status->kept_s * 1000,
        "How old that snapshot is; 0: there is none.");
    metrics_one(to, "dabyl_hub_snapshot_failed", METRIC_GAUGE, status->unkept,
        "1: the last snapshot could not be written.");
    metrics_one(to, "dabyl_hub_quarantined_entries", METRIC_GAUGE, status->quarantine->n,
        "Entries that were set aside, since they cannot be read.");
    metrics_one(to, "dabyl_hub_rolled_back", METRIC_GAUGE, status->rolled_back,
        "1: a node has seen a newer log than this one; nothing is taken any more.");
    metrics_family(to, "dabyl_hub_turn_seconds", METRIC_HISTOGRAM,
        "How long turns take: what is taken in, decided, written and sent at once.");
    metrics_spread(to, &self->figures->turns);
    metrics_family(to, "dabyl_hub_flush_seconds", METRIC_HISTOGRAM,
        "How long the disk takes to make a batch durable.");
    metrics_spread(to, &self->figures->flushes);
}

static bool is_known_absent(const hub_options_t *options, const char *role)
{
    for (size_t i = 0; i < options->absent_roles.n; i++)
        if (strcmp(options->absent_roles.text[i], role) == 0)
            return true;
    return false;
}

static void put_law(const figures_source_t *self, metrics_t *to)
{
    const law_t *law = self->status->law;
    need_t need;
    metrics_one(to, "dabyl_hub_law_files_bad", METRIC_GAUGE, self->status->files[0] != 0,
        "1: what the files of the law say is not in force, and what was before is.");
    metrics_one(to, "dabyl_hub_law_warnings", METRIC_GAUGE, law->warnings.n,
        "What the law in force may leave untold; `dabyl hub status` says it in words.");
    metrics_family(to, "dabyl_hub_role_absent", METRIC_GAUGE,
        "1: the law needs somebody of this role, and no node has it; known: hub.conf "
        "says "
        "so (absent_roles).");
    for (size_t i = 0; cert_roles[i] != NULL; i++)
        if (rules_need(law->rules, cert_roles[i], &need) != 0)
            metrics_count(to, !roster_has_role(law->roster, cert_roles[i]), "role",
                need.role, "by_law", need.by_law ? "true" : "false", "known",
                is_known_absent(self->options, need.role) ? "true" : "false", NULL);
}

static void put_crl(const figures_source_t *self, metrics_t *to)
{
    int64_t made_ms, until_ms;
    bool known = roster_crl_times(self->status->law->roster, &made_ms, &until_ms);
    metrics_family(to, "dabyl_hub_crl_age_seconds", METRIC_GAUGE,
        "How old the revocation list in force is.");
    if (known)
        metrics_seconds(to, moment_between(made_ms, self->now.wall_ms), NULL);
    metrics_family(to, "dabyl_hub_crl_left_seconds", METRIC_GAUGE,
        "Until the next one is due; below 0: nobody new is let in.");
    if (known)
        metrics_seconds(to, left_ms(self, until_ms), NULL);
}

static void put_certificate(
    const figures_source_t *self, const member_t *member, cert_use_t use, metrics_t *to)
{
    int64_t ends_ms;
    const roster_t *roster = self->status->law->roster;
    bool good = roster_ends(roster, member->id, use, self->now.wall_ms, &ends_ms);
    metrics_seconds(to, good ? left_ms(self, ends_ms) : 0, "holder", member->id, "use",
        cert_use_name(use), NULL);
}

// A line for each node's officers: the first of their certificates that ends.
static void put_officers(const figures_source_t *self, metrics_t *to)
{
    const roster_t *roster = self->status->law->roster;
    size_t n = roster_count(roster);
    int64_t *ends_ms = memory_new(n + 1, sizeof *ends_ms);
    roster_officers_end(roster, self->now.wall_ms, ends_ms);
    for (size_t i = 0; i < n; i++)
        if (ends_ms[i] != MOMENT_NEVER)
            metrics_seconds(to, left_ms(self, ends_ms[i]), "holder",
                roster_at(roster, i)->id, "use", "officers", NULL);
    free(ends_ms);
}

static void put_certificates(const figures_source_t *self, metrics_t *to)
{
    const roster_t *roster = self->status->law->roster;
    metrics_family(to, "dabyl_hub_certificate_left_seconds", METRIC_GAUGE,
        "Until the last certificate of the node for this use ends (0: it has none); of "
        "its officers: until the first of theirs does.");
    for (size_t i = 0; i < roster_count(roster); i++) {
        const member_t *member = roster_at(roster, i);
        put_certificate(self, member, CERT_SEAL, to);
        if (strcmp(member->role, "hub") != 0)
            put_certificate(self, member, CERT_CHANNEL, to);
    }
    put_officers(self, to);
}

// Nothing where no kind has an age.
static void put_retention(const figures_source_t *self, metrics_t *to)
{
    retained_t kind;
    const retention_t *retention = self->status->retention;
    const size_t n = retention_ages(retention);
    metrics_family(to, "dabyl_hub_retention_due", METRIC_GAUGE,
        "Messages that are past the age of their kind, and that nothing holds.");
    for (size_t i = 0; i < n; i++) {
        retention_count(retention, i, &kind);
        metrics_count(to, kind.past[HOLD_NONE], "kind", kind.age.kind, "erase",
            self->status->erases ? "true" : "false", NULL);
    }
    metrics_family(to, "dabyl_hub_retention_held", METRIC_GAUGE,
        "Messages that are past it and stay, by what holds them.");
    for (size_t i = 0; i < n; i++) {
        retention_count(retention, i, &kind);
        for (hold_t hold = HOLD_NONE + 1; hold < HOLDS; hold++)
            metrics_count(
                to, kind.past[hold], "kind", kind.age.kind, "by", hold_name(hold), NULL);
    }
    metrics_family(to, "dabyl_hub_retention_gone_total", METRIC_COUNTER,
        "Messages that are past it and erased, whoever had them erased.");
    for (size_t i = 0; i < n; i++) {
        retention_count(retention, i, &kind);
        metrics_count(to, kind.gone, "kind", kind.age.kind, NULL);
    }
}

static void put_rest(const figures_source_t *self, metrics_t *to)
{
    metrics_one(to, "dabyl_hub_attachments", METRIC_GAUGE, self->attachments,
        "Attachments that were handed in, by the log.");
    metrics_one(to, "dabyl_hub_attachment_bytes", METRIC_GAUGE, self->attachment_bytes,
        "Bytes that their folder holds, as they count for its limits.");
    metrics_one(to, "dabyl_hub_attachment_bytes_limit", METRIC_GAUGE,
        (uint64_t)self->options->attachment_total,
        "As many there may be (attachments.total_bytes).");
    metrics_one(to, "dabyl_hub_log_lines_lost_total", METRIC_COUNTER, log_lost().lines,
        "Lines of the hub's log that nobody read in time.");
}

void figures_print(const figures_source_t *self, buf_t *out)
{
    metrics_t to = metrics_to(out);
    put_hub(self, &to);
    put_messages(self, &to);
    put_duties(self, &to);
    put_connected(self, &to);
    put_deliveries(self, &to);
    put_net(self, &to);
    put_disk(self, &to);
    put_journal(self, &to);
    put_copies(self, &to);
    put_law(self, &to);
    put_crl(self, &to);
    put_certificates(self, &to);
    put_retention(self, &to);
    put_rest(self, &to);
}
