// hub_record - entries of the hub's own: who starts, under which law, what is set aside,
// and what the log could not be given before.

#include "hub/hub_inside.h"
#include "lib/base/log.h"
#include "lib/base/version.h"
#include "lib/sys/random.h"

#include <inttypes.h>
#include <stdio.h>

enum { OWED_A_BATCH = 256 }; // of what could not be entered before

// What an operator orders by an option of a start.
static void enter_order(hub_t *self, const char *what, const char *to)
{
    uint8_t nonce[OPERATION_NONCE];
    operation_t operation = {
        .has_uid = true, .uid = self->start->uid, .reason = "at a start"};
    (void)snprintf(operation.by, sizeof operation.by, "%s", self->start->by);
    (void)snprintf(operation.act, sizeof operation.act, "%s", what);
    (void)snprintf(operation.to, sizeof operation.to, "%s", to);
    operation_name(&operation);
    random_bytes(nonce, sizeof nonce);
    buf_clear(&self->scratch);
    operation_print(&operation, nonce, &self->scratch);
    draft_add_text(self->draft, "operator", "", buf_span(&self->scratch));
}

// Whether this log has nothing yet but what it took over of another.
static bool begins(const hub_t *self)
{
    const origin_t *origin = fold_origin(self->fold);
    uint64_t next = journal_next(self->journal);
    return next == 0 || (origin->succeeds && next == origin->formers + 1);
}

static void enter_orders(hub_t *self)
{
    char text[OPERATION_TO_MAX];
    const hub_start_t *start = self->start;
    if (start->new_log && begins(self))
        enter_order(self, "new-log", start->new_log);
    if (start->loses && begins(self)) {
        (void)snprintf(text, sizeof text, "entries from %" PRIu64 " on", start->keeps);
        enter_order(self, "accept-loss", text);
    }
}

static void draft_quarantine(hub_t *self)
{
    const aside_t *aside;
    size_t cursor = 0;
    while ((aside = quarantine_due(&self->start->quarantine, &cursor)) != NULL) {
        buf_clear(&self->scratch);
        char text[OPERATION_TO_MAX];
        quarantine_print(aside, &self->scratch);
        draft_add_text(self->draft, "quarantine", "", buf_span(&self->scratch));
        (void)snprintf(text, sizeof text, "entry %" PRIu64, aside->position);
        enter_order(self, "quarantine", text);
    }
}

// What this start was ordered to do, and by whom.
static void draft_orders(hub_t *self)
{
    enter_orders(self);
    draft_quarantine(self);
    if (self->start->trust == CLOCK_ACCEPTED && duties_held(self->duties)) {
        draft_add_text(self->draft, "clock", "", span_text(fold_clock_accepted));
        enter_order(self, "clock-accept", "");
    }
}

// The first batch after a start says who is starting, and under which law; one after a
// reload says what changed.  While there is no room for that, nothing else is accepted
// either.
void hub_record_turn(hub_t *self)
{
    char line[VKEY_MAX];
    size_t from = draft_count(self->draft);
    if (self->recorded || !hub_may_write(self))
        return;
    if (journal_next(self->journal) == 0) {
        log_vkey_print(&self->identity.vkey, line);
        buf_clear(&self->scratch);
        buf_printf(&self->scratch, "%s\n", line);
        draft_add_text(self->draft, "origin", "", buf_span(&self->scratch));
    }
    if (!self->started)
        draft_add_text(
            self->draft, "start", "", span_text("dabyl-hub " DABYL_VERSION "\n"));
    if (!self->started)
        draft_orders(self);
    uint64_t rules = law_record(&self->law, fold_enacted(self->fold), self->draft);
    if (!readback_draft(self->readback, self->draft, from)) {
        draft_cut(self->draft, from);
        rules = fold_enacted(self->fold)->rules_position;
    }
    hub_begin_drafting(self, rules);
}

// What the log is owed goes with this turn's batch, if there is room for one, and behind
// it what operators did: a clock that they accept is the one that has moved.
void hub_draft_owed(hub_t *self)
{
    if (!hub_may_write(self))
        return;
    size_t n = owed_count(self->owed);
    if (n > OWED_A_BATCH)
        n = OWED_A_BATCH;
    for (size_t i = owed_in_draft(self->owed); i < n; i++) {
        const owed_entry_t *entry = owed_at(self->owed, i);
        (void)readback_text(self->readback, self->draft, entry->type, entry->author,
            span_text(entry->text));
    }
    owed_drafted(self->owed, n);
    operations_draft(self->operations, self->readback, self->draft);
}

void hub_keep_owed(hub_t *self)
{
    cause_t why;
    if (owed_keep(self->owed, &why) != 0)
        log_line(LOG_ERROR, "owed.unkept",
            "reason=\"%s\" effect=\"a restart forgets what the log is owed\"", why.text);
}
