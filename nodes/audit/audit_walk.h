// audit_walk - what the parts of the audit share while they walk through a journal.

#ifndef NODES_AUDIT_AUDIT_WALK_H
#define NODES_AUDIT_AUDIT_WALK_H

#include "lib/tlog/erasure.h"
#include "lib/tlog/leaf.h"
#include "lib/tlog/origin.h"
#include "lib/tlog/quarantine.h"
#include "lib/tlog/segments.h"
#include "nodes/audit/audit.h"
#include "nodes/audit/audit_duties.h"
#include "nodes/audit/marks.h"
#include "nodes/inbox/proof.h"

typedef struct {
    char node[NODE_ID_MAX];
    uint64_t acknowledged; // the highest number so far
    uint64_t before;       // of the log before, acknowledged there and not delivered here
    uint64_t n;
    uint64_t forgotten; // numbers up to this one; nobody asks for those any more
    buf_t positions;    // a uint64_t for each number behind them
} audit_inbox_t;

typedef struct {
    const audit_options_t *options;
    audit_t *found;
    checkpoint_t published; // read before the segments
    cause_t no_checkpoint;  // why there is none, or ""
    merkle_t tree;
    spill_health_t health; // of all that is put aside
    spill_t *leaves;       // hashes of all entries, by position (leaves.h)
    buf_t fresh;           // those of the batch at hand, which are not there yet
    origin_t origin;       // what the first entry says, without its note
    marks_t *roots;        // root after each batch -> size
    marks_t *messages;     // hash of author and id -> position
    audit_duties_t *duties;
    marks_t *named;     // hash of author, digest and size of a file -> position
    marks_t *handed_in; // the same -> position of the entry that says so
    marks_t *gone;      // digest of a file -> position of its erasure
    marks_t *carried;   // hash of a node and what it was carried -> position
    marks_t *announced; // hash of kind and id -> position of the cause
    size_t open;        // announced in this batch and not seen yet
    marks_t *rules;     // hash of a rules entry's position -> 0
    buf_t packs, seals; // of the newest rules entry
    keyring_t *keys;    // of the newest roster entry, or NULL
    memo_t memo;
    size_t inboxes;
    audit_inbox_t *inbox;
    const batch_t *batch; // the one being walked
    buf_t seal;           // the whole seal of an entry of it
    bool unreadable;      // the entry at hand could not be read, as opposed to judged
    erasures_t erasures;  // documents that are gone, and those the log says are
    quarantine_t aside;   // entries that could not be read, and those the log sets aside
} audit_walk_t;

void audit_walk_close(audit_walk_t *self);
// One entry whose leaf has been parsed and whose parts match it.
int audit_entry(
    audit_walk_t *self, const leaf_t *leaf, const entry_t *entry, cause_t *why);
// What still counts of an entry that cannot be read.
void audit_aside(audit_walk_t *self, const leaf_t *leaf, span_t record);
// The checkpoint, before anything else is read: whatever it covers is in the segments by
// then, also while the hub writes on.
void audit_checkpoint(audit_walk_t *self);
// That what lies beside the segments is what they yield.
int audit_published(audit_walk_t *self, cause_t *why);

#endif
