// hub_open - the start: recovery, the law, the first turn, and only then the gate.

#include "hub/hub_inside.h"
#include "hub/journal/published_checkpoint.h"
#include "hub/signals.h"
#include "lib/base/file.h"
#include "lib/base/log.h"
#include "lib/tlog/successor.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

static int open_identity(identity_t *identity, const hub_options_t *options, cause_t *why)
{
    identity_source_t who = identity_source_of(options);
    return identity_begin(identity, &who, why);
}

// A part of the law in force as the journal has it; empty when it has none.
static int read_law(hub_t *self, arena_t *arena, uint64_t position, span_t *document,
    span_t *seal, cause_t *why)
{
    entry_t entry = {0};
    if (position > 0 && entries_read(self->entries, position, &entry, why) != 0)
        return -1;
    *document = arena_copy(arena, entry.document);
    *seal = arena_copy(arena, entry.seal);
    return 0;
}

static int read_texts(hub_t *self, arena_t *arena, law_texts_t *texts, cause_t *why)
{
    const enacted_t *enacted = fold_enacted(self->fold);
    span_t none;
    if (read_law(self, arena, enacted->roster_position, &texts->roster, &none, why) !=
            0 ||
        read_law(self, arena, enacted->registry_position, &texts->registry, &none, why) !=
            0 ||
        read_law(self, arena, enacted->schemas_position, &texts->schemas, &none, why) !=
            0)
        return -1;
    return read_law(
        self, arena, enacted->rules_position, &texts->rules, &texts->rules_seal, why);
}

// Files that somebody has half edited are an alarm, for as long as the journal has a law.
// Which hub this is: the journal says it, too.
static int recall_identity(hub_t *self, span_t roster_text, cause_t *why)
{
    cause_t ignored;
    identity_t *own = &self->identity;
    roster_t *roster =
        roster_text.size ? roster_recall(roster_text, self->now.wall_ms, &ignored) : NULL;
    const cert_t *cert = roster ? roster_any_seal(roster, own->seal.id) : NULL;
    int result = cert ? identity_certify(own, cert, why) : -1;
    roster_close(&roster);
    if (!cert)
        *why = own->uncertified;
    if (result != 0)
        return -1;
    self->files = own->uncertified;
    log_line(LOG_ERROR, "law.files",
        "kept=\"the hub's own certificate, from the journal\" reason=\"%s\"",
        own->uncertified.text);
    return 0;
}

static int choose_law(hub_t *self, const law_texts_t *texts, cause_t *why)
{
    cause_t recalled;
    if (self->identity.uncertified.text[0] &&
        recall_identity(self, texts->roster, why) != 0)
        return -1;
    const enacted_t *enacted = fold_enacted(self->fold);
    law_source_t source = law_source_of(self->options, &self->identity);
    int64_t now_ms = self->now.wall_ms;
    if (law_begin(&self->law, &source, enacted, texts->roster, now_ms, why) == 0)
        return 0;
    if (enacted->schemas_position == 0 || enacted->rules_position == 0)
        return -1; // a first start
    if (law_recall(&self->law, &source, texts, now_ms, &recalled) != 0)
        return cause_set(
            why, "%.200s; and the law of the journal: %.200s", why->text, recalled.text);
    self->files = *why;
    log_line(LOG_ERROR, "law.files",
        "kept=\"what was in force, from the journal\" reason=\"%s\"", why->text);
    return 0;
}

static int open_law(hub_t *self, cause_t *why)
{
    law_texts_t texts;
    arena_t *arena = arena_new();
    int result = read_texts(self, arena, &texts, why);
    if (result == 0)
        result = choose_law(self, &texts, why);
    arena_destroy(&arena);
    return result;
}

// What the log was owed when the hub ended holds from now on, too.
static int open_owed(hub_t *self, cause_t *why)
{
    char path[PATH_MAX];
    if (path_join(path, sizeof path, self->options->journal, "owed", why) != 0 ||
        !(self->owed = owed_open(path, why)))
        return -1;
    for (size_t i = 0; i < owed_count(self->owed); i++) {
        const owed_entry_t *entry = owed_at(self->owed, i);
        if (strcmp(entry->type, "clock") == 0)
            duties_hold(self->duties, strcmp(entry->text, fold_clock_accepted) != 0);
    }
    return 0;
}

static fold_t *new_fold(hub_t *self)
{
    return fold_new(&(fold_setup_t){.vkey = &self->identity.vkey,
        .quarantine = &self->start->quarantine,
        .tree = self->tree,
        .inboxes = self->inboxes,
        .publisher = self->publisher,
        .history = self->history,
        .duties = self->duties,
        .contacts = self->contacts,
        .attachments = self->attachments});
}

static int open_attachments(hub_t *self, cause_t *why)
{
    attachment_server_setup_t setup = {.options = self->options,
        .attachments = self->attachments,
        .inboxes = self->inboxes,
        .fold = self->fold,
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
static void open_conversation(hub_t *self)
{
    self->reception = reception_new(&(reception_setup_t){.options = self->options,
        .vkey = &self->identity.vkey,
        .tree = self->tree,
        .gate = self->gate,
        .sessions = self->sessions,
        .inboxes = self->inboxes,
        .refusals = self->refusals,
        .owed = self->owed});
    self->answers =
        answers_new(&(answers_setup_t){self->entries, self->tree, self->reception});
    self->delivery = delivery_new(&(delivery_setup_t){.entries = self->entries,
        .tree = self->tree,
        .inboxes = self->inboxes,
        .sessions = self->sessions,
        .reception = self->reception,
        .own_key = self->identity.seal.id});
    self->deferred = deferred_new(&(deferred_setup_t){.options = self->options,
        .sessions = self->sessions,
        .inboxes = self->inboxes,
        .refusals = self->refusals,
        .reception = self->reception,
        .duties = self->duties});
}

static int open_state(hub_t *self, cause_t *why)
{
    checkpoint_t published;
    const hub_options_t *options = self->options;
    if (logmarks_open(
            &self->marks, options, &self->identity.vkey, self->start->new_log, why) != 0)
        return -1;
    if (published_checkpoint_read(
            &published, options->journal, &self->identity.vkey, why) != 0)
        return -1;
    if (published.size < self->marks.newest.size)
        published = self->marks.newest;
    journal_options_t journal = journal_options_of(options, published.size);
    if (folder_make(options->journal, 0700, why) != 0 ||
        folder_make(options->state, 0700, why) != 0 ||
        !(self->tree = tree_open(options->state, why)) ||
        !(self->inboxes = inboxes_open(options->state, why)))
        return -1;
    publisher_setup_t publisher = {.folder = options->journal,
        .interval_ms = options->publish_interval_ms,
        .marks = &self->marks};
    if (!(self->publisher = publisher_open(&publisher, why)))
        return -1;
    self->fold = new_fold(self);
    journal_replay_t replay = {fold_replay, fold_root, self->fold};
    if (!(self->journal = journal_open(&journal, &replay, why)))
        return -1;
    entries_set_journal(self->entries, self->journal);
    if (fold_check_published(self->fold, &published, why) != 0 ||
        quarantine_check(&self->start->quarantine, journal_next(self->journal), why) != 0)
        return cause_prefix(why, "%s", options->journal);
    if (journal_cut_bytes(self->journal) > 0)
        log_line(LOG_WARNING, "journal.cut", "bytes=%" PRIu64,
            journal_cut_bytes(self->journal));
    self->head = head_new(
        &self->identity.vkey, self->identity.log.secret_key, tree_peaks(self->tree));
    if (open_owed(self, why) != 0)
        return -1;
    open_conversation(self);
    deferred_checkpoint(self->deferred, &head_checkpoint(self->head)->root,
        head_checkpoint(self->head)->size);
    return open_attachments(self, why);
}

static int open_gate(hub_t *self, cause_t *why)
{
    gate_options_t gate = gate_options_of(
        self->options, self->identity.channel_secret, self->identity.channel_public);
    int result = gate_open(self->gate, &gate, why);
    sodium_memzero(&gate, sizeof gate);
    return result;
}

// For nodes that go over: what the first entry says, and the proof that it is the first.
static int prove_origin(hub_t *self, cause_t *why)
{
    const uint64_t first = 0, size = head_checkpoint(self->head)->size;
    buf_t proof = {0}, path = {0}, text = {0};
    entry_t entry;
    hash_t leaf, root;
    if (!fold_origin(self->fold)->succeeds || successor_proven(self->options->journal))
        return 0;
    int result = tree_prove_run(self->tree, &first, 1, size, &proof, why);
    if (result == 0)
        result = entries_read(self->entries, 0, &entry, why);
    if (result == 0) {
        merkle_leaf(entry.leaf, &leaf);
        result = merkle_run_root(&first, &leaf, 1, size, buf_span(&proof), &root, &path);
    }
    if (result == 0) {
        tlog_proof_write(&text, entry.leaf, 0, buf_span(&path), head_note(self->head));
        result =
            successor_prove(self->options->journal, entry.document, buf_span(&text), why);
    }
    buf_destroy(&proof);
    buf_destroy(&path);
    buf_destroy(&text);
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
    if (prove_origin(self, why) != 0)
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

static inquiries_t *new_inquiries(hub_t *self)
{
    return inquiries_new(&(inquiries_setup_t){.reception = self->reception,
        .sessions = self->sessions,
        .work = entries_work(self->entries),
        .explain_rate = self->options->explain_rate});
}

static hub_t *open_once(const hub_options_t *options, hub_start_t *start, cause_t *why)
{
    hub_t *self = calloc(1, sizeof *self);
    if (!self)
        abort();
    self->options = options;
    self->start = start;
    self->signals = -1;
    self->now = clock_now();
    housekeeping_begin(&self->watch, self->now);
    self->draft = draft_new();
    self->entries = entries_new(NULL, self->draft);
    self->history = history_new(self->entries);
    self->duties = duties_new();
    self->contacts = contacts_new();
    self->attachments = attachments_new();
    self->gate = gate_new();
    self->sessions = sessions_new();
    self->refusals = refusals_new();
    self->limits = limits_new();
    if ((self->signals = signals_open(why)) < 0 ||
        !(self->reading = law_reading_new(why)))
        goto failed;
    self->workers = workers_new((unsigned)options->workers);
    if (hub_options_check(options, why) != 0 ||
        open_identity(&self->identity, options, why) != 0 || open_state(self, why) != 0 ||
        (start->trust != CLOCK_ACCEPTED &&
            housekeeping_check(self->now, fold_time_ms(self->fold), why) != 0) ||
        open_law(self, why) != 0)
        goto failed;
    self->intake = hub_new_intake(self);
    self->drafting = drafting_new(&(drafting_setup_t){.options = options,
        .hub = &self->identity.member,
        .history = self->history,
        .duties = self->duties,
        .fold = self->fold,
        .draft = self->draft});
    self->inquiries = new_inquiries(self);
    hub_log_warnings(self);
    if (hub_succeed(self, why) != 0 || begin_log(self, why) != 0 ||
        open_gate(self, why) != 0 ||
        !(self->control = control_open(options->control, why)))
        goto failed;
    self->reloads = reloads_new(self->control);
    say_quarantine(&start->quarantine);
    for (size_t i = 0; gate_endpoint(self->gate, i); i++)
        log_line(LOG_INFO, "hub.ready", "hub=%s origin=%s endpoint=%s entries=%" PRIu64,
            self->identity.member.id, options->origin, gate_endpoint(self->gate, i),
            head_checkpoint(self->head)->size);
    return self;
failed:
    hub_close(&self);
    return NULL;
}

hub_t *hub_open(const hub_options_t *options, hub_start_t *start, cause_t *why)
{
    hub_t *self;
    do {
        // Another reader could not read what this one can: the log says so only later.
        quarantine_again(&start->quarantine);
        self = open_once(options, start, why);
    } while (!self && quarantine_late(&start->quarantine));
    return self;
}

void hub_close(hub_t **self_p)
{
    hub_t *self = *self_p;
    if (!self)
        return;
    law_reading_destroy(&self->reading); // before what it borrows
    reloads_destroy(&self->reloads);
    control_close(&self->control);
    inquiries_destroy(&self->inquiries);
    gate_close(&self->gate);
    publisher_close(&self->publisher);
    journal_close(&self->journal);
    attachment_server_close(&self->attachment_server);
    intake_destroy(&self->intake);
    workers_destroy(&self->workers);
    law_close(&self->law);
    tree_close(&self->tree);
    inboxes_close(&self->inboxes);
    history_destroy(&self->history);
    duties_destroy(&self->duties);
    contacts_destroy(&self->contacts);
    attachments_destroy(&self->attachments);
    deferred_destroy(&self->deferred);
    owed_close(&self->owed);
    reception_destroy(&self->reception);
    sessions_destroy(&self->sessions);
    entries_destroy(&self->entries);
    draft_destroy(&self->draft);
    answers_destroy(&self->answers);
    drafting_destroy(&self->drafting);
    delivery_destroy(&self->delivery);
    refusals_destroy(&self->refusals);
    limits_destroy(&self->limits);
    head_destroy(&self->head);
    buf_destroy(&self->scratch);
    fold_destroy(&self->fold);
    if (self->signals >= 0)
        (void)close(self->signals);
    identity_close(&self->identity);
    free(self);
    *self_p = NULL;
}
