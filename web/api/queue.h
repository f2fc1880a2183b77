// queue - what is owed, in the order in which time runs out, grouped by what it is about.

#ifndef WEB_API_QUEUE_H
#define WEB_API_QUEUE_H

#include "lib/message/document.h"

#include <jansson.h>
#include <stdbool.h>

// What is known here of a message: a row and who has seen it, each null where there is
// none.
typedef struct {
    void *context;
    json_t *(*row)(void *context, const reference_t *message);
    json_t *(*seen)(void *context, const reference_t *message);
} queue_known_t;

// The groups of DESIGN.md of an array of the hub's duties, at this moment of the hub's
// clock.  What is no duty is left out.
json_t *queue_groups(const json_t *duties, int64_t now_ms, const queue_known_t *known);
// What the node noted last as waiting for its answer (state/waiting), like the hub's
// duties: added to `duties` where they do not have it.
void queue_add_waiting(json_t *duties, const char *node, const char *name);

#endif
