// drafting - a message is tried before it is taken.  It is decided on and drafted, then
// everything that follows from it (drafting_own.c), so that each is found by what is
// decided next.  When any of this is refused, the draft is cut back to where it was. When
// all is accepted, duties change; then the new entries are read as recovery would read
// them, and the draft is cut back all the same when one could not be read, or when they
// are too many bytes for a batch.

#include "hub/decide/drafting.h"

#include "hub/decide/attestation.h"
#include "hub/decide/decide.h"
#include "hub/decide/drafting_inside.h"
#include "hub/state/exercise.h"
#include "lib/base/memory.h"
#include "lib/base/moment.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

// Of a batch, what one message with all that follows from it may take.
enum { MESSAGE_BYTES = 32 << 20 };

// How things stood before a message was tried.
typedef struct {
    size_t drafted;      // items
    size_t duties;       // changes of duties
    uint64_t unreadable; // entries that could not be read again, so far
} before_t;

drafting_t *drafting_new(const drafting_setup_t *setup)
{
    drafting_t *self = memory_new(1, sizeof *self);
    self->setup = *setup;
    return self;
}

void drafting_destroy(drafting_t **self_p)
{
    drafting_t *self = *self_p;
    *self_p = NULL;
    if (!self)
        return;
    drafting_forget_absent(self);
    decision_close(&self->decision);
    for (size_t i = 0; i < OWN_MAX; i++)
        decision_close(&self->own[i].decision);
    buf_destroy(&self->text);
    buf_destroy(&self->record);
    free(self);
}

void drafting_begin(drafting_t *self, const drafting_turn_t *turn)
{
    self->turn = *turn;
}

const drafting_trouble_t *drafting_trouble(const drafting_t *self)
{
    return &self->trouble;
}

void drafting_forget_trouble(drafting_t *self)
{
    self->trouble = (drafting_trouble_t){0};
}

int drafting_decide(drafting_t *self, const member_t *author, const document_t *document,
    span_t seal, decision_t *decision)
{
    const drafting_turn_t *turn = &self->turn;
    decide_t under = {.options = self->setup.options,
        .hub = self->setup.hub->id,
        .law = turn->law,
        .rules_position = turn->rules_position,
        .now_ms = turn->now_ms,
        .entry_ms = turn->entry_ms,
        .history = self->setup.history};
    return decide_message(&under, author, document, seal, decision);
}

draft_item_t *drafting_add(drafting_t *self, const document_t *document)
{
    return draft_add(
        self->setup.draft, "message", document->kind, document->from, document->id);
}

static void set_record(drafting_t *self, draft_item_t *item, const routing_t *routing)
{
    buf_clear(&self->record);
    routing_print(routing, &self->record);
    draft_set_record(self->setup.draft, item, buf_span(&self->record));
}

void drafting_note(drafting_t *self, draft_item_t *item, const routing_t *routing)
{
    set_record(self, item, routing);
    history_draft(self->setup.history, &item->leaf, routing);
}

static before_t look(const drafting_t *self)
{
    const drafting_setup_t *setup = &self->setup;
    return (before_t){draft_count(setup->draft), duties_drafted(setup->duties),
        readback_failed(setup->readback)};
}

// Of what attests that notice was given otherwise; not of what takes that back.
static int check_attestation(
    const drafting_t *self, const document_t *document, refusal_t *refusal)
{
    static const int64_t day_ms = 24 * 3600 * 1000;
    const drafting_turn_t *turn = &self->turn;
    const hub_options_t *options = self->setup.options;
    const char *exercise = exercise_within(document);
    attestation_t attestation = {.duties = self->setup.duties,
        .history = self->setup.history,
        .exercise = exercise ? exercise : "",
        .latest_ms = moment_after(turn->now_ms, options->future_tolerance_ms),
        .earliest_ms = moment_after(turn->now_ms, -options->past_days * day_ms)};
    if (document->status == STATUS_TEST || document->cancels.author[0] ||
        !rules_attest(turn->law->rules, document->kind))
        return 0;
    history_first(self->setup.history, &document->re, &attestation.first);
    return attestation_check(&attestation, document, refusal);
}

// The message itself and all that follows from it, on trial.
static int try_message(
    drafting_t *self, const sealed_message_t *message, bool alarm, refusal_t *refusal)
{
    decision_t *decision = &self->decision;
    if (drafting_decide(self, message->author, message->document, message->seal.head,
            decision) != 0) {
        *refusal = decision->refusal;
        return -1;
    }
    if (check_attestation(self, message->document, refusal) != 0)
        return -1;
    if (!alarm && decision->emissions == 0)
        return 0; // it is only explained, and nothing follows
    draft_item_t *item = drafting_add(self, message->document);
    draft_set_document(item, message->bytes, message->hash);
    draft_set_place(item, &message->seal, message->head_hash);
    drafting_note(self, item, &decision->routing);
    cause_message_t cause = {message->document, message->bytes, message->seal, decision};
    if (drafting_follow(self, &cause, alarm, refusal) != 0)
        return -1;
    return drafting_follow_own(self, alarm, refusal);
}

static void end_trial(drafting_t *self)
{
    for (size_t i = 0; i < self->owns; i++)
        document_close(&self->own[i].document);
    self->owns = 0;
}

// The messages of the draft are all that this turn has said.
static void note_again(drafting_t *self)
{
    draft_t *draft = self->setup.draft;
    routing_t routing = {0};
    cause_t why;
    history_begin(self->setup.history);
    for (size_t i = 0; i < draft_count(draft); i++) {
        const draft_item_t *item = draft_at(draft, i);
        if (item->record.size && routing_read(&routing, item->record, &why) == 0)
            history_draft(self->setup.history, &item->leaf, &routing);
    }
    routing_close(&routing);
}

// Everything that was drafted since; what others sent in the same turn stays.
static void take_back(drafting_t *self, const before_t *before)
{
    const drafting_setup_t *setup = &self->setup;
    if (draft_count(setup->draft) > before->drafted) {
        draft_cut(setup->draft, before->drafted);
        duties_undo(setup->duties, before->duties);
        note_again(self);
    }
    end_trial(self);
}

// What an accepted message does to duties: it meets them, withdraws them, brings new
// ones.
static void change_duties(drafting_t *self, const document_t *document,
    const decision_t *decision, uint64_t position)
{
    const drafting_setup_t *setup = &self->setup;
    duties_log_t log = {.view = {.history = setup->history,
                            .roster = self->turn.law->roster,
                            .entry_ms = self->turn.entry_ms},
        .readback = setup->readback,
        .draft = setup->draft,
        .time_ms = self->turn.entry_ms};
    duties_deed_t deed = {.document = document, .routing = &decision->routing};
    memcpy(deed.first.author, document->from, sizeof deed.first.author);
    memcpy(deed.first.id, document->id, sizeof deed.first.id);
    history_first(setup->history, &deed.first, &deed.first); // it is drafted already
    history_first(setup->history, &document->re, &deed.re);
    history_first(setup->history, &document->incident, &deed.incident);
    duties_message(setup->duties, &deed, &log);
    for (size_t i = 0; i < decision->duties; i++) {
        duty_t duty = decision->planned[i].duty;
        duty.position = position;
        duty_identify(&duty);
        duties_open(setup->duties, &duty, &log);
    }
    duties_drop(setup->duties, &deed, &log);
}

// The message is taken: its record is as it will be written, and duties change.
static void keep(drafting_t *self, size_t place, const document_t *document,
    const decision_t *decision)
{
    draft_item_t *item = draft_at(self->setup.draft, place);
    uint64_t position = item->leaf.position;
    if (decision->changed)
        set_record(self, item, &decision->routing);
    change_duties(self, document, decision, position);
}

// Whether all that was drafted since can be written.
static int check(const drafting_t *self, const before_t *before, refusal_t *refusal)
{
    const drafting_setup_t *setup = &self->setup;
    size_t bytes = draft_bytes_from(setup->draft, before->drafted);
    if (readback_failed(setup->readback) != before->unreadable ||
        !readback_draft(setup->readback, setup->draft, before->drafted))
        return refuse(refusal, "entry.unreadable", "", "",
            "an entry that it would make could not be read again; the hub's log has "
            "more");
    if (bytes > MESSAGE_BYTES)
        return refuse(refusal, "doc.size", "", "",
            "with all that follows from it, it comes to %zu bytes, and a batch of the "
            "journal has room for %d of one message",
            bytes, MESSAGE_BYTES);
    return 0;
}

static int keep_all(drafting_t *self, const before_t *before, refusal_t *refusal)
{
    for (size_t i = 0; i < self->owns; i++)
        keep(self, self->own[i].place, &self->own[i].document, &self->own[i].decision);
    int result = check(self, before, refusal);
    if (result == 0)
        end_trial(self);
    else
        take_back(self, before);
    return result;
}

// The same message again gets its receipt again; the same id with other bytes is refused.
// False when the id is new.
static bool is_known(const drafting_t *self, const sealed_message_t *message,
    leaf_t *leaf, refusal_t *refusal)
{
    const document_t *document = message->document;
    if (!history_find(self->setup.history, document->from, document->id, leaf))
        return false;
    if (!hash_equal(&leaf->document, message->hash))
        (void)refuse(refusal, "id.reused", "/id", "",
            "this id already names a message with other bytes, at position %" PRIu64,
            leaf->position);
    return true;
}

int drafting_take(drafting_t *self, const sealed_message_t *message, uint64_t *position,
    refusal_t *refusal)
{
    before_t before = look(self);
    leaf_t leaf;
    refusal->code = NULL;
    if (is_known(self, message, &leaf, refusal)) {
        *position = leaf.position;
        return refusal->code ? -1 : 0;
    }
    if (try_message(self, message, true, refusal) != 0) {
        take_back(self, &before);
        return -1;
    }
    *position = draft_at(self->setup.draft, before.drafted)->leaf.position;
    keep(self, before.drafted, message->document, &self->decision);
    if (keep_all(self, &before, refusal) != 0)
        return -1;
    drafting_note_absent(self, message->document, &self->decision.routing);
    return 0;
}

const decision_t *drafting_explain(
    drafting_t *self, const member_t *author, const document_t *document)
{
    // What its bytes are is not decided on, and a seal it does not have yet.
    static const hash_t none;
    before_t before = look(self);
    sealed_message_t message = {.author = author,
        .document = document,
        .bytes = span_text("not written"),
        .hash = &none};
    refusal_t refusal;
    if (try_message(self, &message, false, &refusal) != 0)
        self->decision.refusal = refusal;
    take_back(self, &before);
    return &self->decision;
}

void drafting_say(drafting_t *self, span_t message)
{
    before_t before = look(self);
    refusal_t refusal;
    assert(self->owns == 0);
    if (drafting_own(self, message) != 0)
        return;
    if (drafting_follow_own(self, true, &refusal) == 0)
        (void)keep_all(self, &before, &refusal);
    else
        take_back(self, &before);
}
