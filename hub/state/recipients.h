// recipients - who had a message: its author, whom it was delivered to, and who had what
// was derived from it.

#ifndef HUB_STATE_RECIPIENTS_H
#define HUB_STATE_RECIPIENTS_H

#include "hub/state/derived.h"
#include "lib/rules/require.h"

// Where they are looked for; all is borrowed.
typedef struct {
    const precedents_t *log;
    const char *hub; // who derives
} recipients_t;

typedef bool (*party_fn)(void *context, const char *node); // true: seen enough

// A message's routing record, read now: the next question to the log may take its bytes
// away.  routing_close when done.
int recipients_record(const recipients_t *self, const leaf_t *leaf, routing_t *routing);
// Everyone who had it, its author first, some perhaps twice.  Returns whether a visit
// returned true.
bool recipients_each(
    const recipients_t *self, const leaf_t *leaf, party_fn visit, void *context);
// The same for the notice of an incident, and for what its updates derived: whoever was
// alerted when the level rose follows the incident from then on.
bool recipients_concerned(const recipients_t *self, const reference_t *incident,
    const leaf_t *leaf, party_fn visit, void *context);
// Whether this node is one of these.
bool recipients_have(const recipients_t *self, const reference_t *incident,
    const leaf_t *leaf, const char *node);

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
