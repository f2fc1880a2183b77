// readback - reads entries as recovery will: what fold needs of one, and whether what a
// turn drafts could be read again.
//
// All of an entry is read before anything changes, so that what cannot be read has
// changed nothing, and is found out before it is written: what is durable and unreadable
// keeps a hub from starting again.

#ifndef HUB_STATE_READBACK_H
#define HUB_STATE_READBACK_H

#include "hub/journal/draft.h"
#include "lib/message/ack.h"
#include "lib/message/attachment.h"
#include "lib/message/routing.h"
#include "lib/pki/seal.h"
#include "lib/rules/duty.h"
#include "lib/tlog/erasure.h"
#include "lib/tlog/note.h"
#include "lib/tlog/quarantine.h"

typedef enum {
    ENTRY_MESSAGE,
    ENTRY_DELIVERY,
    ENTRY_ATTACHMENT,
    ENTRY_DUTY,
    ENTRY_ERASURE,
    ENTRY_CLOCK,
    ENTRY_QUARANTINE,
    ENTRY_OPERATOR,
    ENTRY_ORIGIN,
    ENTRY_OTHER // there is nothing to read in it
} entry_type_t;

// Whether document and seal of a message are known to be good: whoever drafted it has
// read or made them.
typedef enum { KNOWN_NOTHING, KNOWN_SEALED } known_t;

// What was read of an entry, by its type.
typedef struct {
    entry_type_t type;
    const routing_t *routing; // borrowed
    ack_t ack;
    attachment_t attachment;
    duty_t duty;
    uint64_t aside; // ENTRY_QUARANTINE: position and reason
    char reason[QUARANTINE_TEXT];
    erasure_t erasure;
    bool erased; // ENTRY_MESSAGE: its document is gone
} entry_parts_t;

typedef struct readback readback_t;

// `vkey`, borrowed, is that of the log: acknowledgements are for it.
readback_t *readback_new(const log_vkey_t *vkey);
void readback_destroy(readback_t **self_p);
// The leaf of an entry at this position, which it must say.
int readback_leaf(leaf_t *leaf, const entry_t *entry, uint64_t position, cause_t *why);
// NULL, and why, when the entry cannot be read: its parts are not those of its leaf
// (where their hashes are known), or not what the fold, who delivers and who has it
// delivered need.  What is lent lives until the next call.
const entry_parts_t *readback_entry(readback_t *self, const leaf_t *leaf,
    const entry_t *entry, known_t known, cause_t *why);
// Of an entry that cannot be read: the lines of its record that still deliver it.
const routing_t *readback_salvage(readback_t *self, const entry_t *entry);

// Whether all that was drafted from this place on could be read again.  What could not is
// an alarm, which is logged, and must not become durable.  The records of messages are
// kept with them as they were read (draft_routing).
bool readback_draft(readback_t *self, draft_t *draft, size_t from);
// readback_entry for one that was drafted, which knows document and seal to be good; a
// record that is kept is not read once more.
const entry_parts_t *readback_drafted(
    readback_t *self, const draft_item_t *item, const entry_t *entry, cause_t *why);
// Add an entry of the hub's own to the draft; false, and it is not there, when it could
// not be read again.
bool readback_text(
    readback_t *self, draft_t *draft, const char *type, const char *author, span_t text);
// How many drafted entries could not, so far.
uint64_t readback_failed(const readback_t *self);

#endif
