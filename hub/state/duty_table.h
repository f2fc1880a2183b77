// duty_table - duties, where they are looked for: by id, by what their messages began as,
// by what met them, by whose delivery is awaited, by exercise, by the moment that is next
// for them. Nothing here judges a duty; no look-up walks over more than what it finds.
//
// Two layers: what was folded from the log, and over it what this turn has drafted.  All
// that is not settled is kept; of what is, the newest `settled_max` of what is real, and
// as many of exercises.  Of those before it keeps where their newest entries are.

#ifndef HUB_STATE_DUTY_TABLE_H
#define HUB_STATE_DUTY_TABLE_H

#include "hub/state/lookup.h"
#include "lib/rules/duty.h"

typedef struct duty_table duty_table_t;
struct duty_counts;

// Where a walk is; start with all zeros.
typedef struct {
    size_t at;
} duty_cursor_t;

// `lookup` keeps where those are that are kept no more; borrowed, or NULL: one of its
// own.
duty_table_t *duty_table_new(size_t settled_max, lookup_t *lookup);
void duty_table_destroy(duty_table_t **self_p);

// Where an entry of a duty is: its own position in the log, and the number of its message
// in two inboxes, or 0: in that of the node towards whom it is owed, of an entry that
// opens it and that delivery meets; in that of who owes it, of an unsettled one.
typedef struct {
    uint64_t position, number, brought;
} duty_entry_t;

// What it takes to have the folded ones again: where each was said last, and in what
// order they lie.
void duty_table_save(const duty_table_t *self, buf_t *out);
// Into an empty table.  `read` yields what the entry at a position says.
typedef int (*duty_read_fn)(void *context, uint64_t position, duty_t *duty, cause_t *why);
int duty_table_load(
    duty_table_t *self, reader_t *from, duty_read_fn read, void *context, cause_t *why);

// What an entry says of a duty.
void duty_table_fold(duty_table_t *self, const duty_t *duty, const duty_entry_t *entry);
// What the turn says of it.  The copy that is kept lives until duty_table_forget.
const duty_t *duty_table_draft(duty_table_t *self, const duty_t *duty);
void duty_table_forget(duty_table_t *self);
// Forget what was drafted behind the first so many.
void duty_table_undo(duty_table_t *self, size_t drafted);
// What this turn has drafted, in that order; NULL after the last.
const duty_t *duty_table_drafted(const duty_table_t *self, size_t i);

// Each of these yields the duty as it is now, drafts counting, settled or not; NULL when
// there is none.  What is borrowed lives until the duty is folded or the drafts
// forgotten. Drafting during a walk is allowed: what is drafted anew comes at its end.
const duty_t *duty_table_find(const duty_table_t *self, const char *id);
// Of messages that began as this one; the oldest first.
const duty_t *duty_table_of_message(
    const duty_table_t *self, const reference_t *first, duty_cursor_t *cursor);
// Of messages derived from one that began as this one.
const duty_t *duty_table_of_cause(
    const duty_table_t *self, const reference_t *first, duty_cursor_t *cursor);
// Met by a message that began as this one.
const duty_t *duty_table_of_answer(
    const duty_table_t *self, const reference_t *first, duty_cursor_t *cursor);
// Unsettled in the log, owed towards this node, and met by the delivery of a message that
// has a number up to this one in its inbox.
const duty_t *duty_table_of_delivery(
    const duty_table_t *self, const char *node, uint64_t number, duty_cursor_t *cursor);
// Unsettled in the log, owed by this node, and brought or corrected by a message that has
// a number behind `after` in its inbox: the first such.  In no order of these; the duty
// is as it is in the log.
const duty_t *duty_table_brought(const duty_table_t *self, const char *node,
    uint64_t after, duty_cursor_t *cursor, uint64_t *number);
// The newest correction of what brought it has this number in its debtor's inbox.
void duty_table_corrected(duty_table_t *self, const char *id, uint64_t number);
const duty_t *duty_table_of_exercise(
    const duty_table_t *self, const char *exercise, duty_cursor_t *cursor);

// Where entries of settled duties are that are kept no more: of this id, and of those met
// by a message that began as this one.  Candidates: the caller reads them, and one of an
// id that duty_table_find knows, or that there is a later one of, counts no more.
bool duty_table_lapsed(
    const duty_table_t *self, const char *id, duty_cursor_t *cursor, uint64_t *position);
bool duty_table_lapsed_answer(const duty_table_t *self, const reference_t *first,
    duty_cursor_t *cursor, uint64_t *position);

// The folded one whose time comes first, if that is at most `now_ms`.
const duty_t *duty_table_due(
    const duty_table_t *self, duty_world_t world, int64_t now_ms);
// Nothing is next for this one, until an entry says something of it.
void duty_table_put_off(duty_table_t *self, const char *id);
int64_t duty_table_next_ms(const duty_table_t *self); // MOMENT_NEVER: never

// A walk over everything folded that may stand still for turns in between: first what is
// not settled, in the order it was opened, then what is, the newest first and those of
// exercises last.  Start with all zeros.  What changes its place meanwhile may be left
// out.
typedef struct {
    size_t stage;
    uint64_t serial; // of the one found last; 0: none
} duty_walk_t;
const duty_t *duty_table_walk(const duty_table_t *self, duty_walk_t *walk);

size_t duty_table_unsettled(const duty_table_t *self, duty_world_t world); // folded
// How many of the real ones are towards a role that nobody had.
size_t duty_table_owed_nobody(const duty_table_t *self);
const struct duty_counts *duty_table_counts(const duty_table_t *self); // of folded ones
// How many places look-ups have gone over so far: what they have cost.
uint64_t duty_table_passed(const duty_table_t *self);

#endif
