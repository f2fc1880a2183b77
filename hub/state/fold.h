// fold - what the entries so far add up to: the only thing that changes state, alike when
// a batch has become durable and when the journal is read again at a start.
//
// It looks at entries and at nothing else: no rule, no clock, no configuration.

#ifndef HUB_STATE_FOLD_H
#define HUB_STATE_FOLD_H

#include "hub/journal/column.h"
#include "hub/journal/draft.h"
#include "hub/journal/enacted.h"
#include "hub/journal/publisher.h"
#include "hub/journal/retention.h"
#include "hub/state/attachments.h"
#include "hub/state/contacts.h"
#include "hub/state/duties.h"
#include "hub/state/history.h"
#include "hub/state/inboxes.h"
#include "hub/state/readback.h"
#include "hub/state/tree.h"
#include "lib/tlog/origin.h"
#include "lib/tlog/segment.h"

// What an operator says who vouches for the clock after a step: the text of the entry.
extern const char fold_clock_accepted[];

// The state that entries add up to.  All is borrowed for as long as the fold lives.
typedef struct {
    const log_vkey_t *vkey;   // of this log; the first entry must name it
    readback_t *readback;     // reads each entry
    quarantine_t *quarantine; // what a replay must not stop at
    erasures_t *erasures;     // documents that are gone, or are said to be
    tree_t *tree;
    inboxes_t *inboxes;
    // What follows may be NULL: who only tries a start keeps nothing of it.
    publisher_t *publisher;
    history_t *history;
    duties_t *duties;
    contacts_t *contacts, *plans;
    attachments_t *attachments;
    column_t *operations; // positions of what operators did
    column_t *erased;     // and of what says that documents are gone
} fold_setup_t;

typedef struct fold fold_t;

fold_t *fold_new(const fold_setup_t *setup);
void fold_destroy(fold_t **self_p);
// All of a finished draft whose entries were taken, once it is durable.
int fold_draft(fold_t *self, draft_t *draft, cause_t *why);
// An entry of the journal's replay; the context is the fold.  What cannot be read, or is
// set aside, goes into tree and inboxes alone: quarantine_check says afterwards whether
// that will do.
int fold_replay(void *self, uint64_t position, const entry_t *entry, cause_t *why);
void fold_root(void *self, hash_t *root);

// Of a journal that is opened where something was saved (journal_replay_t); the context
// is the fold.
int fold_root_at(void *self, uint64_t size, hash_t *root, cause_t *why);
int fold_knows(void *self, uint64_t position, const entry_t *entry, cause_t *why);
// All that entries add up to but tree, inboxes and duties, as bytes, and from them; the
// first entry's document is read again.
void fold_save(const fold_t *self, buf_t *out);
int fold_load(fold_t *self, reader_t *from, cause_t *why);
int fold_load_origin(fold_t *self, span_t document, cause_t *why);

int64_t fold_time_ms(const fold_t *self); // of the last entry; 0: there is none
// By how much all clock entries together put the clock forward.
int64_t fold_forward_ms(const fold_t *self);
const enacted_t *fold_enacted(const fold_t *self);
// Of a journal that was read: what its first entry says, without the note.
const origin_t *fold_origin(const fold_t *self);
// Position of the last entry that was taken over from the log before; 0: there is none.
uint64_t fold_former_last(const fold_t *self);
// Whether the entries are those that a checkpoint says were published.
int fold_check_published(const fold_t *self, const checkpoint_t *published, cause_t *why);

#endif
