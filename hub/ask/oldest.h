// oldest - since when the next delivery that a node has not signed for has been in the
// log, for telling how long it has been waiting.
//
// What was found is remembered as long as that delivery is the next, and a look reads a
// bounded number of entries; until the others have their turn they are as old as the ones
// before them, so that nobody is thought to be better off than it is.

#ifndef HUB_ASK_OLDEST_H
#define HUB_ASK_OLDEST_H

#include "hub/journal/entries.h"
#include "hub/state/inboxes.h"

typedef struct oldest oldest_t;

oldest_t *oldest_new(void);
void oldest_destroy(oldest_t **self_p);
// Before the nodes are looked at, one after the other; both are borrowed until the next.
void oldest_begin(oldest_t *self, const inboxes_t *inboxes, entries_t *entries);
// False: the node with this inbox has signed for everything, or it is not known yet.
bool oldest_since(oldest_t *self, int inbox, int64_t *since_ms);

#endif
