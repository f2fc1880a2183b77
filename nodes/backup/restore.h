// restore - a hub's folder made of a backup or a standby's copy: as the same log, or as
// what a successor goes on from.

#ifndef NODES_BACKUP_RESTORE_H
#define NODES_BACKUP_RESTORE_H

#include "nodes/backup/restore_source.h"

typedef struct {
    const restore_source_t *from;
    const char *to;     // the hub's folder, which has no hub.conf yet
    const char *keys;   // folder with log.key, seal.key and channel.key
    const char *origin; // of a successor
    const char *listen; // of a successor; NULL: as the configuration says
    const char *share;  // of a successor, as for hub_files
} restore_wish_t;

// All that is looked at before anything is made.
int restore_check(const restore_wish_t *wish, cause_t *why);
// The same log goes on: its journal, its marks, its files, its keys.  Interrupted, it is
// said again: hub.conf comes last.
int restore_same(const restore_wish_t *wish, cause_t *why);
// A new log that goes on from what there is: a folder as `dabyl hub init` makes it, with
// the files of the old hub, and `before/`, which its configuration names.
int restore_successor(const restore_wish_t *wish, char vkey[VKEY_MAX], cause_t *why);

#endif
