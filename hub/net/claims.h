// claims - what a node says in its hello that it has, held against what this log has.

#ifndef HUB_NET_CLAIMS_H
#define HUB_NET_CLAIMS_H

#include "hub/state/inboxes.h"
#include "hub/state/tree.h"
#include "lib/message/frame.h"
#include "lib/tlog/note.h"

// The log that they are held against.  All is borrowed.
typedef struct {
    const log_vkey_t *vkey;
    const tree_t *tree;
    const inboxes_t *inboxes;
} claims_t;

// Whether the last checkpoint that the node saw is one which this log has signed and does
// not contain.
bool claims_fork(const claims_t *self, span_t checkpoint);
// The proof that the log of now grew out of that checkpoint, appended; nothing when that
// is of this very size, or none of this log.
void claims_prove_growth(const claims_t *self, span_t checkpoint, buf_t *proof);
// -1 when the deliveries that it says it has are not those of this log to this inbox.
int claims_check_stored(
    const claims_t *self, int inbox, const hello_t *hello, cause_t *why);

#endif
