// backup_erase - has go from a backup what the log says is erased since the backup
// before.

#ifndef NODES_BACKUP_BACKUP_ERASE_H
#define NODES_BACKUP_BACKUP_ERASE_H

#include "lib/tlog/erasure.h"
#include "nodes/backup/backup_manifest.h"

// What `erasures` names, in the segments and attachments below `folder`; the rows of
// `now` say what is there then.  -1: of each segment there is the one or the other,
// whole.
int backup_erase(
    erasures_t *erasures, const char *folder, backup_manifest_t *now, cause_t *why);

#endif
