// owed - entries of the hub's own that the log is to have and could not be given yet,
// since there was no room: they are owed until they are durable.
//
// They survive a restart: room for them is reserved on the disk before it is needed, and
// is written in place.

#ifndef HUB_JOURNAL_OWED_H
#define HUB_JOURNAL_OWED_H

#include "lib/base/cause.h"
#include "lib/tlog/leaf.h"

enum { OWED_TEXT = 128 }; // bytes of one entry's document, with a zero

typedef struct {
    char type[TYPE_MAX], author[NODE_ID_MAX];
    char text[OWED_TEXT]; // one line, with its LF
} owed_entry_t;

typedef struct owed owed_t;

// Reads what was owed when the hub ended.  NULL only when what is there cannot be read;
// where nothing can be reserved, owed_keep says so.
owed_t *owed_open(const char *path, cause_t *why);
void owed_close(owed_t **self_p);
// Once for each type and author that is not drafted yet; a later text takes the place of
// an earlier one when nothing is owed in between.
void owed_add(owed_t *self, const char *type, const char *author, const char *text);
size_t owed_count(const owed_t *self);
const owed_entry_t *owed_at(const owed_t *self, size_t i);
// The turn is about to write the first so many; before it ends these are durable or not.
void owed_drafted(owed_t *self, size_t n);
size_t owed_in_draft(const owed_t *self);
void owed_paid(owed_t *self);   // they are
void owed_unpaid(owed_t *self); // they are not
// Write down what is owed, if that changed since.  -1: it would not outlive a restart.
int owed_keep(owed_t *self, cause_t *why);

#endif
