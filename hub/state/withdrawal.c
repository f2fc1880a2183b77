#include "hub/state/withdrawal.h"

#include "hub/state/exercise.h"

#include <stdio.h>
#include <string.h>

const reference_t *withdrawn_by(const document_t *document)
{
    return document->cancels.author[0]      ? &document->cancels
           : document->supersedes.author[0] ? &document->supersedes
                                            : NULL;
}

// Markings are ordered from the widest to the narrowest.
static bool narrower(const precedents_t *log, const document_t *document,
    const leaf_t *original, const char **marking)
{
    value_t *root = log->document(log->context, original);
    const char *name = value_text(value_get(root, "marking"));
    bool found = false;
    for (tlp_t tlp = TLP_CLEAR; name && tlp < document->marking; tlp++)
        if (strcmp(tlp_name(tlp), name) == 0) {
            *marking = tlp_name(tlp);
            found = true;
        }
    value_free(&root);
    return found;
}

// The exercise that the message opens, joins, closes or is sent within, or "".
static const char *exercise_of(const document_t *document)
{
    exercise_act_t act;
    const char *name = NULL;
    (void)exercise_act(document, &act, &name);
    return name ? name : "";
}

static bool same_incident(
    const precedents_t *log, const document_t *document, const route_t *line)
{
    reference_t here = document->incident, there = {0};
    if (here.author[0])
        log->first(log->context, &here, &here);
    if (line) {
        memcpy(there.author, line->node, sizeof there.author);
        memcpy(there.id, line->id, sizeof there.id);
        log->first(log->context, &there, &there);
    }
    return reference_same(&here, &there);
}

static const route_t *incident_line(const routing_t *routing)
{
    for (size_t i = 0; i < routing->n; i++)
        if (routing->route[i].type == ROUTE_REFER &&
            routing->route[i].refer == REFER_INCIDENT)
            return &routing->route[i];
    return NULL;
}

// What a message is about stays through its corrections, of every kind: whoever had the
// original has the correction, and nobody of another incident or exercise would.  By the
// record, which says so also after the document was erased.
static int check_subject(const precedents_t *log, const document_t *document,
    const leaf_t *original, refusal_t *refusal)
{
    routing_t routing = {0};
    span_t record;
    cause_t why;
    int result = 0;
    if (log->record(log->context, original, &record, &why) != 0 ||
        routing_parse(&routing, record, &why) != 0)
        return 0; // history_check stops at what cannot be read
    const route_t *exercise = routing_exercise(&routing);
    const char *name = exercise_of(document);
    if (exercise && strcmp(exercise->node, name) != 0)
        result = refuse(refusal, "withdrawal.subject",
            document->status == STATUS_EXERCISE ? "/exercise" : "/body/exercise", "",
            "the original is about the exercise '%s': cancel it, and send another",
            exercise->node);
    else if (!same_incident(log, document, incident_line(&routing)))
        result = refuse(refusal, "withdrawal.subject", "/incident", "",
            "the original is about another incident: cancel it, and send another");
    routing_close(&routing);
    return result;
}

int withdrawal_check(const precedents_t *log, const document_t *document,
    leaf_t *original, refusal_t *refusal)
{
    const reference_t *named = withdrawn_by(document);
    const char *pointer = named == &document->cancels ? "/cancels" : "/supersedes";
    const char *marking = "";
    if (document->cancels.author[0] && document->supersedes.author[0])
        return refuse(refusal, "withdrawal.both", "/cancels", "",
            "a message corrects another or takes one back: leave out supersedes or "
            "cancels");
    if (!log->find(log->context, named->author, named->id, original))
        return refuse(refusal, "reference.unknown", pointer, "", "there is no message %s",
            named->id);
    if (strcmp(named->author, document->from) != 0)
        return refuse(refusal, "withdrawal.author", pointer, "",
            "only %s, who wrote it, may correct it or take it back", named->author);
    if (strcmp(original->kind, document->kind) != 0)
        return refuse(refusal, "withdrawal.kind", pointer, "",
            "a %s is corrected or taken back by another %s, not by a %s", original->kind,
            original->kind, document->kind);
    if (!message_stands(log, original))
        return refuse(refusal, "precondition.withdrawn", pointer, "",
            "it was superseded or cancelled before: name what stands in its place");
    if (narrower(log, document, original, &marking))
        return refuse(refusal, "withdrawal.marking", "/marking", "",
            "%s would keep it from some who had the original under %s",
            tlp_name(document->marking), marking);
    return check_subject(log, document, original, refusal);
}

void withdrawal_first(
    const precedents_t *log, const document_t *document, reference_t *first)
{
    if (document->supersedes.author[0]) {
        log->first(log->context, &document->supersedes, first);
        return;
    }
    memcpy(first->author, document->from, sizeof first->author);
    memcpy(first->id, document->id, sizeof first->id);
}

void withdrawal_incident(
    const precedents_t *log, const document_t *document, reference_t *incident)
{
    if (document->incident.author[0])
        log->first(log->context, &document->incident, incident);
    else
        withdrawal_first(log, document, incident);
}
