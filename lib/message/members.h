// members - who belongs to what: to the set that a message began, by the lines `joins`
// and `leaves` of routing records alone.
//
// What a message says holds for as long as it does: a correction's lines take the place
// of its original's, a withdrawal leaves none.  Of what is said of a node in a set the
// last word counts, where what a correction repeats keeps the place that it had.  Sets
// and messages are named by the first of their chains of corrections.  Some hundred and
// fifty bytes for each line.

#ifndef LIB_MESSAGE_MEMBERS_H
#define LIB_MESSAGE_MEMBERS_H

#include "lib/message/document.h"
#include "lib/message/routing.h"

typedef struct members members_t;

// The set that a `joins` or `leaves` line is about.
reference_t members_set(const route_t *line);
members_t *members_new(void);
void members_destroy(members_t **self_p);
// A message that began as `by`, and has this record, is durable.
void members_add(members_t *self, const reference_t *by, const routing_t *routing);
// One that is only drafted.
void members_draft(members_t *self, const reference_t *by, const routing_t *routing);
// Forget what was drafted: it is durable by now, or was never written.
void members_begin(members_t *self);
// What is durable as bytes, and from them into none; false: there are too few of them.
void members_save(const members_t *self, buf_t *out);
bool members_load(members_t *self, reader_t *from);

bool members_has(const members_t *self, const reference_t *set, const char *node);
// Whether the message that began as `by` says something of this node in this set.
bool members_said(const members_t *self, const reference_t *set, const char *node,
    const reference_t *by);
// The next member; start with *next == 0.  NULL behind the last; borrowed until the next
// change.
const char *members_next(const members_t *self, const reference_t *set, size_t *next);

#endif
