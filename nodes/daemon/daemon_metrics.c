// daemon_metrics - what the node counts, as metrics (hub/MONITORING.md).  Names are
// promised to whoever watches: add, never rename.

#include "nodes/daemon/daemon_state.h"

#include "lib/base/log.h"
#include "lib/base/moment.h"
#include "lib/base/version.h"
#include "lib/metrics/metrics.h"
#include "lib/sys/usage.h"
#include "nodes/inbox/announced.h"
#include "nodes/inbox/mail.h"
#include "nodes/outbox/taken.h"

static void put_node(const daemon_t *self, metrics_t *to)
{
    usage_t usage = usage_now();
    metrics_family(to, "dabyl_node_info", METRIC_GAUGE,
        "Which node this is, of which role and by which program; always 1.");
    metrics_count(to, 1, "node", self->conf->node, "role",
        self->credentials.seal_cert.role, "version", DABYL_VERSION, NULL);
    metrics_one_seconds(to, "dabyl_node_up_seconds",
        moment_between(self->started_ms, self->now.monotonic_ms), "Since the start.");
    metrics_one(to, "dabyl_node_memory_bytes", METRIC_GAUGE, usage.memory_bytes,
        "Memory that the process has (resident).");
    metrics_family(to, "dabyl_node_processor_seconds_total", METRIC_COUNTER,
        "Processor time that the process has used.");
    metrics_seconds(to, usage.processor_ms, NULL);
    metrics_one(to, "dabyl_node_log_lines_lost_total", METRIC_COUNTER, log_lost().lines,
        "Lines of the node's log that nobody read in time.");
}

static void put_link(const link_status_t *status, metrics_t *to)
{
    static const struct {
        link_event_type_t state;
        const char *name;
    } states[] = {{LINK_CONNECTING, "connecting"}, {LINK_READY, "ready"},
        {LINK_LOST, "lost"}, {LINK_REFUSED, "refused"}, {LINK_BROKEN, "not-proven"},
        {LINK_STOPPED, "stopped"}};
    link_event_type_t now = status->state == LINK_RETRY ? LINK_READY : status->state;
    metrics_one(to, "dabyl_node_connected", METRIC_GAUGE, now == LINK_READY,
        "1: the node is in session with its hub.");
    metrics_family(to, "dabyl_node_connection", METRIC_GAUGE,
        "How it is with the hub: 1 at the one state that it is in.");
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        metrics_count(to, states[i].state == now, "state", states[i].name, NULL);
    metrics_one(to, "dabyl_node_sessions_total", METRIC_COUNTER, status->sessions,
        "Sessions with the hub since the start.");
    metrics_one_seconds(to, "dabyl_node_hub_ahead_seconds", status->hub_ahead_ms,
        "The hub's clock minus this node's, at the last welcome.");
    metrics_one(to, "dabyl_node_contradicted", METRIC_GAUGE,
        status->contradiction[0] != 0,
        "1: the hub delivers what was proven and contradicts itself.");
}

static void look_at_taken(void *context, const char *take)
{
    int64_t *oldest_ms = context;
    moment_sooner(oldest_ms, taken_ms(take));
}

typedef struct {
    size_t n;
    int64_t oldest_ms; // monotonic
} left_t;

static void look_at_left(void *context, const leftover_t *item)
{
    left_t *left = context;
    left->n++;
    moment_sooner(&left->oldest_ms, item->since_ms);
}

// A message that is to go counts from when its file was taken; a file that stays, from
// when it was first seen so.
static void put_outbox(daemon_t *self, const link_status_t *status, metrics_t *to)
{
    int64_t taken_ms = MOMENT_NEVER;
    left_t left = {0, MOMENT_NEVER};
    pending_each(self->pending, look_at_taken, &taken_ms);
    outbox_each_waiting(self->outbox, look_at_taken, &taken_ms);
    outbox_each_left(self->outbox, look_at_left, &left);
    metrics_one(to, "dabyl_node_outbox_waiting", METRIC_GAUGE,
        outbox_waiting(self->outbox) + link_unanswered(self->link),
        "Messages that were taken to be sent and have no answer.");
    metrics_one_seconds(to, "dabyl_node_outbox_oldest_seconds",
        taken_ms == MOMENT_NEVER ? 0 : moment_between(taken_ms, self->now.wall_ms),
        "How long the oldest of them has been waiting; 0: there is none.");
    metrics_one(to, "dabyl_node_outbox_left", METRIC_GAUGE, left.n,
        "Files that stay in the outbox; `dabyl status` says why.");
    metrics_one_seconds(to, "dabyl_node_outbox_left_seconds",
        left.n ? moment_between(left.oldest_ms, self->now.monotonic_ms) : 0,
        "How long the first of them has stayed; 0: there is none.");
    metrics_one(to, "dabyl_node_outbox_stuck", METRIC_GAUGE, self->outbox_stuck,
        "1: the disk does not let the node take what is to be sent.");
    metrics_one(to, "dabyl_node_receipts_total", METRIC_COUNTER, status->receipts,
        "Receipts since the start.");
    metrics_family(to, "dabyl_node_refused_total", METRIC_COUNTER,
        "Messages that were refused since the start, by the hub or here.");
    metrics_count(to, status->refusals, "by", "hub", NULL);
    metrics_count(to, self->refused_here, "by", "node", NULL);
}

static void put_inbox(const daemon_t *self, const link_status_t *status, metrics_t *to)
{
    ahead_t ahead;
    announced_read(self->conf->folder, status->stored, &ahead);
    const announced_t urgent = announced_sum(&ahead);
    metrics_one(to, "dabyl_node_inbox_total", METRIC_COUNTER, status->stored,
        "Messages that were delivered to this node.");
    metrics_one(to, "dabyl_node_urgent_announced", METRIC_GAUGE, urgent.numbers,
        "Urgent ones that the hub has announced and not delivered yet.");
    metrics_one(to, "dabyl_node_unanswered_duties", METRIC_GAUGE,
        waiting_count(self->waiting),
        "What this node owes an answer to, as the hub said last.");
    metrics_one(to, "dabyl_node_erased_waiting", METRIC_GAUGE,
        daemon_erased_waiting(self),
        "Messages erased by law at the hub whose text is still here.");
    metrics_one(to, "dabyl_node_command_run_total", METRIC_COUNTER,
        runner_done(self->runner), "Messages that the command has been run for.");
    metrics_one(to, "dabyl_node_command_failures_total", METRIC_COUNTER,
        self->command_failures, "Runs of the command that failed, since the start.");
    metrics_one(to, "dabyl_node_command_given_up_total", METRIC_COUNTER,
        self->command_given_up, "Messages that it was given up for, since the start.");
}

// What dabyl notify says of itself, if it runs beside this node.
static json_t *notify_status(const daemon_t *self)
{
    char path[PATH_MAX];
    cause_t ignored;
    return path_join(path, sizeof path, self->conf->folder, "notices/status", &ignored) ==
                   0
               ? mail_load(path, &ignored)
               : NULL;
}

static int64_t number_of(const json_t *status, const char *name)
{
    return json_integer_value(json_object_get(status, name));
}

static void put_notices(const daemon_t *self, metrics_t *to)
{
    static const struct {
        const char *name, *field;
        metric_type_t type;
        const char *help;
    } counts[] = {
        {"dabyl_node_notices_waiting", "waiting", METRIC_GAUGE,
            "Recipients whom a notice has not reached yet, and who are being tried."},
        {"dabyl_node_notices_escalated", "escalated", METRIC_GAUGE,
            "Notices that went on to the next recipient, since nobody has answered."},
        {"dabyl_node_notices_told_total", "told", METRIC_COUNTER,
            "Recipients who were told, since dabyl notify was started."},
        {"dabyl_node_notices_given_up_total", "given_up", METRIC_COUNTER,
            "Recipients whom a notice did not reach in time."},
    };
    json_t *status = notify_status(self);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        metrics_family(to, counts[i].name, counts[i].type, counts[i].help);
        if (status)
            metrics_count(to, (uint64_t)number_of(status, counts[i].field), NULL);
    }
    int64_t oldest_ms = number_of(status, "oldest_ms");
    metrics_family(to, "dabyl_node_notices_oldest_seconds", METRIC_GAUGE,
        "How long the first of those who are being tried has been; 0: there is none.");
    if (status)
        metrics_seconds(
            to, oldest_ms > 0 ? moment_between(oldest_ms, self->now.wall_ms) : 0, NULL);
    metrics_family(to, "dabyl_node_notifier_silent_seconds", METRIC_GAUGE,
        "Since dabyl notify has said how it is; it does each half minute.");
    if (status)
        metrics_seconds(
            to, moment_between(number_of(status, "at_ms"), self->now.wall_ms), NULL);
    json_decref(status);
}

static void put_certificates(const daemon_t *self, metrics_t *to)
{
    const credentials_t *have = &self->credentials;
    const struct {
        const cert_t *cert;
        const char *use;
    } certs[] = {{&have->seal_cert, "seal"}, {&have->channel_cert, "channel"},
        {&have->hub_cert, "channel"}};
    metrics_family(to, "dabyl_node_certificate_left_seconds", METRIC_GAUGE,
        "Until the certificate ends; below 0: it has.");
    for (size_t i = 0; i < sizeof certs / sizeof *certs; i++)
        metrics_seconds(to,
            moment_between(self->now.wall_ms, certs[i].cert->not_after_ms), "holder",
            certs[i].cert->name, "use", certs[i].use, NULL);
}

static void put_crl(const daemon_t *self, metrics_t *to)
{
    int64_t made_ms;
    const authority_t *crl = self->credentials.crl;
    bool known = crl && authority_crl_made_ms(crl, &made_ms);
    metrics_family(to, "dabyl_node_crl_age_seconds", METRIC_GAUGE,
        "How old the revocation list is that this node has.");
    if (known)
        metrics_seconds(to, moment_between(made_ms, self->now.wall_ms), NULL);
    metrics_family(to, "dabyl_node_crl_left_seconds", METRIC_GAUGE,
        "Until the next one is due; below 0: fetch it.");
    if (known)
        metrics_seconds(to,
            moment_between(self->now.wall_ms, authority_crl_next_update_ms(crl)), NULL);
}

static void put_disk(const daemon_t *self, metrics_t *to)
{
    usage_disk_t disk;
    bool known = usage_disk(self->conf->folder, &disk);
    metrics_family(to, "dabyl_node_disk_free_bytes", METRIC_GAUGE,
        "Room on the disk that the node's folder is on.");
    if (known)
        metrics_count(to, disk.free_bytes, NULL);
    metrics_family(
        to, "dabyl_node_disk_size_bytes", METRIC_GAUGE, "How large that disk is.");
    if (known)
        metrics_count(to, disk.size_bytes, NULL);
    metrics_one(to, "dabyl_node_disk_full", METRIC_GAUGE, self->full,
        "1: the disk takes no delivery or no answer.");
}

void daemon_metrics(daemon_t *self, buf_t *out)
{
    link_status_t status;
    metrics_t to = metrics_to(out);
    link_status(self->link, &status);
    put_node(self, &to);
    put_link(&status, &to);
    put_outbox(self, &status, &to);
    put_inbox(self, &status, &to);
    put_notices(self, &to);
    put_certificates(self, &to);
    put_crl(self, &to);
    put_disk(self, &to);
}
