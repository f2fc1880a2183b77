// hub_operator - what an operator asks of the hub: signals and requests on its socket.
// All is answered at once but a reload, which is when the law was read (hub_law.c).

#include "hub/ask/status.h"
#include "hub/hub_inside.h"
#include "hub/signals.h"
#include "lib/base/log.h"
#include "lib/base/moment.h"

#include <string.h>

static hub_status_t status_of(hub_t *self)
{
    hub_look_at_limits(self);
    return (hub_status_t){.hub = self->identity.member.id,
        .origin = self->options->origin,
        .checkpoint = head_checkpoint(self->head),
        .rules_position = fold_enacted(self->fold)->rules_position,
        .law = &self->law,
        .files = self->files.text,
        .trouble = drafting_trouble(self->drafting),
        .quarantine = &self->start->quarantine,
        .limits = self->limits,
        .inboxes = self->inboxes,
        .sessions = self->sessions,
        .refused = refusals_total(self->refusals),
        .unreadable = readback_failed(self->readback),
        .duties = duties_unsettled(self->duties),
        .owed_nobody = duties_owed_nobody(self->duties),
        .kept = self->kept,
        .kept_s =
            self->kept > 0 ? moment_between(self->kept_ms, self->now.wall_ms) / 1000 : 0,
        .unkept = self->unkept,
        .questions = inquiries_waiting(self->inquiries),
        .clock_held = duties_held(self->duties),
        .disk_full = self->watch.full,
        .rolled_back = reception_rolled_back(self->reception),
        .crl_stale = roster_crl_stale(self->law.roster, self->now.wall_ms),
        .reloading = law_reading_runs(self->reading)};
}

static void answer_status(hub_t *self)
{
    buf_t text = {0};
    const hub_status_t status = status_of(self);
    status_print(&status, &text);
    control_answer(self->control, buf_span(&text));
    buf_destroy(&text);
}

static void answer_metrics(hub_t *self)
{
    buf_t text = {0};
    const hub_status_t status = status_of(self);
    const gate_counts_t gate = gate_counts(self->gate);
    oldest_begin(self->oldest, self->inboxes, self->entries);
    figures_print(&(figures_source_t){.status = &status,
                      .figures = &self->figures,
                      .options = self->options,
                      .duties = duties_counts(self->duties),
                      .refusals = self->refusals,
                      .gate = &gate,
                      .oldest = self->oldest,
                      .published = publisher_published(self->publisher),
                      .attachment_bytes = attachment_server_used(self->attachment_server),
                      .attachments = attachments_count(self->attachments),
                      .now = self->now},
        &text);
    control_answer(self->control, buf_span(&text));
    buf_destroy(&text);
}

// An operator vouches for the clock after it moved: duties fall due again.
static void accept_clock(hub_t *self, cause_t *why)
{
    if (!duties_held(self->duties))
        (void)cause_set(why, "the clock is not in doubt");
    else if (!hub_may_write(self))
        (void)cause_set(why, "nothing can be journalled now: see the status");
    else {
        owed_add(self->owed, "clock", "", fold_clock_accepted);
        log_line(
            LOG_INFO, "clock.accepted", "duties=%zu", duties_unsettled(self->duties));
    }
}

static void answer_control(hub_t *self, const char *line)
{
    cause_t why = {""};
    if (strcmp(line, "status") == 0) {
        answer_status(self);
        return;
    }
    if (strcmp(line, "metrics") == 0) {
        answer_metrics(self);
        return;
    }
    if (strcmp(line, "reload") == 0) {
        control_asker_t asker = control_asker(self->control);
        if (reloads_want(self->reloads, &asker, &why) == 0)
            return; // it is answered when it is done
    } else if (strcmp(line, "clock accept") == 0)
        accept_clock(self, &why);
    else if (strcmp(line, "stop") == 0)
        self->stopping = true;
    else
        (void)cause_set(&why,
            "unknown request '%s': status, metrics, reload, clock accept or stop", line);
    control_reply(self->control, &why);
}

// Signals and the operator's socket.
void hub_control_turn(hub_t *self)
{
    self->operator_waits = false;
    signals_t signal;
    char line[256];
    cause_t why = {""};
    while ((signal = signals_next(self->signals)) != SIGNALS_NONE) {
        if (signal == SIGNALS_RELOAD)
            (void)reloads_want(self->reloads, NULL, &why);
        else
            self->stopping = true;
    }
    while (control_receive(self->control, line, sizeof line))
        answer_control(self, line);
}
