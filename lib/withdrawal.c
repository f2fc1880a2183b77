#include "lib/withdrawal.h"

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
