// amend - a message of this node is said better, or taken back: what `dabyl correct` and
// `dabyl withdraw` share.

#ifndef NODES_SENDING_AMEND_H
#define NODES_SENDING_AMEND_H

#include "nodes/cli/command.h"
#include "nodes/inbox/amended.h"

typedef struct {
    amended_as_t as; // corrected or withdrawn
    const option_others_t *fields;
    bool yes, print, no_wait;
    int64_t timeout_s;
} amend_t;

// The message that the call's only operand names.  Shown before it goes, with who would
// receive it, where there is somebody to ask.
done_t amend(const call_t *call, const amend_t *how);

#endif
