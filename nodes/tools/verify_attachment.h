// verify_attachment - what a node keeps of an attachment that it handed in, held against
// the log's public key.

#ifndef NODES_TOOLS_VERIFY_ATTACHMENT_H
#define NODES_TOOLS_VERIFY_ATTACHMENT_H

#include "lib/tlog/note.h"
#include "nodes/cli/command.h"

// "x/DIGEST.attachment", beside whose proof it lies.
bool verify_is_attachment(const char *path);
// That the log has what the file says, by whom it was handed in, and when; said on
// standard output.
int verify_attachment(
    const call_t *call, const char *path, const log_vkey_t *vkey, cause_t *why);

#endif
