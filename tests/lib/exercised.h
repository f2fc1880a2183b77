// exercised - a history of nothing but exercises: who opened, joined and closed which.

#ifndef TESTS_LIB_EXERCISED_H
#define TESTS_LIB_EXERCISED_H

#include "hub/state/history.h"

#include <stdio.h>

typedef struct {
    draft_t *draft;
    entries_t *entries;
    history_t *history;
} exercised_t;

static inline void exercised_open(exercised_t *self)
{
    self->draft = draft_new();
    self->entries = entries_new(NULL, self->draft);
    self->history = history_new(self->entries);
}

static inline void exercised_close(exercised_t *self)
{
    history_destroy(&self->history);
    entries_destroy(&self->entries);
    draft_destroy(&self->draft);
}

// Until history_begin.
static inline void exercised_say(
    exercised_t *self, const char *node, exercise_act_t act, const char *name)
{
    leaf_t leaf = {.type = "message"};
    routing_t routing = {0};
    route_t route = {.type = ROUTE_EXERCISE, .act = act};
    (void)snprintf(leaf.author, sizeof leaf.author, "%s", node);
    (void)snprintf(route.node, sizeof route.node, "%s", name);
    routing_add(&routing, &route);
    history_draft(self->history, &leaf, &routing);
    routing_close(&routing);
}

#endif
