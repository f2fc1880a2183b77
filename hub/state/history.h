// history - what was said before, as decisions and questions look it up: the messages of
// the log, and over them those that this turn has drafted.
//
// What refers to what, and who does what in an exercise, is folded from routing records.
// Messages and references are looked up by names; what is found of them is confirmed by
// reading its entry.

#ifndef HUB_STATE_HISTORY_H
#define HUB_STATE_HISTORY_H

#include "hub/journal/entries.h"
#include "hub/state/feeds.h"
#include "hub/state/kin.h"
#include "lib/message/members.h"
#include "lib/pki/roster.h"
#include "lib/rules/require.h"

typedef struct history history_t;

// Where what is durable is looked up; borrowed.
typedef struct {
    lookup_t *lookup;
    kin_t *kin;
} history_store_t;

// `entries` is borrowed: the log, and the draft that lies over it.  `store` may be NULL:
// then all is in memory.
history_t *history_new(entries_t *entries, const history_store_t *store);
void history_destroy(history_t **self_p);
// A message that is durable.  In the log's order.
void history_add(history_t *self, const leaf_t *leaf, const routing_t *routing);
// One that this turn drafted, with the position it is to have.
void history_draft(history_t *self, const leaf_t *leaf, const routing_t *routing);
// A new turn: what was drafted is durable by now, or was never written.
void history_begin(history_t *self);

// What is not in the store, of what is durable; into a new history.
void history_save(const history_t *self, buf_t *out);
int history_load(history_t *self, reader_t *from, cause_t *why);

bool history_find(history_t *self, const char *author, const char *id, leaf_t *leaf);
// How many entries there are, with those of the draft; the leaf at a position.
uint64_t history_end(const history_t *self);
bool history_leaf(history_t *self, uint64_t position, leaf_t *leaf);
// The entry at a position; what is lent lives until the next question.  False when it
// cannot be read, which history_check knows from then on.
bool history_entry(history_t *self, uint64_t position, entry_t *entry);
// What the message began as, with all its corrections; whether it, or any of them, was
// taken back.
void history_first(const history_t *self, const reference_t *message, reference_t *first);
bool history_withdrawn(const history_t *self, const reference_t *message);
// Whether a later message brought the one at this position along for the node.
bool history_brought(history_t *self, uint64_t position, const char *node);
// Whether anybody opened or closed the exercise, or this node joined it.
bool history_exercise(
    const history_t *self, exercise_act_t act, const char *name, const char *node);
// Whether the node belongs to the set that a message began, which is the first of its
// chain; and whether the message that began as `by` says anything of that.
bool history_belongs(const history_t *self, const reference_t *first, const char *node);
bool history_enrolled(const history_t *self, const reference_t *first, const char *node,
    const reference_t *by);
// Whether the node may know of what happens in this exercise; "": of what is real.
bool history_takes_part(const history_t *self, const char *exercise, const char *node);

// What nodes have asked to read along, in log and draft.
feeds_t *history_feeds(history_t *self);
// What a message is read along as: what the incident that it names began as, or else what
// it did itself.
void history_thread(const history_t *self, const leaf_t *leaf, const routing_t *routing,
    reference_t *thread);

// The history as rules ask of it: who was who is said by the roster in force, and of what
// is decided on there is the seal.  Empty: it is only asked about, and nobody sealed it.
typedef struct {
    history_t *history;
    const roster_t *roster;
    span_t seal;
    // When who sealed it would act, and within which exercise, or NULL.
    int64_t entry_ms;
    const char *exercise;
} history_view_t;
// The view is borrowed: it is the context.
precedents_t history_precedents(const history_view_t *view);

// -1, and why, when an entry could not be read since the start: whatever was found since
// then may be wrong, for not knowing was taken for its not being there.
int history_check(const history_t *self, cause_t *why);

#endif
