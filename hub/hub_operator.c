// hub_operator - what an operator asks of the hub: signals and requests on its socket.
// What changes the hub is an operator's act: it is answered when the log says who did it.
// All else is answered at once, and a reload that is refused when the law was read
// (hub_law.c).

#include "hub/ask/operations_shown.h"
#include "hub/ask/status.h"
#include "hub/hub_inside.h"
#include "hub/join/porch.h"
#include "hub/signals.h"
#include "lib/base/log.h"
#include "lib/base/moment.h"
#include "lib/enrol/askers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static hub_status_t status_of(hub_t *self)
{
    const joins_limits_t joins = porch_limits(self->options);
    hub_look_at_limits(self);
    return (hub_status_t){.hub = self->identity.member.id,
        .origin = self->options->origin,
        .checkpoint = head_checkpoint(self->head),
        .rules_position = fold_enacted(self->fold)->rules_position,
        .law = &self->law,
        .files = self->files.text,
        .trouble = drafting_trouble(self->drafting),
        .quarantine = &self->start->quarantine,
        .retention = self->retain.found,
        .erases = self->retain.rules.erases,
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
        .joins = askers_count(&joins, self->now.wall_ms),
        .shut_out = porter_is_shut_out(self->porter),
        .questions = inquiries_waiting(self->inquiries),
        .clock_held = duties_held(self->duties),
        .disk_full = self->watch.full,
        .rolled_back = reception_rolled_back(self->reception),
        .crl_stale = roster_crl_stale(self->law.roster, self->now.wall_ms),
        .reloading = law_reading_runs(self->reading),
        .now = self->now};
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

// --------------------------------------------------------------------------------

int hub_operation(hub_t *self, const operation_t *operation,
    const operations_beside_t *beside, const control_asker_t *asker, cause_t *why)
{
    if (!hub_may_write(self))
        return cause_set(why, "nothing can be journalled now: see the status");
    if (operations_add(self->operations, operation, beside, asker, why) != 0)
        return -1;
    log_line(LOG_INFO, "operator.act", "act=%s to=\"%s\" by=\"%s\"", operation->act,
        operation->to, operation->by);
    return 0;
}

// One request: who asks, in whose name, and what stands behind that.
typedef struct {
    control_asker_t asker;
    operation_t operation;
    reader_t rest;
} asked_t;

// What a request comes to: whoever made it is told that it is done, or why it is not;
// or has an answer of its own, now or later.
typedef enum { ASKED_DONE, ASKED_NOT, ASKED_ANSWERED } asked_result_t;

static asked_result_t ask_status(hub_t *self, asked_t *asked, cause_t *why)
{
    (void)asked;
    (void)why;
    answer_status(self);
    return ASKED_ANSWERED;
}

static asked_result_t ask_metrics(hub_t *self, asked_t *asked, cause_t *why)
{
    (void)asked;
    (void)why;
    answer_metrics(self);
    return ASKED_ANSWERED;
}

static asked_result_t ask_reload(hub_t *self, asked_t *asked, cause_t *why)
{
    return reloads_want(self->reloads, &asked->asker, &asked->operation, why) == 0
               ? ASKED_ANSWERED // when it is done
               : ASKED_NOT;
}

// An operator vouches for the clock after it moved: duties fall due again.
static asked_result_t ask_clock(hub_t *self, asked_t *asked, cause_t *why)
{
    const operations_beside_t beside = {"clock", fold_clock_accepted};
    if (!duties_held(self->duties)) {
        (void)cause_set(why, "the clock is not in doubt");
        return ASKED_NOT;
    }
    if (hub_operation(self, &asked->operation, &beside, &asked->asker, why) != 0)
        return ASKED_NOT;
    log_line(LOG_INFO, "clock.accepted", "duties=%zu", duties_unsettled(self->duties));
    return ASKED_ANSWERED;
}

static asked_result_t ask_acts(hub_t *self, asked_t *asked, cause_t *why)
{
    buf_t text = {0};
    int result = operations_shown(
        self->operations_done, self->entries, asked->rest.rest, &text, why);
    if (result == 0)
        control_answer(self->control, buf_span(&text));
    buf_destroy(&text);
    return result == 0 ? ASKED_ANSWERED : ASKED_NOT;
}

// For how long newcomers may ask, and at which address where it is not the usual one.
static asked_result_t ask_open(hub_t *self, asked_t *asked, cause_t *why)
{
    char at[OPERATION_TO_MAX];
    uint64_t minutes = 0;
    span_t words = take_field(&asked->rest, "minutes");
    if (asked->rest.bad || !decimal_decode(words, &minutes) || minutes > INT32_MAX) {
        (void)cause_set(why, "how many minutes?");
        return ASKED_NOT;
    }
    (void)snprintf(at, sizeof at, "%s", asked->operation.to);
    if (porter_open(self->porter, (int64_t)minutes, at[0] ? at : NULL, self->now, why) !=
            0 ||
        hub_operation(self, &asked->operation, NULL, &asked->asker, why) != 0)
        return ASKED_NOT;
    return ASKED_ANSWERED;
}

static asked_result_t ask_close(hub_t *self, asked_t *asked, cause_t *why)
{
    porter_shut(self->porter);
    return hub_operation(self, &asked->operation, NULL, &asked->asker, why) == 0
               ? ASKED_ANSWERED
               : ASKED_NOT;
}

// What would go with it, and what names it: asked before it is ordered.
static asked_result_t ask_erase_look(hub_t *self, asked_t *asked, cause_t *why)
{
    buf_t text = {0};
    int result = hub_erase_look(self, asked->operation.to, &text, why);
    if (result == 0)
        control_answer(self->control, buf_span(&text));
    buf_destroy(&text);
    return result == 0 ? ASKED_ANSWERED : ASKED_NOT;
}

static asked_result_t ask_erase(hub_t *self, asked_t *asked, cause_t *why)
{
    return hub_erase_order(self, &asked->operation, &asked->asker, why) == 0
               ? ASKED_ANSWERED
               : ASKED_NOT;
}

static asked_result_t ask_retention(hub_t *self, asked_t *asked, cause_t *why)
{
    (void)asked;
    (void)why;
    buf_t text = {0};
    hub_retain_show(self, &text);
    control_answer(self->control, buf_span(&text));
    buf_destroy(&text);
    return ASKED_ANSWERED;
}

static asked_result_t ask_stop(hub_t *self, asked_t *asked, cause_t *why)
{
    (void)asked;
    (void)why;
    self->stopping = true;
    return ASKED_DONE;
}

// `act` is what the request is called in the log, when it says nothing else itself.
static const struct {
    const char *line, *act;
    asked_result_t (*run)(hub_t *self, asked_t *asked, cause_t *why);
} requests[] = {
    {"status", "status", ask_status},
    {"metrics", "metrics", ask_metrics},
    {"acts", "acts", ask_acts},
    {"reload", "reload", ask_reload},
    {"clock accept", "clock-accept", ask_clock},
    {"joins open", "joins-open", ask_open},
    {"joins close", "joins-close", ask_close},
    {"erase look", "erase-look", ask_erase_look},
    {"erase", "erase", ask_erase},
    {"retention", "retention", ask_retention},
    {"stop", "stop", ask_stop},
};

enum { REQUESTS = sizeof requests / sizeof *requests };

// Whoever gives no name goes by the one that the system knows.
static int read_asked(hub_t *self, asked_t *asked, const char *act, cause_t *why)
{
    asked->asker = control_asker(self->control);
    asked->rest = reader_of(control_rest(self->control));
    if (operation_take(&asked->operation, &asked->rest, why) != 0)
        return -1;
    asked->operation.has_uid = asked->asker.has_uid;
    asked->operation.uid = asked->asker.uid;
    operation_name(&asked->operation);
    if (!asked->operation.act[0])
        (void)snprintf(asked->operation.act, sizeof asked->operation.act, "%s", act);
    return operation_check(&asked->operation, why);
}

static void answer_control(hub_t *self, const char *line)
{
    cause_t why = {""};
    asked_t asked;
    asked_result_t result = ASKED_NOT;
    size_t i = 0;
    while (i < REQUESTS && strcmp(requests[i].line, line) != 0)
        i++;
    if (i == REQUESTS)
        (void)cause_set(&why, "unknown request '%.60s'", line);
    else if (read_asked(self, &asked, requests[i].act, &why) == 0)
        result = requests[i].run(self, &asked, &why);
    if (result != ASKED_ANSWERED)
        control_reply(self->control, &why);
}

static void want_reload(hub_t *self, uint32_t uid)
{
    cause_t ignored; // a signal is never one too many
    operation_t operation = {
        .has_uid = true, .uid = uid, .act = "reload", .reason = "SIGHUP"};
    operation_name(&operation);
    (void)reloads_want(self->reloads, NULL, &operation, &ignored);
}

// Signals and the operator's socket.
void hub_control_turn(hub_t *self)
{
    self->operator_waits = false;
    signals_t signal;
    char line[256];
    uint32_t uid = 0;
    while ((signal = signals_next(self->signals, &uid)) != SIGNALS_NONE) {
        if (signal == SIGNALS_RELOAD)
            want_reload(self, uid);
        else
            self->stopping = true;
    }
    while (control_receive(self->control, line, sizeof line))
        answer_control(self, line);
}

// What is shown of a service.
static void describe(const hub_t *self, char out[256])
{
    const char *trouble = self->files.text[0]         ? "; THE LAW'S FILES ARE WRONG"
                          : duties_held(self->duties) ? "; THE CLOCK IS IN DOUBT"
                                                      : "";
    (void)snprintf(out, 256, "%" PRIu64 " entries, %zu connected, %zu duties open%s%s",
        tree_size(self->tree), sessions_live(self->sessions),
        duties_unsettled(self->duties),
        hub_may_write(self) ? "" : "; NOTHING CAN BE WRITTEN: dabyl hub status says why",
        trouble);
}

void hub_tell_state(hub_t *self, supervisor_state_t state)
{
    char text[256];
    if (!self->ready && state != SUPERVISOR_STOPS)
        return; // it is still starting
    describe(self, text);
    supervisor_is(self->supervisor, state, text);
}

void hub_supervisor_turn(hub_t *self)
{
    char text[256];
    if (!supervisor_hungry(self->supervisor))
        return;
    describe(self, text);
    supervisor_feed(self->supervisor, text);
}
