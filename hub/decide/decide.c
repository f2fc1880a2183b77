// decide - the checks in the order a reader of the plan would make them: when it was
// sent, to whom it is addressed, whether the author may say such a thing, what it refers
// to, what it is about.  Then what its record repeats of it, and what follows by the
// rules (evaluation.c).

#include "hub/decide/decide.h"

#include "hub/decide/evaluation.h"
#include "hub/decide/remarks.h"
#include "hub/decide/subscription.h"
#include "hub/state/withdrawal.h"
#include "lib/base/moment.h"
#include "lib/message/attachment.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { HOUR_MS = 3600 * 1000, DAY_MS = 24 * HOUR_MS };

static int check_time(const decide_t *self, evaluation_t *evaluation)
{
    const hub_options_t *options = self->options;
    int64_t ahead_ms = moment_between(self->now_ms, evaluation->document->sent_ms);
    if (ahead_ms > options->future_tolerance_ms)
        return refuse(&evaluation->decision->refusal, "time.future", "/sent",
            "timing.future_ms",
            "sent is %" PRId64 " s ahead of the hub's clock; %" PRId64
            " s are tolerated (operational default)",
            ahead_ms / 1000, options->future_tolerance_ms / 1000);
    if (-ahead_ms > options->late_after_ms)
        evaluation_remark(evaluation, "time.late");
    return 0;
}

// What only the hub writes, into what it derives: for whom it speaks, from what, and the
// cause itself.  Whoever else could, would have receivers take its word for the hub's.
static int check_reserved(evaluation_t *evaluation)
{
    const document_t *document = evaluation->document;
    refusal_t *refusal = &evaluation->decision->refusal;
    if (document->for_[0])
        return strcmp(evaluation->author->role, "hub") == 0
                   ? 0
                   : refuse(refusal, "for.reserved", "/for", "",
                         "only the hub derives messages on behalf of others");
    if (value_get(document->body, "carried"))
        return refuse(refusal, "for.reserved", "/body/carried", "",
            "only what the hub derives carries its cause");
    // a text by this name is of the incident, not of the message
    if (value_is(value_get(document->body, "cause"), VALUE_OBJECT))
        return refuse(refusal, "for.reserved", "/body/cause", "",
            "only what the hub derives names its cause: name a message in re or "
            "incident");
    return 0;
}

static int check_addressees(evaluation_t *evaluation)
{
    const document_t *document = evaluation->document;
    refusal_t *refusal = &evaluation->decision->refusal;
    char pointer[32];
    if (document->marking == TLP_RED && document->to_count == 0 && !document->for_[0])
        return refuse(refusal, "marking.red", "/to", "",
            "TLP:RED is for named receivers only: list their node ids in to");
    for (size_t i = 0; i < document->to_count; i++) {
        (void)snprintf(pointer, sizeof pointer, "/to/%zu", i);
        if (!roster_member(evaluation->law->roster, document->to[i]))
            return refuse(refusal, "to.unknown", pointer, "roster",
                "'%s' is not a node of this system", document->to[i]);
    }
    return 0;
}

static int check_permission(evaluation_t *evaluation)
{
    const document_t *document = evaluation->document;
    refusal_t *refusal = &evaluation->decision->refusal;
    if (!rules_permit(evaluation->law->rules, document->kind, evaluation->author->role))
        return refuse(refusal, "role.kind", "/kind", "rules",
            "no rule lets %s (role %s) publish %s", evaluation->author->id,
            evaluation->author->role, document->kind);
    return 0;
}

static int check_exercise(evaluation_t *evaluation)
{
    return exercise_check(evaluation->history, evaluation->document, evaluation->author,
        &evaluation->decision->refusal);
}

// What was exercised or tested is no precedent for what is real, nor the other way round.
static int check_world(evaluation_t *evaluation, const leaf_t *leaf, const char *pointer)
{
    routing_t routing = {0};
    bool mixed = recipients_record(&evaluation->recipients, leaf, &routing) == 0 &&
                 !exercise_may_refer(evaluation->document, &routing);
    if (strcmp(pointer, "/re") == 0)
        remarks_answered(evaluation, &routing);
    routing_close(&routing);
    return mixed ? refuse(&evaluation->decision->refusal, "exercise.reference", pointer,
                       "", "what is exercised, tested or real refers only to its like")
                 : 0;
}

// Who reads along may answer what it had, and is no party to the incident: it neither
// reports on that, nor closes it, nor hands it on.
static bool may_refer(const evaluation_t *evaluation, const reference_t *reference,
    const leaf_t *leaf, const char *pointer)
{
    bool joins_in = strcmp(pointer, "/incident") == 0;
    return (joins_in ? recipients_party : recipients_have)(
        &evaluation->recipients, reference, leaf, evaluation->author->id);
}

// A reference to nothing and one to what is not yours are refused alike.
static int check_reference(
    evaluation_t *evaluation, const reference_t *reference, const char *pointer)
{
    const precedents_t *log = evaluation->recipients.log;
    if (reference->author[0] == 0 || strcmp(evaluation->author->role, "hub") == 0)
        return 0;
    leaf_t leaf;
    if (log->find(log->context, reference->author, reference->id, &leaf) &&
        may_refer(evaluation, reference, &leaf, pointer))
        return check_world(evaluation, &leaf, pointer);
    return refuse(&evaluation->decision->refusal, "reference.unknown", pointer, "",
        "there is no message %s of %s that %s was party to", reference->id,
        reference->author, evaluation->author->id);
}

static int check_references(evaluation_t *evaluation)
{
    const document_t *document = evaluation->document;
    if (check_reference(evaluation, &document->incident, "/incident") != 0 ||
        check_reference(evaluation, &document->re, "/re") != 0 ||
        check_reference(evaluation, &document->under, "/under") != 0 ||
        check_reference(evaluation, &document->supersedes, "/supersedes") != 0)
        return -1;
    return check_reference(evaluation, &document->cancels, "/cancels");
}

static int check_withdrawal(evaluation_t *evaluation)
{
    if (!withdrawn_by(evaluation->document))
        return 0;
    return withdrawal_check(evaluation->recipients.log, evaluation->document,
        &evaluation->original, &evaluation->decision->refusal);
}

// One that is named twice counts once.
static int check_object(evaluation_t *evaluation, const value_t *value, const char *at)
{
    const char *named = value_text(value);
    const object_t *object =
        named ? registry_object(evaluation->law->registry, named) : NULL;
    for (size_t i = 0; object && i < evaluation->objects; i++)
        if (evaluation->object[i] == object)
            return 0;
    if (named && !object)
        evaluation_remark_once(evaluation, "object.unknown");
    if (object && !object->in_scope)
        return refuse(&evaluation->decision->refusal, "object.out-of-scope", at, "488:2",
            "the plan does not apply to this object; no byte of the document was kept");
    if (object && evaluation->objects < OBJECTS_MAX) // as many as schemas allow
        evaluation->object[evaluation->objects++] = object;
    return 0;
}

static int check_objects(evaluation_t *evaluation)
{
    const value_t *body = evaluation->document->body;
    char pointer[48];
    size_t i = 0;
    if (check_object(evaluation, value_get(body, "object"), "/body/object") != 0)
        return -1;
    value_each(item, value_get(body, "objects"))
    {
        (void)snprintf(pointer, sizeof pointer, "/body/objects/%zu", i++);
        if (check_object(evaluation, item, pointer) != 0)
            return -1;
    }
    return 0;
}

static void add_reference(routing_t *routing, refer_t field, const reference_t *reference)
{
    if (reference->author[0] == 0)
        return;
    route_t *route = routing_next(routing, ROUTE_REFER, TELL_NONE);
    route->refer = field;
    memcpy(route->node, reference->author, sizeof route->node);
    memcpy(route->id, reference->id, sizeof route->id);
}

static void add_exercise(routing_t *routing, const document_t *document)
{
    exercise_act_t act;
    const char *name;
    if (!exercise_act(document, &act, &name))
        return;
    route_t *route = routing_next(routing, ROUTE_EXERCISE, TELL_NONE);
    route->act = act;
    (void)snprintf(route->node, sizeof route->node, "%s", name);
}

static void add_attachment(void *context, const attachment_t *attachment)
{
    route_t *route = routing_next(context, ROUTE_ATTACHMENT, TELL_NONE);
    route->digest = attachment->digest;
    route->size = attachment->size;
}

static void add_cause(routing_t *routing, const document_t *document)
{
    if (!document->for_[0])
        return;
    const value_t *cause = value_get(document->body, "cause");
    const char *author = value_text(value_get(cause, "author"));
    const char *id = value_text(value_get(cause, "id"));
    if (!author || !id)
        return;
    route_t *route = routing_next(routing, ROUTE_CAUSE, TELL_NONE);
    (void)snprintf(route->node, sizeof route->node, "%s", author);
    (void)snprintf(route->id, sizeof route->id, "%s", id);
}

// What is urgent wakes people, and what takes it back does not.
static void add_level(routing_t *routing, const document_t *document)
{
    const value_t *level = value_get(document->body, "level");
    if (!value_is_number(level) || value_number(level) < LEVEL_URGENT ||
        document->cancels.author[0])
        return;
    routing_next(routing, ROUTE_LEVEL, TELL_NONE)->size = (uint64_t)value_number(level);
}

// What a routing record repeats of its message, in the order of PROTOCOL.md: what it
// refers to, what it does to an exercise, which files it names, what it was derived from,
// how urgent it is, what its author asks to read along. So the log can be asked what
// follows from what without reading documents, and also where one was lawfully erased. No
// author is told of these lines: its message says the same.
static void add_facts(routing_t *routing, const document_t *document)
{
    add_reference(routing, REFER_INCIDENT, &document->incident);
    add_reference(routing, REFER_RE, &document->re);
    add_reference(routing, REFER_UNDER, &document->under);
    add_reference(routing, REFER_SUPERSEDES, &document->supersedes);
    add_reference(routing, REFER_CANCELS, &document->cancels);
    add_exercise(routing, document);
    attachments_each(document->root, add_attachment, routing);
    add_cause(routing, document);
    add_level(routing, document);
    subscription_record(document, routing);
    remarks_note_expiry(routing, document);
}

// Everything that may refuse the message before a rule is looked at.
static int check(const decide_t *self, evaluation_t *evaluation)
{
    if (check_time(self, evaluation) != 0 || check_reserved(evaluation) != 0 ||
        check_addressees(evaluation) != 0 || check_permission(evaluation) != 0 ||
        check_references(evaluation) != 0 || check_exercise(evaluation) != 0 ||
        check_withdrawal(evaluation) != 0 ||
        subscription_check(evaluation, (size_t)self->options->subscriptions) != 0)
        return -1;
    return check_objects(evaluation);
}

int decide_message(const decide_t *self, const member_t *author,
    const document_t *document, span_t seal, decision_t *decision)
{
    const hub_options_t *options = self->options;
    history_view_t view = {.history = self->history,
        .roster = self->law->roster,
        .seal = seal,
        .entry_ms = self->entry_ms,
        .exercise = exercise_within(document)};
    precedents_t log = history_precedents(&view);
    evaluation_t evaluation = {.law = self->law,
        .history = self->history,
        .recipients = {&log, self->hub},
        .entry_ms = self->entry_ms,
        .latest_ms = moment_after(self->now_ms, options->future_tolerance_ms),
        .earliest_ms = moment_after(self->now_ms, -options->past_days * DAY_MS),
        .author = author,
        .document = document,
        .exercise = exercise_within(document),
        .decision = decision};
    decision_begin(decision, self->rules_position);
    if (check(self, &evaluation) != 0)
        return -1;
    if (document->status == STATUS_TEST) { // it leaves no trace that counts
        evaluation_test(&evaluation);
        return 0;
    }
    remarks_facts(&evaluation, options->detection_hours * HOUR_MS);
    add_facts(&decision->routing, document);
    return evaluation_apply(&evaluation);
}
