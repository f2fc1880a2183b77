// entries - the log as a turn sees it: what is durable, and behind it the turn's draft.
//
// Whoever reads pays: what readings have cost so far is counted, whoever wanted them.

#ifndef HUB_JOURNAL_ENTRIES_H
#define HUB_JOURNAL_ENTRIES_H

#include "hub/journal/draft.h"
#include "hub/journal/journal.h"
#include "hub/journal/work.h"

typedef struct entries entries_t;

// Both are borrowed.  `journal` may be NULL and follow later: nothing can be read in a
// journal that is still being recovered.
entries_t *entries_new(const journal_t *journal, draft_t *draft);
void entries_set_journal(entries_t *self, const journal_t *journal);
void entries_destroy(entries_t **self_p);

// Behind the last entry, with the draft.
uint64_t entries_end(const entries_t *self);
// Whether it is the draft's: what is lent of it lives until that is cleared.
bool entries_is_drafted(const entries_t *self, uint64_t position);
// The entry at a position.  Its parts live until the next look at one, or until the draft
// is cleared.
int entries_read(entries_t *self, uint64_t position, entry_t *entry, cause_t *why);
// The same with the path to its place under its seal (journal_read_placed).
int entries_read_placed(entries_t *self, uint64_t position, entry_t *entry, cause_t *why);
// Only its routing record, or its leaf, which costs little however large the document is.
int entries_record(entries_t *self, uint64_t position, span_t *record, cause_t *why);
int entries_leaf(entries_t *self, uint64_t position, leaf_t *leaf, cause_t *why);

// The account of what was read here; others add to it what they do beside.
work_t *entries_work(entries_t *self);

#endif
