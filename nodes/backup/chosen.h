// chosen - the message that somebody names on a command line: by its inbox number, its id
// or a piece of it.

#ifndef NODES_BACKUP_CHOSEN_H
#define NODES_BACKUP_CHOSEN_H

#include "nodes/cli/command.h"
#include "nodes/inbox/mail.h"

// As mail_meant.  Where it may be several, those are listed on standard error with what
// they are, and this returns NULL, as where it can name none: the command line is wrong.
const char *chosen(const call_t *call, const char *node, mail_among_t among,
    const char *wanted, char id[MESSAGE_ID_MAX]);
// The same, opened: DONE_OK, or else why not was said.
done_t chosen_open(const call_t *call, const char *node, mail_among_t among,
    const char *wanted, mail_t *mail);

#endif
