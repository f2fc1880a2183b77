// ids - which messages there are: (author, id) to a position in the log.
//
// What is found is a candidate that the caller confirms by reading the entry.

#ifndef HUB_STATE_IDS_H
#define HUB_STATE_IDS_H

#include "hub/state/lookup.h"

void ids_add(lookup_t *lookup, lookup_kind_t kind, const char *author, const char *id,
    uint64_t position);
// The next candidate, the newest first.  Start with *cursor == 0; false when there are no
// more.
bool ids_find(lookup_t *lookup, lookup_kind_t kind, const char *author, const char *id,
    size_t *cursor, uint64_t *position);

#endif
