// recipients - read off the routing records, and no rule is asked: what was derived long
// ago was derived by the rules of its time.

#include "hub/state/recipients.h"

#include "lib/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int recipients_record(const recipients_t *self, const leaf_t *leaf, routing_t *routing)
{
    span_t record;
    cause_t why;
    return self->log->record(self->log->context, leaf, &record, &why) == 0
               ? routing_parse(routing, record, &why)
               : -1;
}

static bool find_derived(const recipients_t *self, const char *id, leaf_t *leaf)
{
    return self->log->find(self->log->context, self->hub, id, leaf);
}

bool recipients_each(
    const recipients_t *self, const leaf_t *leaf, party_fn visit, void *context)
{
    routing_t routing = {0};
    leaf_t derived;
    bool done = visit(context, leaf->author);
    if (!done && recipients_record(self, leaf, &routing) == 0)
        for (size_t i = 0; !done && i < routing.n; i++) {
            const route_t *route = &routing.route[i];
            if (route->type == ROUTE_DELIVER)
                done = visit(context, route->node);
            else if (route->type == ROUTE_EMIT && find_derived(self, route->id, &derived))
                done = recipients_each(self, &derived, visit, context);
        }
    routing_close(&routing);
    return done;
}

bool recipients_concerned(const recipients_t *self, const reference_t *incident,
    const leaf_t *leaf, party_fn visit, void *context)
{
    const precedents_t *log = self->log;
    bool done = recipients_each(self, leaf, visit, context);
    thread_walk_t walk = {0};
    leaf_t derived;
    while (!done && log->derived(log->context, incident, &walk, &derived))
        done = recipients_each(self, &derived, visit, context);
    return done;
}

static bool is_node(void *context, const char *node)
{
    return strcmp(context, node) == 0;
}

bool recipients_have(const recipients_t *self, const reference_t *incident,
    const leaf_t *leaf, const char *node)
{
    return recipients_concerned(self, incident, leaf, is_node, (void *)(uintptr_t)node);
}

static bool was_taken_back(const recipients_t *self, const routing_t *routing)
{
    const route_t *line = routing_cause(routing);
    reference_t cause = {0};
    if (!line)
        return false;
    memcpy(cause.author, line->node, sizeof cause.author);
    memcpy(cause.id, line->id, sizeof cause.id);
    return self->log->withdrawn(self->log->context, &cause);
}

// Notes those of `routing` who had the message of this id.
static void mark_had(
    const recipients_t *self, const char *id, const routing_t *routing, bool *had)
{
    routing_t before = {0};
    leaf_t leaf;
    if (!find_derived(self, id, &leaf) || recipients_record(self, &leaf, &before) != 0)
        return;
    if (!was_taken_back(self, &before))
        for (size_t i = 0; i < routing->n; i++)
            had[i] |= routing_find(&before, routing->route[i].node) != NULL;
    routing_close(&before);
}

bool recipients_news(const recipients_t *self, const derived_name_t *name, size_t earlier,
    const routing_t *routing)
{
    bool *had = memory_new(routing->n, sizeof *had);
    bool news = false;
    for (size_t i = 0; i < earlier; i++) {
        char id[MESSAGE_ID_MAX];
        derived_id(name, i, id);
        mark_had(self, id, routing, had);
    }
    for (size_t i = 0; i < routing->n; i++)
        news |= routing->route[i].type == ROUTE_DELIVER && !had[i];
    free(had);
    return news;
}

// The cause of what the hub derived, by its record.
static bool find_cause(const recipients_t *self, reference_t *message)
{
    routing_t routing = {0};
    leaf_t leaf;
    if (!self->log->find(self->log->context, message->author, message->id, &leaf) ||
        recipients_record(self, &leaf, &routing) != 0)
        return false;
    const route_t *line = routing_cause(&routing);
    if (line) {
        memcpy(message->author, line->node, sizeof message->author);
        memcpy(message->id, line->id, sizeof message->id);
    }
    routing_close(&routing);
    return line != NULL;
}

// What is derived in turn is no deeper than there are kinds that may follow.
void recipients_source(
    const recipients_t *self, const document_t *document, char author[NODE_ID_MAX])
{
    const value_t *cause = value_at(document->root, "/body/cause");
    const char *by = value_text(value_get(cause, "author"));
    const char *id = value_text(value_get(cause, "id"));
    reference_t message = {0};
    (void)snprintf(message.author, sizeof message.author, "%s", document->from);
    if (document->for_[0] && by && id) {
        (void)snprintf(message.author, sizeof message.author, "%s", by);
        (void)snprintf(message.id, sizeof message.id, "%s", id);
    }
    while (strcmp(message.author, self->hub) == 0 && find_cause(self, &message))
        continue;
    memcpy(author, message.author, sizeof message.author);
}
