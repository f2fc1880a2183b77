// routing_facts - in the order of PROTOCOL.md, and nothing where there is nothing.

#include "hub/decide/routing_facts.h"

#include "hub/state/exercise.h"
#include "lib/message/attachment.h"

#include <stdio.h>
#include <string.h>

static void add_reference(routing_t *routing, refer_t field, const reference_t *reference)
{
    route_t route = {.type = ROUTE_REFER, .tell = TELL_NONE, .refer = field};
    if (reference->author[0] == 0)
        return;
    memcpy(route.node, reference->author, sizeof route.node);
    memcpy(route.id, reference->id, sizeof route.id);
    routing_add(routing, &route);
}

static void add_exercise(routing_t *routing, const document_t *document)
{
    route_t route = {.type = ROUTE_EXERCISE, .tell = TELL_NONE};
    const char *name;
    if (!exercise_act(document, &route.act, &name))
        return;
    (void)snprintf(route.node, sizeof route.node, "%s", name);
    routing_add(routing, &route);
}

static void add_attachment(void *context, const attachment_t *attachment)
{
    route_t route = {.type = ROUTE_ATTACHMENT,
        .tell = TELL_NONE,
        .digest = attachment->digest,
        .size = attachment->size};
    routing_add(context, &route);
}

static void add_cause(routing_t *routing, const document_t *document)
{
    route_t route = {.type = ROUTE_CAUSE, .tell = TELL_NONE};
    const value_t *cause = value_at(document->root, "/body/cause");
    const char *author = value_text(value_get(cause, "author"));
    const char *id = value_text(value_get(cause, "id"));
    if (!document->for_[0] || !author || !id)
        return;
    (void)snprintf(route.node, sizeof route.node, "%s", author);
    (void)snprintf(route.id, sizeof route.id, "%s", id);
    routing_add(routing, &route);
}

void routing_facts_add(routing_t *routing, const document_t *document)
{
    add_reference(routing, REFER_INCIDENT, &document->incident);
    add_reference(routing, REFER_RE, &document->re);
    add_reference(routing, REFER_SUPERSEDES, &document->supersedes);
    add_reference(routing, REFER_CANCELS, &document->cancels);
    add_exercise(routing, document);
    attachments_each(document->root, add_attachment, routing);
    add_cause(routing, document);
}
