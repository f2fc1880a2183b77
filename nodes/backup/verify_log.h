// verify_log - a whole log, verified for somebody who waits: how far it has come is
// shown, and what was found is said on standard output, or as JSON.

#ifndef NODES_BACKUP_VERIFY_LOG_H
#define NODES_BACKUP_VERIFY_LOG_H

#include "nodes/audit/audit.h"
#include "nodes/cli/command.h"

// A hub's journal; `progress` of the wish is set here.  DONE_NO: it is not good.
done_t verify_log_journal(const call_t *call, const audit_options_t *wish);
// A backup.  Where `vkey` is NULL its own key is believed: it says which log it is of.
done_t verify_log_backup(const call_t *call, const char *folder, const log_vkey_t *vkey);

#endif
