// hub_operator - what an operator asks of the hub: signals and requests on its socket, a
// new law, the status.
//
// A law is read and verified on a thread of its own while turns go on; it takes its place
// at the beginning of one.

#include "hub/ask/status.h"
#include "hub/hub_inside.h"
#include "hub/signals.h"
#include "lib/base/log.h"

#include <string.h>

void hub_log_warnings(const hub_t *self)
{
    for (size_t i = 0; i < self->law.warnings.n; i++)
        log_line(LOG_WARNING, "law.warning", "reason=\"%s\"", self->law.warnings.text[i]);
}

// What is in force stays until the new law is there, whole.
static void use_law(hub_t *self, const law_t *law)
{
    self->files.text[0] = 0;
    if (self->identity.uncertified.text[0] &&
        identity_read(&self->identity, self->options->certificate, &self->files) == 0)
        self->identity.uncertified.text[0] = self->files.text[0] = 0;
    intake_destroy(&self->intake);
    law_close(&self->law);
    self->law = *law;
    hub_log_warnings(self);
    self->intake = hub_new_intake(self);
    hub_begin_drafting(self, fold_enacted(self->fold)->rules_position);
    drafting_forget_trouble(self->drafting);
    sessions_forget_certs(self->sessions, NULL);
    self->recorded = false;
    hub_begin_reception(self);
    reception_expel(self->reception);
    housekeeping_certificates_soon(&self->watch);
}

static int begin_reading(hub_t *self, cause_t *why)
{
    law_source_t source = law_source_of(self->options, &self->identity);
    law_before_t before = {self->law.roster, *fold_enacted(self->fold)};
    if (!hub_may_write(self))
        return cause_set(why, "nothing can be journalled now: see the status");
    return law_reading_begin(self->reading, &source, &before, self->now.wall_ms, why);
}

static int end_reading(hub_t *self, cause_t *why)
{
    law_t law;
    if (law_reading_take(self->reading, &law, why) != 0) {
        self->files = *why;
        return -1;
    }
    if (!hub_may_write(self)) {
        law_close(&law);
        return cause_set(why, "nothing can be journalled now: see the status");
    }
    use_law(self, &law);
    return 0;
}

static void answer_reload(hub_t *self, int result, const cause_t *why)
{
    if (result == 0)
        log_line(LOG_INFO, "law.reloaded",
            "members=%zu rules=%zu objects=%zu certificates=%zu",
            roster_count(self->law.roster), rules_count(self->law.rules),
            registry_objects(self->law.registry), roster_verified(self->law.roster));
    else
        log_line(LOG_ERROR, "law.refused", "kept=\"what was in force\" reason=\"%s\"",
            why->text);
    reloads_ended(self->reloads, why);
}

// The law that was read takes its place at the beginning of a turn, and the next is begun
// when its entries are written.
void hub_reload_turn(hub_t *self)
{
    cause_t why = {""};
    if (law_reading_ended(self->reading)) {
        int result = end_reading(self, &why);
        answer_reload(self, result, &why);
    } else if (reloads_due(self->reloads)) {
        if (begin_reading(self, &why) == 0)
            reloads_begun(self->reloads);
        else
            answer_reload(self, -1, &why);
    }
}

static void answer_status(hub_t *self)
{
    buf_t text = {0};
    hub_look_at_limits(self);
    status_print(&(hub_status_t){.hub = self->identity.member.id,
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
                     .unreadable = fold_unreadable(self->fold),
                     .duties = duties_unsettled(self->duties),
                     .questions = inquiries_waiting(self->inquiries),
                     .clock_held = duties_held(self->duties),
                     .disk_full = self->watch.full,
                     .rolled_back = reception_rolled_back(self->reception),
                     .crl_stale = roster_crl_stale(self->law.roster, self->now.wall_ms),
                     .reloading = law_reading_runs(self->reading)},
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
    if (strcmp(line, "reload") == 0) {
        asker_t asker = control_asker(self->control);
        if (reloads_want(self->reloads, &asker, &why) == 0)
            return; // it is answered when it is done
    } else if (strcmp(line, "clock accept") == 0)
        accept_clock(self, &why);
    else if (strcmp(line, "stop") == 0)
        self->stopping = true;
    else
        (void)cause_set(
            &why, "unknown request '%s': status, reload, clock accept or stop", line);
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
