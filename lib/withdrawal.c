#include "lib/withdrawal.h"

#include <stdio.h>
#include <string.h>

enum { CHAIN_MAX = 1000 }; // corrections of one message that are followed back

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
    return 0;
}

// By the records alone: what was superseded may have been erased.
static bool superseded_by(
    const precedents_t *log, const reference_t *message, reference_t *before)
{
    leaf_t leaf;
    span_t record;
    cause_t why;
    routing_t routing;
    bool found = false;
    if (!log->find(log->context, message->author, message->id, &leaf) ||
        log->record(log->context, &leaf, &record, &why) != 0 ||
        routing_parse(&routing, record, &why) != 0)
        return false;
    for (size_t i = 0; i < routing.n && !found; i++) {
        const route_t *route = &routing.route[i];
        found = route->type == ROUTE_REFER && route->refer == REFER_SUPERSEDES;
        if (found) {
            (void)snprintf(before->author, sizeof before->author, "%s", route->node);
            (void)snprintf(before->id, sizeof before->id, "%s", route->id);
        }
    }
    routing_close(&routing);
    return found;
}

void withdrawal_first(
    const precedents_t *log, const document_t *document, reference_t *first)
{
    reference_t before;
    memcpy(first->author, document->from, sizeof first->author);
    memcpy(first->id, document->id, sizeof first->id);
    if (document->supersedes.author[0] == 0)
        return;
    *first = document->supersedes;
    for (int i = 0; i < CHAIN_MAX && superseded_by(log, first, &before); i++)
        *first = before;
}
