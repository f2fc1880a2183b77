// contacts - which messages there are about responsible officials (plan, para 13): the
// contact.change of each owner's node; and, in another, which response plans it has sent.
//
// Who is responsible now is worked out from those that stand when somebody asks
// (hub/ask/directory.h), so that a correction or withdrawal needs nothing of its own.

#ifndef HUB_STATE_CONTACTS_H
#define HUB_STATE_CONTACTS_H

#include "lib/tlog/leaf.h"

enum { CONTACTS_OF_OWNER = 256 }; // messages of one owner that are remembered, the newest

typedef struct contacts contacts_t;

contacts_t *contacts_new(void);
void contacts_destroy(contacts_t **self_p);
// As bytes, and from them into none; false: there are too few of them.
void contacts_save(const contacts_t *self, buf_t *out);
bool contacts_load(contacts_t *self, reader_t *from);
// There is a contact.change of this author, at this position, that corrects or withdraws
// none.  In the log's order.
void contacts_add(
    contacts_t *self, const char *author, const char *id, uint64_t position);

// An owner's node, until the next contacts_add.
typedef struct contacts_owner contacts_owner_t;

const contacts_owner_t *contacts_at(const contacts_t *self, size_t i); // by name, or NULL
const contacts_owner_t *contacts_of(const contacts_t *self, const char *author);
const char *contacts_author(const contacts_owner_t *owner);
// Its messages are numbered from 0; those before `contacts_first` are forgotten.
uint64_t contacts_said(const contacts_owner_t *owner);
uint64_t contacts_first(const contacts_owner_t *owner);

typedef struct {
    uint64_t position;
    char id[MESSAGE_ID_MAX];
} contacts_change_t;

const contacts_change_t *contacts_change(const contacts_owner_t *owner, uint64_t i);

#endif
