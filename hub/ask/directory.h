// directory - who is responsible for what now (plan, para 13), as one who asks may know
// it: NCCIS has all officials, every organisation its own.
//
// An official is the organisation's, whichever node of it says so.

#ifndef HUB_ASK_DIRECTORY_H
#define HUB_ASK_DIRECTORY_H

#include "hub/state/contacts.h"
#include "lib/json/writer.h"
#include "lib/pki/roster.h"
#include "lib/rules/require.h"

enum {
    DIRECTORY_BYTES = 2 << 20, // of one answer
    DIRECTORY_WORK = 32 << 20, // bytes of entries that are read for one
};

// All is borrowed.
typedef struct {
    const contacts_t *contacts;
    const roster_t *roster;
    const precedents_t *log;
    const char *asker;
} directory_t;

// An answer that is being made; turns may pass between its steps, and `directory_t` may
// be another each time.
typedef struct directory_walk directory_walk_t;

directory_walk_t *directory_begin(const directory_t *self);
void directory_drop(directory_walk_t **walk_p);
// A message is read; `work` is what the steps before have cost, in bytes.  False when
// there is nothing more to do.
bool directory_step(const directory_t *self, directory_walk_t *walk, uint64_t work);
// When there is not, once, into an open object: "contacts", a list of {"owner",
// "official", "reason", "since", "late", "position", "time", "objects"}, by organisation
// and then in the log's order; and whether there are "more".
void directory_write(directory_walk_t *walk, writer_t *to);

#endif
