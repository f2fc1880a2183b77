// learnt - what the hub answers to the question "erasures": which messages of this node
// were erased by law, each with its proof.
//
// Nothing of it is believed that the log's key does not prove: that an entry erases, that
// it names a message, and which one that is.  That there are no others is the hub's word.

#ifndef NODES_ERASING_LEARNT_H
#define NODES_ERASING_LEARNT_H

#include "lib/message/document.h"
#include "lib/tlog/note.h"

typedef struct {
    reference_t message;
    int64_t at_ms;     // when it was erased, by the hub's clock
    uint64_t position; // of the entry that says so
    buf_t mark;        // as nodes/inbox/erased.h keeps it
} learnt_item_t;

typedef struct {
    uint64_t upto; // from where on to ask next time
    bool more;     // at once
    size_t n;
    learnt_item_t *item;
} learnt_t;

// -1 with the cause: it is not proven, or no such answer; then there is nothing to close.
int learnt_read(learnt_t *self, span_t answer, const log_vkey_t *vkey, cause_t *why);
void learnt_close(learnt_t *self);

#endif
