// contacts - the directory of responsible officials (plan, para 13), from what owners
// have said in contact.change.
//
// Memory holds which messages there are; who is responsible now is worked out from those
// that stand when somebody asks, so that a correction or withdrawal needs nothing of its
// own.

#ifndef HUB_STATE_CONTACTS_H
#define HUB_STATE_CONTACTS_H

#include "lib/pki/cert.h"
#include "lib/rules/require.h"

#include <jansson.h>

enum {
    CONTACTS_OF_OWNER = 256,  // messages of one owner that are remembered, the newest
    CONTACTS_BYTES = 2 << 20, // of one answer
    CONTACTS_WORK = 32 << 20, // bytes of entries that are read for one
};

typedef struct contacts contacts_t;

contacts_t *contacts_new(void);
void contacts_destroy(contacts_t **self_p);
// There is a contact.change of this author, at this position, that corrects or withdraws
// none.  In the log's order.
void contacts_add(
    contacts_t *self, const char *author, const char *id, uint64_t position);
// Whether whoever asks may see what this author said.
typedef bool (*contacts_may_fn)(void *context, const char *author);

// An answer that is being made; turns may pass between its steps.
typedef struct contacts_walk contacts_walk_t;

// The organisation of a node now, or NULL: an official is its, whichever node says so.
typedef const char *(*contacts_of_fn)(void *context, const char *node);
contacts_walk_t *contacts_begin(
    const contacts_t *self, contacts_of_fn organisation, void *context);
void contacts_drop(contacts_walk_t **walk_p);
// A message is read; `work` is what the steps before have cost, in bytes.  False when
// there is nothing more to do.
bool contacts_step(const contacts_t *self, const precedents_t *log, contacts_may_fn may,
    void *context, contacts_walk_t *walk, uint64_t work);
// {"contacts": [{"owner", "official", "objects", "reason", "since", "late", "position",
// "time"}], "more"}, by organisation and then in the log's order.  The caller owns it.
json_t *contacts_end(contacts_walk_t **walk_p);

#endif
