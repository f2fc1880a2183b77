// index_update - brings a catalogue up to date with the folders, in portions: after each
// it is whole, readers see how far it is, and whoever is killed has lost one portion.

#ifndef NODES_INDEX_INDEX_UPDATE_H
#define NODES_INDEX_INDEX_UPDATE_H

#include "nodes/index/mail_index.h"

// After each portion; false ends it there, which is no failure.
typedef bool index_progress_t(void *context, uint64_t done, uint64_t of);

// The newest first.  A folder that has not changed since is not looked at.  `progress`
// may be NULL.
int index_update(
    mail_index_t *self, index_progress_t *progress, void *context, cause_t *why);

#endif
