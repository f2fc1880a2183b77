// drafting - first everything that can be refused, on trial: the message is drafted, then
// what follows from it, each where what is decided next can find it.  Only when all of it
// is accepted does it count; until then it can be taken back.
//
// What follows is worked off in the order in which it came up, so that the draft has a
// cause before what it caused.  Of each kind there is one, by the first rule that derives
// it; so rules alone bound how much follows from one message (lib/rules/rules.c sees to
// it).

#include "hub/decide/drafting.h"

#include "hub/decide/derive.h"
#include "lib/base/memory.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { OWN_MAX = 1 + EMISSIONS_MAX, LOG_AGAIN_MS = 60 * 1000 };

// A message of the hub's own.
typedef struct {
    span_t text;         // lives as long as the draft
    document_t document; // as it was read again
    decision_t decision; // kept for its memory
    size_t place;        // in the draft
} own_t;

struct drafting {
    drafting_setup_t setup;
    const schemas_t *schemas;
    int64_t now_ms;
    decision_t decision; // on the message that is taken
    size_t owns;
    own_t own[OWN_MAX]; // what follows from it
    drafting_trouble_t trouble;
    int64_t logged_ms; // when that was logged
    buf_t text, record;
};

// What messages may be derived from: a sealed message, or one of the hub's own.
typedef struct {
    const document_t *document;
    span_t bytes, seal;
    decision_t *decision;
} cause_message_t;

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
    decision_close(&self->decision);
    for (size_t i = 0; i < OWN_MAX; i++)
        decision_close(&self->own[i].decision);
    buf_destroy(&self->text);
    buf_destroy(&self->record);
    free(self);
}

void drafting_begin(drafting_t *self, const schemas_t *schemas, int64_t now_ms)
{
    self->schemas = schemas;
    self->now_ms = now_ms;
}

const drafting_trouble_t *drafting_trouble(const drafting_t *self)
{
    return &self->trouble;
}

void drafting_forget_trouble(drafting_t *self)
{
    self->trouble = (drafting_trouble_t){0};
}

// The same again is logged once a minute: whoever sends what the law cannot follow must
// not fill the log with it.
static void alarm_operator(
    drafting_t *self, const char *rule, const char *kind, const refusal_t *refusal)
{
    drafting_trouble_t *trouble = &self->trouble;
    bool same = trouble->count > 0 && strcmp(trouble->rule, rule) == 0 &&
                strcmp(trouble->kind, kind) == 0 &&
                strcmp(trouble->refusal.code, refusal->code) == 0;
    trouble->count++;
    trouble->refusal = *refusal;
    (void)snprintf(trouble->rule, sizeof trouble->rule, "%s", rule);
    (void)snprintf(trouble->kind, sizeof trouble->kind, "%s", kind);
    if (same && self->now_ms - self->logged_ms < LOG_AGAIN_MS)
        return;
    self->logged_ms = self->now_ms;
    self->setup.log(LOG_ERROR, "derive.refused",
        "rule=%s kind=%s code=%s field=%s times=%" PRIu64 " reason=\"%s\"",
        rule[0] ? rule : "-", kind, refusal->code, refusal->pointer, trouble->count,
        refusal->text);
}

static void set_record(drafting_t *self, draft_item_t *item, const routing_t *routing)
{
    buf_clear(&self->record);
    routing_print(routing, &self->record);
    draft_set_record(self->setup.draft, item, buf_span(&self->record));
}

static draft_item_t *draft_message(drafting_t *self, const document_t *document)
{
    return draft_add(
        self->setup.draft, "message", document->kind, document->from, document->id);
}

// From here on found by what is decided next.
static void note(drafting_t *self, draft_item_t *item, const routing_t *routing)
{
    set_record(self, item, routing);
    self->setup.drafted(self->setup.context, &item->leaf, routing);
}

// The document is open when its kind's schema accepts it.  Takes over `root`, as below.
static int open_own(drafting_t *self, own_t *own, value_t *root, refusal_t *refusal)
{
    if (!root)
        return refuse(refusal, "doc.syntax", "", "", "not readable as written");
    if (schemas_check(self->schemas, root, refusal) != 0) {
        value_free(&root);
        return -1;
    }
    if (document_open(&own->document, root, refusal) == 0)
        return 0;
    document_close(&own->document);
    return -1;
}

// As that kind's own rules have it.
static int decide_own(drafting_t *self, own_t *own, refusal_t *refusal)
{
    const drafting_setup_t *setup = &self->setup;
    if (setup->decide(setup->context, setup->hub, &own->document, span_of(NULL, 0),
            &own->decision) == 0)
        return 0;
    *refusal = own->decision.refusal;
    return -1;
}

static int try_own(drafting_t *self, own_t *own, value_t *root, refusal_t *refusal)
{
    if (open_own(self, own, root, refusal) != 0)
        return -1;
    int result = decide_own(self, own, refusal);
    if (result != 0)
        document_close(&own->document);
    return result;
}

static void draft_own(drafting_t *self, own_t *own)
{
    own->place = draft_count(self->setup.draft);
    draft_item_t *item = draft_message(self, &own->document);
    draft_set_document(item, own->text, NULL);
    item->derived = true;
    note(self, item, &own->decision.routing);
    self->owns++;
}

// The message's text lives as long as the draft.
static span_t derive(
    drafting_t *self, const emission_t *emission, const cause_message_t *cause)
{
    derive_t derived = {.emit = emission->emit,
        .from = self->setup.hub->id,
        .on_behalf = "nccis",
        .id = emission->id,
        .time_ms = self->now_ms,
        .cause = cause->document,
        .incident = emission->name.incident,
        .cause_document = cause->bytes,
        .cause_seal = cause->seal};
    buf_clear(&self->text);
    derive_print(&derived, &self->text);
    return arena_copy(draft_arena(self->setup.draft), buf_span(&self->text));
}

// Where the cause has what the derived message has at this pointer.
static const char *pointer_in_cause(const emit_t *emit, const char *pointer)
{
    static const char body[] = "/body/";
    if (strncmp(pointer, body, strlen(body)) != 0)
        return pointer;
    for (size_t i = 0; i < emit->fields; i++)
        if (strcmp(emit->field[i].name, pointer + strlen(body)) == 0)
            return emit->field[i].pointer;
    return pointer;
}

// Nothing is wrong with the message, or nothing that its author could know of: it comes
// again, and is taken when the law is mended.
static int refuse_cause(drafting_t *self, const emission_t *emission,
    const refusal_t *own, bool alarm, refusal_t *refusal)
{
    const char *kind = emission->emit->kind;
    if (alarm)
        alarm_operator(self, emission->rule->id, kind, own);
    (void)refuse(refusal, "rule.emit", pointer_in_cause(emission->emit, own->pointer),
        emission->rule->id,
        "the %s that this rule derives is refused (%s: %s): the hub's operator must act",
        kind, own->code, own->text);
    refusal->retry = true;
    return -1;
}

static bool has_own(const drafting_t *self, const char *kind)
{
    for (size_t i = 0; i < self->owns; i++)
        if (strcmp(self->own[i].document.kind, kind) == 0)
            return true;
    return false;
}

static int try_emission(drafting_t *self, const emission_t *emission,
    const cause_message_t *cause, own_t *own, refusal_t *why)
{
    own->text = derive(self, emission, cause);
    return try_own(self, own, document_again(own->text), why);
}

// Whether all whom it is for had it before: then it is not sent again.  What it would
// carry may be large and is not decided on, so that is left out.  -1: it is refused.
static int is_repeated(drafting_t *self, const emission_t *emission,
    const cause_message_t *cause, own_t *own, refusal_t *why)
{
    const drafting_setup_t *setup = &self->setup;
    cause_message_t light = {cause->document, span_text("not written"),
        span_text("not sealed"), cause->decision};
    if (emission->earlier == 0)
        return 0;
    if (try_emission(self, emission, &light, own, why) != 0)
        return -1;
    document_close(&own->document);
    return !setup->news(setup->context, emission, &own->decision.routing);
}

// 1: it is drafted; 0: it says nothing new to anybody.
static int take_emission(drafting_t *self, const emission_t *emission,
    const cause_message_t *cause, refusal_t *why)
{
    if (self->owns == OWN_MAX)
        return refuse(why, "rule.emit", "", "", "more than %d messages follow from one",
            EMISSIONS_MAX);
    own_t *own = &self->own[self->owns];
    int repeated = is_repeated(self, emission, cause, own, why);
    if (repeated != 0)
        return repeated < 0 ? -1 : 0;
    if (try_emission(self, emission, cause, own, why) != 0)
        return -1;
    draft_own(self, own);
    return 1;
}

// What the rules derive from this one.
static int take_emissions(
    drafting_t *self, const cause_message_t *cause, bool alarm, refusal_t *refusal)
{
    refusal_t why;
    for (size_t i = 0; i < cause->decision->emissions;) {
        const emission_t *emission = &cause->decision->emission[i];
        int taken = has_own(self, emission->emit->kind)
                        ? 0
                        : take_emission(self, emission, cause, &why);
        if (taken < 0)
            return refuse_cause(self, emission, &why, alarm, refusal);
        if (taken > 0)
            i++;
        else
            decision_drop(cause->decision, i);
    }
    return 0;
}

// And from what was derived.  `own` is added to while it is walked.
static int follow(drafting_t *self, size_t from, bool alarm, refusal_t *refusal)
{
    for (size_t i = from; i < self->owns; i++) {
        own_t *own = &self->own[i];
        cause_message_t cause = {&own->document, own->text, {0}, &own->decision};
        if (take_emissions(self, &cause, alarm, refusal) != 0)
            return -1;
    }
    return 0;
}

// The message itself and all that follows from it, on trial.
static int try_message(
    drafting_t *self, const sealed_message_t *message, bool alarm, refusal_t *refusal)
{
    const drafting_setup_t *setup = &self->setup;
    decision_t *decision = &self->decision;
    if (setup->decide(setup->context, message->author, message->document, message->seal,
            decision) != 0) {
        *refusal = decision->refusal;
        return -1;
    }
    if (!alarm && decision->emissions == 0)
        return 0; // it is only explained, and nothing follows
    draft_item_t *item = draft_message(self, message->document);
    draft_set_document(item, message->bytes, message->hash);
    draft_set_seal(item, message->seal, message->seal_hash);
    note(self, item, &decision->routing);
    cause_message_t cause = {message->document, message->bytes,
        message->seal.size ? message->seal : span_text("not sealed"), decision};
    return take_emissions(self, &cause, alarm, refusal) == 0
               ? follow(self, 0, alarm, refusal)
               : -1;
}

static void end_trial(drafting_t *self)
{
    for (size_t i = 0; i < self->owns; i++)
        document_close(&self->own[i].document);
    self->owns = 0;
}

static void take_back(drafting_t *self, size_t drafted)
{
    draft_t *draft = self->setup.draft;
    if (draft_count(draft) > drafted) {
        draft_cut(draft, drafted);
        self->setup.undrafted(self->setup.context);
    }
    end_trial(self);
}

// It counts.
static void keep(drafting_t *self, size_t place, const document_t *document,
    const decision_t *decision)
{
    const drafting_setup_t *setup = &self->setup;
    draft_item_t *item = draft_at(setup->draft, place);
    if (decision->dropped)
        set_record(self, item, &decision->routing);
    setup->duties(setup->context, document, decision, item->leaf.position);
}

static int keep_all(drafting_t *self, size_t drafted, refusal_t *refusal)
{
    for (size_t i = 0; i < self->owns; i++)
        keep(self, self->own[i].place, &self->own[i].document, &self->own[i].decision);
    end_trial(self);
    return self->setup.check(self->setup.context, drafted, refusal);
}

// The same message again gets its receipt again; the same id with other bytes is refused.
// False when the id is new.
static bool is_known(const drafting_t *self, const sealed_message_t *message,
    leaf_t *leaf, refusal_t *refusal)
{
    const document_t *document = message->document;
    if (!self->setup.find(self->setup.context, document->from, document->id, leaf))
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
    size_t drafted = draft_count(self->setup.draft);
    leaf_t leaf;
    refusal->code = NULL;
    if (is_known(self, message, &leaf, refusal)) {
        *position = leaf.position;
        return refusal->code ? -1 : 0;
    }
    if (try_message(self, message, true, refusal) != 0) {
        take_back(self, drafted);
        return -1;
    }
    *position = draft_at(self->setup.draft, drafted)->leaf.position;
    keep(self, drafted, message->document, &self->decision);
    return keep_all(self, drafted, refusal);
}

const decision_t *drafting_explain(
    drafting_t *self, const member_t *author, const document_t *document)
{
    // What its bytes are is not decided on, and a seal it does not have yet.
    static const hash_t none;
    size_t drafted = draft_count(self->setup.draft);
    sealed_message_t message = {
        author, document, span_text("not written"), {0}, &none, &none};
    refusal_t refusal;
    if (try_message(self, &message, false, &refusal) != 0)
        self->decision.refusal = refusal;
    take_back(self, drafted);
    return &self->decision;
}

void drafting_say(drafting_t *self, span_t message)
{
    size_t drafted = draft_count(self->setup.draft);
    own_t *own = &self->own[0];
    char kind[KIND_MAX];
    refusal_t refusal;
    assert(self->owns == 0);
    own->text = arena_copy(draft_arena(self->setup.draft), message);
    value_t *root = document_again(own->text);
    const char *named = value_text(value_get(root, "kind"));
    (void)snprintf(kind, sizeof kind, "%s", named ? named : "");
    if (try_own(self, own, root, &refusal) != 0) {
        alarm_operator(self, "", kind, &refusal);
        return;
    }
    draft_own(self, own);
    if (follow(self, 0, true, &refusal) == 0)
        (void)keep_all(self, drafted, &refusal);
    else
        take_back(self, drafted);
}
