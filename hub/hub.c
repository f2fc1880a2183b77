// hub - the turn and the commit.
//
// A turn takes in what nodes sent, decides one message at a time, writes all entries as
// one batch, flushes it, and only then answers and delivers.  Deciding reads the state
// and the turn's draft and changes nothing but the draft; `fold` is the only thing that
// changes state, and runs alike after the append and during recovery, without looking at
// a rule.
//
// What one module has to say to another that it does not know, it returns to this one.

#include "hub/hub_inside.h"
#include "lib/base/log.h"
#include "lib/base/moment.h"
#include "lib/sys/clock.h"

#include <string.h>

enum {
    MANY_ENTRIES = 32,      // of a turn: see send_turn
    DECIDE_WORK = 16 << 20, // bytes read for decisions; the rest waits a turn
    POLL_MS = 1000,
};

static history_view_t view_of(const hub_t *self)
{
    return (history_view_t){.history = self->history, .roster = self->law.roster};
}

// Nothing is written when the disk is full, and nothing ever to a log that was rolled
// back: that would fork it.
bool hub_may_write(const hub_t *self)
{
    return !self->watch.full && !reception_rolled_back(self->reception);
}

// The same as an answer: why nothing at all is accepted now, whatever it says.
static int check_hub(const hub_t *self, refusal_t *refusal)
{
    if (reception_rolled_back(self->reception))
        (void)refuse(refusal, "session.checkpoint", "", "",
            "this hub was restored from an old copy and accepts nothing until an "
            "operator acts");
    else if (self->watch.full)
        (void)refuse(refusal, "disk.full", "", "", "send it again later");
    else
        return 0;
    refusal->retry = true;
    return -1;
}

duties_log_t hub_duties_log(const hub_t *self)
{
    return (duties_log_t){.view = view_of(self),
        .readback = self->readback,
        .draft = self->draft,
        .time_ms = self->entry_ms};
}

// The session that published it, or NULL when that has ended within the turn; another
// node's may stand in its place by now.
static const session_t *sender_of(const hub_t *self, const submission_t *item)
{
    const session_t *session = sessions_at(self->sessions, (size_t)item->session);
    return session && strcmp(session->node, item->node) == 0 ? session : NULL;
}

static void answer_refusal(hub_t *self, const submission_t *item)
{
    const session_t *session = sender_of(self, item);
    refusals_count(self->refusals, session ? session->node : "", item->refusal.code);
    answers_refusal(self->answers, item->session, &item->hash, &item->refusal);
    log_often(LOG_INFO, "message.refused", "node=%s code=%s field=%s",
        session ? session->node : "-", item->refusal.code, item->refusal.pointer);
}

// What messages are decided under from now on: also when the law changes within a turn.
void hub_begin_drafting(hub_t *self, uint64_t rules_position)
{
    drafting_begin(self->drafting, &(drafting_turn_t){.law = &self->law,
                                       .rules_position = rules_position,
                                       .now_ms = self->now.wall_ms,
                                       .entry_ms = self->entry_ms});
}

// One submission: a refusal, a receipt it had before, or entries in the draft.
static void take(hub_t *self, submission_t *item)
{
    const session_t *session = sender_of(self, item);
    uint64_t position;
    if (!session)
        return; // gone within the turn: it will publish again
    sealed_message_t message = {.author = roster_member(self->law.roster, session->node),
        .document = &item->document,
        .bytes = item->bytes,
        .hash = &item->hash,
        .seal = intake_place(self->intake, item),
        .head_hash = intake_head_hash(self->intake, item)};
    if (item->refusal.code || check_hub(self, &item->refusal) != 0 ||
        drafting_take(self->drafting, &message, &position, &item->refusal) != 0)
        answer_refusal(self, item);
    else {
        answers_receipt(self->answers, item->session, position);
        self->figures.receipts++;
    }
}

// What answers are made of now.
static questions_t questions_of(const hub_t *self, const history_view_t *view)
{
    return (questions_t){.hub = self->identity.member.id,
        .origin = self->options->origin,
        .size = head_checkpoint(self->head)->size,
        .note = head_note(self->head),
        .tree = self->tree,
        .entries = self->entries,
        .enacted = fold_enacted(self->fold),
        .former_last = fold_former_last(self->fold),
        .now_ms = self->now.wall_ms,
        .monotonic_ms = self->now.monotonic_ms,
        .limits = intake_limits(self->intake),
        .law = &self->law,
        .trust = &self->trust,
        .log = history_precedents(view),
        .history = self->history,
        .inboxes = self->inboxes,
        .sessions = self->sessions,
        .attachments = self->attachments,
        .erasures = self->erasures_done,
        .contacts = self->contacts,
        .plans = self->plans,
        .duties = self->duties,
        .intake = self->intake,
        .drafting = self->drafting};
}

// What may take long comes after everything else.  What was looked for and not found may
// be where nothing can be read any more: then nobody is told so.
static int questions_turn(hub_t *self, cause_t *why)
{
    history_view_t view = view_of(self);
    questions_t questions = questions_of(self, &view);
    inquiries_turn(self->inquiries, &questions);
    if (hub_check_state(self, why) != 0)
        return -1;
    inquiries_send(self->inquiries);
    return 0;
}

// What holds from now on: also when the law changes within a turn.
void hub_begin_reception(hub_t *self)
{
    reception_begin(self->reception,
        &(reception_turn_t){self->law.roster, head_note(self->head), self->now});
}

static bool undecided(const hub_t *self)
{
    return self->decided < intake_count(self->intake);
}

// Decide until there is enough for one batch.  Who goes to a thousand nodes has a long
// routing record: how much a message comes to is known only then.
static void intake_turn(hub_t *self)
{
    uint64_t begun = entries_work(self->entries)->done;
    size_t counted = draft_count(self->draft);
    size_t bytes = draft_bytes_from(self->draft, 0);
    if (!undecided(self))
        hub_take_in(self);
    while (undecided(self) && bytes < DRAFT_BYTES &&
           entries_work(self->entries)->done - begun < DECIDE_WORK) {
        take(self, intake_at(self->intake, self->decided++));
        bytes += draft_bytes_from(self->draft, counted);
        counted = draft_count(self->draft);
    }
}

// No room after all: nothing was written, everybody is told to come again.
static void answer_full(hub_t *self)
{
    self->watch.full = true;
    answers_clear(self->answers);
    for (size_t i = self->turn_from; i < self->decided; i++) {
        submission_t *item = intake_at(self->intake, i);
        if (!sender_of(self, item))
            continue;
        (void)check_hub(self, &item->refusal);
        answers_refusal(self->answers, item->session, &item->hash, &item->refusal);
    }
    history_begin(self->history);
    duties_begin(self->duties);
    deferred_undrafted(self->deferred);
    owed_unpaid(self->owed);
    operations_undrafted(self->operations);
    housekeeping_certificates_soon(&self->watch); // what was said of them was not
    draft_clear(self->draft, journal_next(self->journal), fold_time_ms(self->fold));
}

static journal_result_t flush(hub_t *self, cause_t *why)
{
    int64_t begun_us = clock_us(CLOCK_STEADY);
    journal_result_t result = journal_wait(self->journal, why);
    spread_add(&self->figures.flushes, clock_us(CLOCK_STEADY) - begun_us);
    return result;
}

// Append, sign while that is flushed, apply.  -1 when only a restart can mend it: what
// was acknowledged is on disk, what was not will be sent again.
static int append_turn(hub_t *self, deferred_part_t part, cause_t *why)
{
    hub_draft_owed(self);
    size_t from = draft_count(self->draft);
    duties_log_t log = hub_duties_log(self);
    if (hub_may_write(self))
        deferred_draft(self->deferred, &log, self->now, part);
    if (!readback_draft(self->readback, self->draft, from)) {
        draft_cut(self->draft, from);
        deferred_undrafted(self->deferred);
    }
    size_t n = draft_count(self->draft);
    if (n == 0)
        return 0;
    merkle_t after = *tree_peaks(self->tree);
    draft_finish(self->draft, self->options->origin, &self->identity.seal);
    const entry_t *entries = draft_entries(self->draft, &after);
    head_next(self->head, &after);
    workers_start(self->workers, head_sign, self->head);
    journal_result_t result = journal_append(self->journal, draft_first(self->draft),
        &head_checkpoint(self->head)->root, entries, n, why);
    if (result == JOURNAL_OK)
        result = flush(self, why);
    workers_join(self->workers);
    if (result == JOURNAL_FULL) {
        log_line(LOG_ERROR, "disk.full", "reason=\"%s\"", why->text);
        answer_full(self);
        return 0;
    }
    if (result != JOURNAL_OK)
        return -1;
    head_advance(self->head);
    const checkpoint_t *durable = head_checkpoint(self->head);
    deferred_checkpoint(self->deferred, &durable->root, durable->size);
    deferred_durable(self->deferred);
    owed_paid(self->owed);
    self->started = self->recorded = true;
    if (fold_draft(self->fold, self->draft, why) != 0)
        return -1;
    history_begin(self->history); // what was drafted is durable
    publisher_checkpoint(self->publisher, durable->size, head_note(self->head));
    return 0;
}

// What is still owed after it must outlive the hub.  Nothing is written that was decided
// without knowing all that was asked for.
int hub_commit_turn(hub_t *self, deferred_part_t part, cause_t *why)
{
    if (hub_check_state(self, why) != 0)
        return -1;
    int result = append_turn(self, part, why);
    hub_keep_owed(self);
    if (result != 0)
        return -1;
    if (hub_erase_owed(self, why) != 0) {
        cause_t owed;
        (void)cause_set(&owed, "it is in the log, and the hub stops before it is done: "
                               "its next start does it");
        operations_end(self->operations, owed.text);
        return -1;
    }
    operations_durable(self->operations); // who asked is told when it is done
    if (operations_waiting(self->operations) == 0)
        erasures_close(&self->ordered);
    return 0;
}

// Nothing leaves the hub before this.  After a few messages deliveries go first: their
// receivers have more to verify.  After many it is the publishers who wait, for room in
// their windows.
static int send_turn(hub_t *self, cause_t *why)
{
    span_t checkpoint = head_note(self->head);
    uint64_t size = head_checkpoint(self->head)->size;
    bool many = draft_count(self->draft) >= MANY_ENTRIES;
    delivery_round_t round = {.roster = self->law.roster,
        .checkpoint = checkpoint,
        .size = size,
        .first = draft_first(self->draft),
        .bytes = draft_bytes_from(self->draft, 0),
        .monotonic_ms = self->now.monotonic_ms};
    stock_begin(self->stock, self->law.roster);
    if (many && answers_send(self->answers, checkpoint, size, why) != 0)
        return -1;
    if (delivery_news(self->delivery, &round, why) != 0 ||
        delivery_behind(self->delivery, &round, why) != 0)
        return -1;
    return many ? 0 : answers_send(self->answers, checkpoint, size, why);
}

void hub_begin_turn(hub_t *self)
{
    int64_t time = self->now.wall_ms;
    if (time < fold_time_ms(self->fold))
        time = fold_time_ms(self->fold); // entry time never decreases
    self->entry_ms = time;
    duties_begin(self->duties);
    if (!undecided(self)) {
        intake_clear(self->intake);
        self->decided = 0;
    }
    self->turn_from = self->decided;
    answers_clear(self->answers);
    history_begin(self->history);
    draft_clear(self->draft, journal_next(self->journal), time);
    hub_begin_reception(self);
    hub_begin_drafting(self, fold_enacted(self->fold)->rules_position);
}

static void silence_turn(hub_t *self)
{
    if (self->listen_for_silence && !undecided(self))
        self->listen_for_silence = !reception_silence(self->reception);
}

// How long nothing has to be done unless somebody asks for it.
static long idle_ms(const hub_t *self)
{
    int64_t left = undecided(self) || delivery_waits(self->delivery) ||
                           standbys_wait(self->standbys) ||
                           inquiries_waiting(self->inquiries) ||
                           reloads_due(self->reloads) || control_waits(self->control) ||
                           self->retain.walks
                       ? 0
                       : POLL_MS;
    if (hub_may_write(self)) {
        int64_t monotonic_ms = clock_now().monotonic_ms;
        moment_sooner(&left, moment_left(deferred_due_ms(self->deferred), monotonic_ms));
        moment_sooner(
            &left, moment_left(duties_next_ms(self->duties), self->now.wall_ms));
    }
    return (long)left;
}

static void wait_for_input(hub_t *self)
{
    enum { CONTROL, SIGNALS, ATTACHMENTS, LAW, JOINING, OTHERS };
    struct pollfd others[OTHERS] = {[CONTROL] = {control_fd(self->control), POLLIN, 0},
        [SIGNALS] = {self->signals, POLLIN, 0},
        [ATTACHMENTS] = {attachment_server_fd(self->attachment_server), POLLIN, 0},
        [LAW] = {law_reading_fd(self->reading), POLLIN, 0},
        [JOINING] = {porter_fd(self->porter), POLLIN, 0}};
    int64_t idle = idle_ms(self);
    moment_sooner(&idle, supervisor_left_ms(self->supervisor));
    (void)gate_wait(self->gate, others, OTHERS, (long)idle);
    self->operator_waits =
        self->operator_waits || others[SIGNALS].revents || control_waits(self->control);
}

static int run(hub_t *self, cause_t *why)
{
    while (!self->stopping) {
        wait_for_input(self);
        self->now = clock_now();
        int64_t begun_us = clock_us(CLOCK_STEADY);
        hub_begin_turn(self);
        if (reception_door_turn(self->reception, why) != 0)
            return -1;
        hub_look_around(self);
        hub_ready_turn(self);
        if (self->operator_waits && !undecided(self))
            hub_control_turn(self); // the operator first
        if (!undecided(self))
            hub_reload_turn(self);
        hub_record_turn(self);
        intake_turn(self);
        silence_turn(self);
        hub_due_turn(self);
        if (!undecided(self))
            hub_retain_turn(self);
        if (self->ordered.n == 0)
            attachment_server_whole_turn(self->attachment_server, hub_may_write(self));
        if (hub_commit_turn(self, DEFERRED_DUE, why) != 0 || send_turn(self, why) != 0 ||
            questions_turn(self, why) != 0)
            return -1;
        standbys_turn(self->standbys, head_note(self->head));
        attachment_server_turn(self->attachment_server);
        hub_keep_turn(self);
        spread_add(&self->figures.turns, clock_us(CLOCK_STEADY) - begun_us);
        hub_supervisor_turn(self);
    }
    hub_tell_state(self, SUPERVISOR_STOPS);
    self->now = clock_now();
    hub_begin_turn(self);
    if (hub_commit_turn(self, DEFERRED_ALL, why) != 0) // what waits is not left behind
        return -1;
    hub_keep_last(self);
    return 0;
}

int hub_run(hub_t *self, supervisor_t *supervisor, cause_t *why)
{
    self->supervisor = supervisor;
    self->now = clock_now();
    porter_turn(self->porter, self->now);
    hub_ready_turn(self);
    int result = run(self, why);
    if (result != 0)
        hub_forget_damage(self);
    return result;
}
