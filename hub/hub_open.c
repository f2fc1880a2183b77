// hub_open - the start: recovery, the law, the first turn, and only then the gate; and
// the end, also of what is half open.

#include "hub/hub_inside.h"
#include "hub/signals.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

static int open_identity(identity_t *identity, const hub_options_t *options, cause_t *why)
{
    identity_source_t who = identity_source_of(options);
    return identity_begin(identity, &who, why);
}

static int open_gate(hub_t *self, cause_t *why)
{
    gate_options_t gate = gate_options_of(
        self->options, self->identity.channel_secret, self->identity.channel_public);
    int result = gate_open(self->gate, &gate, why);
    sodium_memzero(&gate, sizeof gate);
    return result;
}

// The first turn, before anybody can connect.
static int begin_log(hub_t *self, cause_t *why)
{
    hub_begin_turn(self);
    self->watch.full = !journal_has_room(self->journal);
    if (self->watch.full)
        log_line(LOG_ERROR, "disk.full", "action=\"publishers are told to retry\"");
    hub_record_turn(self);
    if (hub_commit_turn(self, DEFERRED_DUE, why) != 0)
        return -1;
    if (hub_prove_origin(self, why) != 0)
        return -1;
    // Nobody may have a receipt of a log that a next start could take for none.
    return self->marks.marked || head_checkpoint(self->head)->size == 0
               ? 0
               : logmarks_keep(&self->marks, head_note(self->head), why);
}

// What is set aside is alarmed at each start, for as long as the journal has it.
static void say_quarantine(const quarantine_t *quarantine)
{
    for (size_t i = 0; i < quarantine->n; i++)
        log_line(LOG_ERROR, "entry.quarantined",
            "position=%" PRIu64 " reason=\"%s\" effect=\"it is in the log and counts for "
            "nothing\"",
            quarantine->item[i].position, quarantine->item[i].reason);
}

static int open_attachments(hub_t *self, cause_t *why)
{
    attachment_server_setup_t setup = {.options = self->options,
        .attachments = self->attachments,
        .inboxes = self->inboxes,
        .history = self->history,
        .readback = self->readback,
        .draft = self->draft,
        .sessions = self->sessions,
        .refusals = self->refusals,
        .gate = self->gate,
        .reception = self->reception,
        .answers = self->answers};
    self->attachment_server = attachment_server_open(&setup, why);
    return self->attachment_server ? 0 : -1;
}

// What hears nodes and speaks to them, over a gate that is not open yet.
static int open_conversation(hub_t *self, cause_t *why)
{
    self->reception = reception_new(&(reception_setup_t){.options = self->options,
        .vkey = &self->identity.vkey,
        .tree = self->tree,
        .gate = self->gate,
        .sessions = self->sessions,
        .inboxes = self->inboxes,
        .duties = self->duties,
        .refusals = self->refusals,
        .owed = self->owed});
    self->stock = stock_new(&(stock_setup_t){self->entries, &self->start->quarantine,
        self->options->origin, self->identity.seal.id});
    self->answers =
        answers_new(&(answers_setup_t){self->stock, self->tree, self->reception});
    self->delivery = delivery_new(&(delivery_setup_t){.stock = self->stock,
        .history = self->history,
        .tree = self->tree,
        .inboxes = self->inboxes,
        .sessions = self->sessions,
        .reception = self->reception});
    self->standbys =
        standbys_new(&(standbys_setup_t){self->journal, self->sessions, self->reception});
    self->deferred = deferred_new(&(deferred_setup_t){.options = self->options,
        .sessions = self->sessions,
        .inboxes = self->inboxes,
        .refusals = self->refusals,
        .reception = self->reception,
        .duties = self->duties});
    deferred_checkpoint(self->deferred, &head_checkpoint(self->head)->root,
        head_checkpoint(self->head)->size);
    return open_attachments(self, why);
}

// What decides and answers, under the law that is there by now.
static void open_deciding(hub_t *self)
{
    self->intake = intake_new(self->options, &self->law);
    self->drafting = drafting_new(&(drafting_setup_t){.options = self->options,
        .hub = &self->identity.member,
        .history = self->history,
        .duties = self->duties,
        .readback = self->readback,
        .draft = self->draft});
    self->inquiries = inquiries_new(&(inquiries_setup_t){.reception = self->reception,
        .sessions = self->sessions,
        .work = entries_work(self->entries),
        .explain_rate = self->options->explain_rate});
}

// No clock before the last entry, unless an operator vouches for it.
static int check_clock(const hub_t *self, cause_t *why)
{
    return self->start->trust == CLOCK_ACCEPTED
               ? 0
               : housekeeping_check(self->now, fold_time_ms(self->fold), why);
}

// What needs nothing but memory.
static hub_t *new_hub(const hub_options_t *options, hub_start_t *start)
{
    hub_t *self = memory_new(1, sizeof *self);
    self->options = options;
    self->start = start;
    self->signals = -1;
    self->now = clock_now();
    housekeeping_begin(&self->watch, self->now);
    self->draft = draft_new();
    self->entries = entries_new(NULL, self->draft);
    self->gate = gate_new();
    self->sessions = sessions_new();
    self->refusals = refusals_new();
    self->limits = limits_new();
    self->oldest = oldest_new();
    self->figures.started_ms = self->now.monotonic_ms;
    self->operations = operations_new();
    return self;
}

static int open_threads(hub_t *self, cause_t *why)
{
    if ((self->signals = signals_open(why)) < 0 ||
        !(self->reading = law_reading_new(why)))
        return -1;
    self->workers = workers_new((unsigned)self->options->workers);
    return 0;
}

// In the order of what is known: which hub, what its log has, under which law; only when
// the log says who starts can anybody connect.
static int open_all(hub_t *self, cause_t *why)
{
    if (open_threads(self, why) != 0 || hub_options_check(self->options, why) != 0 ||
        porter_check(self->options, why) != 0 ||
        open_identity(&self->identity, self->options, why) != 0 ||
        hub_open_state(self, why) != 0 || open_conversation(self, why) != 0 ||
        check_clock(self, why) != 0 || hub_open_law(self, why) != 0)
        return -1;
    open_deciding(self);
    hub_retain_begin(self);
    trust_read(&self->trust, self->options);
    hub_log_warnings(self);
    if (hub_succeed(self, why) != 0 || begin_log(self, why) != 0 ||
        open_gate(self, why) != 0 ||
        !(self->control = control_open(self->options->control, why)))
        return -1;
    self->reloads = reloads_new(self->control);
    operations_tell_at(self->operations, self->control);
    log_vkey_print(&self->identity.vkey, self->vkey);
    self->porter = porter_new(self->options, self->start->config, self->vkey);
    return 0;
}

// Newcomers, too, can ask by now; where they cannot, the log has said so.
void hub_ready_turn(hub_t *self)
{
    if (self->ready || !porter_settled(self->porter))
        return;
    self->ready = true;
    for (size_t i = 0; gate_endpoint(self->gate, i); i++)
        log_line(LOG_INFO, "hub.ready", "hub=%s origin=%s endpoint=%s entries=%" PRIu64,
            self->identity.member.id, self->options->origin, gate_endpoint(self->gate, i),
            head_checkpoint(self->head)->size);
    hub_tell_state(self, SUPERVISOR_READY);
}

static hub_t *open_once(const hub_options_t *options, hub_start_t *start, cause_t *why)
{
    hub_t *self = new_hub(options, start);
    if (open_all(self, why) == 0)
        say_quarantine(&self->start->quarantine);
    else {
        hub_forget_damage(self);
        hub_close(&self);
    }
    return self;
}

hub_t *hub_open(const hub_options_t *options, hub_start_t *start, cause_t *why)
{
    hub_t *self = NULL;
    bool again = true;
    while (!self && again) {
        quarantine_again(&start->quarantine);
        const bool rebuild = start->rebuild;
        self = open_once(options, start, why);
        // Another reader could not read what this one can: the log says so only later.
        again = quarantine_late(&start->quarantine) || (start->rebuild && !rebuild);
        start->rebuild |= again;
    }
    return self;
}

void hub_close(hub_t **self_p)
{
    hub_t *self = *self_p;
    if (!self)
        return;
    porter_close(&self->porter);
    law_reading_destroy(&self->reading); // before what it borrows
    reloads_destroy(&self->reloads);
    operations_destroy(&self->operations);
    control_close(&self->control);
    inquiries_destroy(&self->inquiries);
    gate_close(&self->gate);
    snapshots_destroy(&self->snapshots);
    attachment_server_close(&self->attachment_server);
    intake_destroy(&self->intake);
    workers_destroy(&self->workers);
    law_close(&self->law);
    trust_close(&self->trust);
    hub_close_state(self);
    deferred_destroy(&self->deferred);
    owed_close(&self->owed);
    reception_destroy(&self->reception);
    sessions_destroy(&self->sessions);
    entries_destroy(&self->entries);
    draft_destroy(&self->draft);
    answers_destroy(&self->answers);
    drafting_destroy(&self->drafting);
    delivery_destroy(&self->delivery);
    standbys_destroy(&self->standbys);
    stock_destroy(&self->stock);
    refusals_destroy(&self->refusals);
    limits_destroy(&self->limits);
    oldest_destroy(&self->oldest);
    head_destroy(&self->head);
    buf_destroy(&self->scratch);
    if (self->signals >= 0)
        (void)close(self->signals);
    identity_close(&self->identity);
    free(self);
    *self_p = NULL;
}
