// said - what was said before: a history of messages that a turn has drafted, with their
// records.

#ifndef TESTS_LIB_SAID_H
#define TESTS_LIB_SAID_H

#include "hub/state/history.h"

#include <stdio.h>
#include <string.h>

typedef struct {
    draft_t *draft;
    entries_t *entries;
    history_t *history;
} said_t;

// Nothing was said.
static inline void said_begin(said_t *self)
{
    draft_clear(self->draft, 0, 0);
    history_begin(self->history);
}

static inline void said_open(said_t *self)
{
    self->draft = draft_new();
    self->entries = entries_new(NULL, self->draft);
    self->history = history_new(self->entries, NULL);
    said_begin(self);
}

static inline void said_close(said_t *self)
{
    history_destroy(&self->history);
    entries_destroy(&self->entries);
    draft_destroy(&self->draft);
}

// A line of a record: deliver to a node, by a rule that its author is told of.
static inline void said_deliver(routing_t *routing, const char *node)
{
    route_t route = {
        .type = ROUTE_DELIVER, .tell = TELL_SENDER, .rule = "r", .cites = "8"};
    (void)snprintf(route.node, sizeof route.node, "%s", node);
    routing_add(routing, &route);
}

// And one of another type that names a message.
static inline void said_names(
    routing_t *routing, route_type_t type, const char *author, const char *id)
{
    route_t route = {.type = type,
        .tell = TELL_SENDER,
        .rule = "r",
        .cites = "8",
        .kind = "security.alert"};
    (void)snprintf(route.node, sizeof route.node, "%s", author);
    (void)snprintf(route.id, sizeof route.id, "%s", id);
    routing_add(routing, &route);
}

// A message; `document` is copied.  Its record is closed.
static inline void said_message(said_t *self, const char *author, const char *id,
    const char *kind, const char *document, routing_t *routing)
{
    buf_t record = {0};
    draft_item_t *item = draft_add(self->draft, "message", kind, author, id);
    span_t bytes = arena_copy(draft_arena(self->draft), span_text(document));
    draft_set_document(item, bytes, NULL);
    routing_print(routing, &record);
    draft_set_record(self->draft, item, buf_span(&record));
    history_draft(self->history, &item->leaf, routing);
    buf_destroy(&record);
    routing_close(routing);
}

static inline void said_exercise(
    said_t *self, const char *node, exercise_act_t act, const char *name)
{
    routing_t routing = {0};
    route_t route = {.type = ROUTE_EXERCISE, .act = act};
    (void)snprintf(route.node, sizeof route.node, "%s", name);
    routing_add(&routing, &route);
    said_message(self, node, "", "", "", &routing);
}

#endif
