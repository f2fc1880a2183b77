// standby - the conversation of a standby with its hub, until it is told to end:
// connects, says what it has, takes what follows, and begins again whenever that breaks
// off.

#ifndef NODES_BACKUP_STANDBY_H
#define NODES_BACKUP_STANDBY_H

#include "nodes/backup/standby_copy.h"
#include "nodes/config/credentials.h"
#include "nodes/config/node_conf.h"

// 0 when it was asked to end (SIGTERM, SIGINT); -1 when a person is needed: the hub has
// another history, or the disk fails.
int standby_run(standby_copy_t *copy, const node_conf_t *conf,
    const credentials_t *credentials, cause_t *why);

#endif
