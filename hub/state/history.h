// history - what was said before, as decisions and questions look it up: the messages of
// the log, and over them those that this turn has drafted.
//
// What refers to what, and who does what in an exercise, is folded from routing records.
// The indexes keep keyed hashes of names; everything they find is confirmed by reading
// its entry.

#ifndef HUB_STATE_HISTORY_H
#define HUB_STATE_HISTORY_H

#include "lib/rules/require.h"
#include "lib/tlog/segment.h"

typedef struct history history_t;

// Where entries are read, in the draft and in the log.  What is lent lives until the next
// call of either.
typedef struct {
    int (*entry)(void *context, uint64_t position, entry_t *entry, cause_t *why);
    int (*record)(void *context, uint64_t position, span_t *record, cause_t *why);
    int (*leaf)(void *context, uint64_t position, leaf_t *leaf, cause_t *why);
    // As precedents_t has it.
    size_t (*officers)(void *context);
    const char *(*role)(void *context, const char *node);
    void *context;
} history_source_t;

history_t *history_new(const history_source_t *source);
void history_destroy(history_t **self_p);
// A message that is durable.  In the log's order.
void history_add(history_t *self, const leaf_t *leaf, const routing_t *routing);
// One that this turn drafted, with the position it is to have.
void history_draft(history_t *self, const leaf_t *leaf, const routing_t *routing);
// A new turn: what was drafted is durable by now, or was never written.
void history_begin(history_t *self);

bool history_find(history_t *self, const char *author, const char *id, leaf_t *leaf);
// The entry at a position; what is lent lives until the next question.  False when it
// cannot be read, which history_check knows from then on.
bool history_entry(history_t *self, uint64_t position, entry_t *entry);
// The same questions for those who do not know this module; the context is the history_t.
precedents_t history_precedents(history_t *self);
// As decide_t asks: whether anybody opened or closed the exercise, or this node joined.
bool history_exercise(void *self, exercise_act_t act, const char *name, const char *node);
// -1, and why, when an entry could not be read since the start: whatever was found since
// then may be wrong, for not knowing was taken for its not being there.
int history_check(const history_t *self, cause_t *why);

#endif
