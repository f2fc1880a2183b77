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

// A message on the way, and how far its record was walked.
typedef struct recipients_level {
    leaf_t leaf;
    bool carrier;     // it only brought the message along for some
    bool named, read; // its author was visited, its record read
    routing_t routing;
    size_t next;
} level_t;

static level_t *enter(recipients_walk_t *walk, const leaf_t *leaf)
{
    if (walk->depth == walk->room) {
        walk->room = walk->room ? 2 * walk->room : 2;
        walk->level = memory_grow(walk->level, walk->room, sizeof *walk->level);
    }
    walk->level[walk->depth] = (level_t){.leaf = *leaf};
    return &walk->level[walk->depth++];
}

static reference_t first_of(const recipients_t *self, const reference_t *message)
{
    reference_t first;
    self->log->first(self->log->context, message, &first);
    return first;
}

void recipients_begin(recipients_walk_t *walk, const recipients_t *self,
    const leaf_t *leaf, const reference_t *incident)
{
    reference_t name = message_name(leaf);
    *walk = (recipients_walk_t){
        .log = self, .name = name, .first = first_of(self, &name), .incident = incident};
    (void)enter(walk, leaf);
}

void recipients_end(recipients_walk_t *walk)
{
    while (walk->depth > 0)
        routing_close(&walk->level[--walk->depth].routing);
    free(walk->level);
    *walk = (recipients_walk_t){0};
}

// Its newest version was delivered to all who had an earlier one, and to whom that one
// brought in.
static bool enter_latest(recipients_walk_t *walk)
{
    const precedents_t *log = walk->log->log;
    reference_t latest;
    leaf_t leaf;
    if (walk->latest)
        return false;
    walk->latest = true;
    log->latest(log->context, &walk->name, &latest);
    if (reference_same(&latest, &walk->name) ||
        !log->find(log->context, latest.author, latest.id, &leaf))
        return false;
    (void)enter(walk, &leaf);
    return true;
}

// What brings along what its author reads along, and makes nobody a party.
static bool is_of_reader(const leaf_t *carrier)
{
    return strcmp(carrier->kind, "subscription") == 0;
}

// What brought it along for somebody who came later.
static bool enter_carrier(recipients_walk_t *walk)
{
    const precedents_t *log = walk->log->log;
    leaf_t leaf;
    do
        if (!log->carried(
                log->context, &walk->first, ANY_VERSION, "", &walk->carriers, &leaf))
            return false;
    while (walk->lawful && is_of_reader(&leaf));
    level_t *level = enter(walk, &leaf);
    level->carrier = level->named = true;
    return true;
}

// What else was derived of the incident.
static bool enter_derived(recipients_walk_t *walk)
{
    const precedents_t *log = walk->log->log;
    leaf_t leaf;
    if (!walk->incident ||
        !log->derived(log->context, walk->incident, &walk->thread, &leaf))
        return false;
    (void)enter(walk, &leaf);
    return true;
}

// When the message was walked to its end.
static bool enter_further(recipients_walk_t *walk)
{
    return enter_latest(walk) || enter_carrier(walk) || enter_derived(walk);
}

// Whether the line brings along any version of the message.
static bool brings(const recipients_walk_t *walk, const route_t *route)
{
    reference_t old = {0};
    memcpy(old.author, route->author, sizeof old.author);
    memcpy(old.id, route->id, sizeof old.id);
    old = first_of(walk->log, &old);
    return reference_same(&old, &walk->first);
}

// The next line of this message's record that somebody has had it by; below a line by
// which something was derived, that comes first.  NULL: there is none now.
static const char *follow(recipients_walk_t *walk)
{
    level_t *at = &walk->level[walk->depth - 1];
    leaf_t derived;
    if (!at->read && recipients_record(walk->log, &at->leaf, &at->routing) != 0)
        at->routing.n = 0;
    at->read = true;
    if (at->next == at->routing.n) {
        routing_close(&at->routing);
        walk->depth--;
        return NULL;
    }
    const route_t *route = &at->routing.route[at->next++];
    if (at->carrier)
        return route->type == ROUTE_CARRIES && brings(walk, route) ? route->node : NULL;
    if (route->type == ROUTE_DELIVER ||
        (route->type == ROUTE_BY_SUBSCRIPTION && !walk->lawful))
        return route->node;
    if (route->type == ROUTE_EMIT && find_derived(walk->log, route->id, &derived))
        (void)enter(walk, &derived);
    return NULL;
}

const char *recipients_next(recipients_walk_t *walk)
{
    while (walk->depth > 0 || enter_further(walk)) {
        level_t *at = &walk->level[walk->depth - 1];
        if (!at->named) {
            at->named = true;
            return at->leaf.author;
        }
        const char *node = follow(walk);
        if (node)
            return node;
    }
    return NULL;
}

static bool walk_to(recipients_walk_t *walk, const char *node)
{
    const char *had;
    do
        had = recipients_next(walk);
    while (had && strcmp(had, node) != 0);
    recipients_end(walk);
    return had != NULL;
}

bool recipients_have(const recipients_t *self, const reference_t *incident,
    const leaf_t *leaf, const char *node)
{
    recipients_walk_t walk;
    recipients_begin(&walk, self, leaf, incident);
    return walk_to(&walk, node);
}

bool recipients_party(const recipients_t *self, const reference_t *incident,
    const leaf_t *leaf, const char *node)
{
    recipients_walk_t walk;
    recipients_begin(&walk, self, leaf, incident);
    walk.lawful = true;
    return walk_to(&walk, node);
}

bool recipients_brought(const precedents_t *log, const reference_t *message,
    version_t version, const char *node)
{
    thread_walk_t walk = {0};
    leaf_t carrier;
    while (log->carried(log->context, message, version, node, &walk, &carrier))
        if (!is_of_reader(&carrier))
            return true;
    return false;
}

bool recipients_had(const precedents_t *log, const leaf_t *leaf, const routing_t *routing,
    const char *node)
{
    reference_t name = message_name(leaf);
    thread_walk_t walk = {0};
    leaf_t carrier;
    return strcmp(leaf->author, node) == 0 || routing_find(routing, node) ||
           log->carried(log->context, &name, THIS_VERSION, node, &walk, &carrier);
}

bool recipients_sent(const precedents_t *log, const leaf_t *leaf,
    const routing_t *routing, const char *node)
{
    const route_t *line = routing_find(routing, node);
    reference_t name = message_name(leaf);
    return strcmp(leaf->author, node) == 0 || (line && line->type == ROUTE_DELIVER) ||
           recipients_brought(log, &name, THIS_VERSION, node);
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
            had[i] |= recipients_had(self->log, &leaf, &before, routing->route[i].node);
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
        news |= route_delivers(&routing->route[i]) && !had[i];
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
