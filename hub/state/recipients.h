// recipients - who had a message: its author, whom it or a version of it was delivered
// to, for whom a later message brought it along, and who had what was derived from it.

#ifndef HUB_STATE_RECIPIENTS_H
#define HUB_STATE_RECIPIENTS_H

#include "hub/state/derived.h"
#include "lib/rules/require.h"

// Where they are looked for; all is borrowed.
typedef struct {
    const precedents_t *log;
    const char *hub; // who derives
} recipients_t;

// A message's routing record, read now: the next question to the log may take its bytes
// away.  routing_close when done.
int recipients_record(const recipients_t *self, const leaf_t *leaf, routing_t *routing);

// A walk through those who had a message.
typedef struct {
    const recipients_t *log;
    reference_t name, first;     // the message, and what it began as
    const reference_t *incident; // NULL: only those of the message itself
    bool latest;                 // its newest version was walked
    thread_walk_t carriers;      // of what brought it along
    thread_walk_t thread;        // of what was derived of the incident
    bool lawful;                 // set after recipients_begin: only whom a rule sent it
    size_t depth, room;
    struct recipients_level *level; // from the message down to what is looked at
} recipients_walk_t;

// Begin with a message and, unless `incident` is NULL, go on with what updates of that
// incident derived: whoever was alerted when the level rose follows it from then on.  All
// is borrowed until recipients_end.
void recipients_begin(recipients_walk_t *walk, const recipients_t *self,
    const leaf_t *leaf, const reference_t *incident);
// The next one, the author first, some perhaps twice; borrowed until the next call.  NULL
// after the last.
const char *recipients_next(recipients_walk_t *walk);
// The walk may be over, or not.
void recipients_end(recipients_walk_t *walk);

// Whether this node is one of those.
bool recipients_have(const recipients_t *self, const reference_t *incident,
    const leaf_t *leaf, const char *node);
// Whether it is one whom a rule sent it or the author: who reads along is no party.
bool recipients_party(const recipients_t *self, const reference_t *incident,
    const leaf_t *leaf, const char *node);

// Whether this node wrote this very message, or had it delivered or brought along, by the
// message's own record and those of later ones.
bool recipients_had(const precedents_t *log, const leaf_t *leaf, const routing_t *routing,
    const char *node);
// Whether a later message brought one along for the node, other than to read it along.
bool recipients_brought(const precedents_t *log, const reference_t *message,
    version_t version, const char *node);
// As recipients_had, without what it only read along.
bool recipients_sent(const precedents_t *log, const leaf_t *leaf,
    const routing_t *routing, const char *node);

// Whether somebody receives a message by this record who had none of the first `earlier`
// of its name.  One whose cause was taken back counts for nobody: whoever had it was told
// that it is nothing.
bool recipients_news(const recipients_t *self, const derived_name_t *name, size_t earlier,
    const routing_t *routing);
// Who wrote what a message comes from: its author, or of what the hub derived that of the
// first cause.
void recipients_source(
    const recipients_t *self, const document_t *document, char author[NODE_ID_MAX]);

#endif
