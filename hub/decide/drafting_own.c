// drafting_own - what the hub itself says: messages that the law derives, and its
// notices. Each is written, read again, held against its kind's schema and decided on
// like one of a node's, before it is in the draft.
//
// What follows is worked off in the order in which it came up, so that the draft has a
// cause before what it caused.  Of each kind there is one, by the first rule that derives
// it; so rules alone bound how much follows from one message (lib/rules/rules.c sees to
// it).

#include "hub/decide/derive.h"
#include "hub/decide/drafting_inside.h"
#include "hub/state/recipients.h"
#include "lib/base/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LOG_AGAIN_MS = 60 * 1000 };

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
    if (same && self->turn.now_ms - self->logged_ms < LOG_AGAIN_MS)
        return;
    self->logged_ms = self->turn.now_ms;
    log_often(LOG_ERROR, "derive.refused",
        "rule=%s kind=%s code=%s field=%s times=%" PRIu64 " reason=\"%s\"",
        rule[0] ? rule : "-", kind, refusal->code, refusal->pointer, trouble->count,
        refusal->text);
}

// The document is open when its kind's schema accepts it.  Takes over `root`, as below.
static int open_own(drafting_t *self, own_t *own, value_t *root, refusal_t *refusal)
{
    if (!root)
        return refuse(refusal, "doc.syntax", "", "", "not readable as written");
    if (schemas_check(self->turn.law->schemas, root, refusal) != 0) {
        value_free(&root);
        return -1;
    }
    if (document_open(&own->document, root, refusal) == 0)
        return 0;
    document_close(&own->document);
    return -1;
}

// By the rules for its kind, like a message that somebody else has sent.
static int decide_own(drafting_t *self, own_t *own, refusal_t *refusal)
{
    if (drafting_decide(
            self, self->setup.hub, &own->document, span_of(NULL, 0), &own->decision) == 0)
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
    draft_item_t *item = drafting_add(self, &own->document);
    draft_set_document(item, own->text, NULL);
    item->derived = true;
    drafting_note(self, item, &own->decision.routing);
    self->owns++;
}

// What is carried along is its seal as a whole.
static span_t seal_text(drafting_t *self, const seal_place_t *seal)
{
    if (seal->head.size == 0)
        return span_text("not sealed");
    buf_clear(&self->text);
    seal_place_print(seal, &self->text);
    return arena_copy(draft_arena(self->setup.draft), buf_span(&self->text));
}

// The message's text lives as long as the draft.
static span_t derive(
    drafting_t *self, const emission_t *emission, const cause_message_t *cause)
{
    derive_t derived = {.emit = emission->emit,
        .from = self->setup.hub->id,
        .on_behalf = "nccis",
        .id = emission->id,
        .time_ms = self->turn.now_ms,
        .cause = cause->document,
        .incident = emission->name.incident,
        .cause_document = cause->bytes,
        .cause_seal = seal_text(self, &cause->seal)};
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

// The cause is refused for what its author can do nothing about.  So it is to retry: it
// sends the message again, which is taken when the law has been mended.
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

// Whether anybody receives what is to be derived, by this record, to whom it is news.
static bool is_news(
    const drafting_t *self, const emission_t *emission, const routing_t *routing)
{
    const drafting_setup_t *setup = &self->setup;
    history_view_t view = {.history = setup->history, .roster = self->turn.law->roster};
    precedents_t log = history_precedents(&view);
    recipients_t recipients = {&log, setup->hub->id};
    return recipients_news(&recipients, &emission->name, emission->earlier, routing);
}

// 1: all whom it is for had it before, and it is not sent again; 0: somebody had not; -1:
// it is refused.  To know whom it is for it is made and decided on, without the document
// it would carry: that may be large, and nothing is decided by it.
static int is_repeated(drafting_t *self, const emission_t *emission,
    const cause_message_t *cause, own_t *own, refusal_t *why)
{
    cause_message_t light = {.document = cause->document,
        .bytes = span_text("not written"),
        .decision = cause->decision};
    if (emission->earlier == 0)
        return 0;
    if (try_emission(self, emission, &light, own, why) != 0)
        return -1;
    document_close(&own->document);
    return !is_news(self, emission, &own->decision.routing);
}

static own_t *own_of(drafting_t *self, const decision_t *decision)
{
    for (size_t i = 0; i < self->owns; i++)
        if (&self->own[i].decision == decision)
            return &self->own[i];
    return NULL;
}

// Whom it should have reached and did not, everybody is told whose message led to it.
static void tell_causes(drafting_t *self, own_t *own)
{
    const routing_t *routing = &own->decision.routing;
    for (own_t *at = own; at && at->cause; at = own_of(self, at->cause))
        decision_lacks(at->cause, at->by, routing);
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
    own->cause = cause->decision;
    own->by = emission->rule;
    draft_own(self, own);
    tell_causes(self, own);
    return 1;
}

// What the rules derive from this one.
int drafting_follow(
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

// `own` is added to while it is walked.
int drafting_follow_own(drafting_t *self, bool alarm, refusal_t *refusal)
{
    for (size_t i = 0; i < self->owns; i++) {
        own_t *own = &self->own[i];
        cause_message_t cause = {
            .document = &own->document, .bytes = own->text, .decision = &own->decision};
        if (drafting_follow(self, &cause, alarm, refusal) != 0)
            return -1;
    }
    return 0;
}

int drafting_own(drafting_t *self, span_t text)
{
    own_t *own = &self->own[self->owns];
    char kind[KIND_MAX];
    refusal_t refusal;
    own->text = arena_copy(draft_arena(self->setup.draft), text);
    value_t *root = document_again(own->text);
    const char *named = value_text(value_get(root, "kind"));
    (void)snprintf(kind, sizeof kind, "%s", named ? named : "");
    if (try_own(self, own, root, &refusal) != 0) {
        alarm_operator(self, "", kind, &refusal);
        return -1;
    }
    own->cause = NULL;
    draft_own(self, own);
    return 0;
}
