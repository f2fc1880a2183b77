// duties - which duties stand open, what meets them, and when their time is over.
//
// The state is a fold over entries of type `duty`, and what this turn has drafted lies
// over it until it is durable.  Nothing here evaluates a rule or asks a clock: what a
// duty needs is in its entry, and `now` is passed down.
//
// All that is not settled is kept, however old; of what is, the newest DUTIES_SETTLED,
// and as many of exercises; what is needed of an older one is read again.  A duty of an
// exercise is met and withdrawn within it alone.
//
// A message and its corrections bring one set of duties, named after what they began as
// (lib/message/lineage.h).  What follows from corrections and withdrawals:
//
// - a correction asks in the place of the original: it may shorten a time, and lengthen
// it
//   only where the rule lets who asks, who is not who owes, say by when, and within the
//   bound that the duty began with; of whom it asks nothing any more, nothing is owed; of
//   whom it asks anew, with the time of now.  What is met stays met;
// - a withdrawal of the message, or of what it was derived from, ends what is owed by it
//   unless its rule says that it stays; it meets nothing itself;
// - when the answer that met a duty is taken back, or says by a correction what does not
//   meet it, the newest other answer that stands meets it, from when that was given; else
//   it is owed again, by its old time.

#ifndef HUB_STATE_DUTIES_H
#define HUB_STATE_DUTIES_H

#include "hub/state/duty_table.h"
#include "hub/state/history.h"
#include "hub/state/readback.h"
#include "lib/message/document.h"
#include "lib/rules/duty_counts.h"

enum { DUTIES_SETTLED = 4096 };

typedef struct duties duties_t;

// The log, as this turn reads it and writes to it.  All is borrowed.
typedef struct {
    history_view_t view; // what is asked of it
    readback_t *readback;
    draft_t *draft;  // each change is an entry of it
    int64_t time_ms; // of the turn's entries
} duties_log_t;

duties_t *duties_new(lookup_t *lookup); // as duty_table_new
void duties_destroy(duties_t **self_p);
// As duty_table_save and duty_table_load, and whether the clock is in doubt.
void duties_save(const duties_t *self, buf_t *out);
int duties_load(
    duties_t *self, reader_t *from, duty_read_fn read, void *context, cause_t *why);

// Fold one entry; and a correction, as duty_table.h has it.
void duties_apply(duties_t *self, const duty_t *duty, const duty_entry_t *entry);
void duties_corrected(duties_t *self, const char *id, uint64_t number);
// Forget what the turn before drafted: it is folded by now, or was never written.
void duties_begin(duties_t *self);
// How many changes this turn has drafted; and forget those behind the first `drafted`,
// which will not be written.
size_t duties_drafted(const duties_t *self);
void duties_undo(duties_t *self, size_t drafted);
// While the clock is in doubt, nothing falls due.
void duties_hold(duties_t *self, bool held);
bool duties_held(const duties_t *self);

// An accepted message.
typedef struct {
    const document_t *document;
    const routing_t *routing;
    reference_t first;        // what it began as
    reference_t re, incident; // what those began as that it names; author "": none
} duties_deed_t;

// What it does to the duties of others: meets them, withdraws what it cancels, brings
// back what it answers no more, ends what is open in the exercise that it closes.
void duties_message(duties_t *self, const duties_deed_t *deed, const duties_log_t *log);
// A duty that it brings, after that; one that is there already is corrected.
void duties_open(duties_t *self, const duty_t *planned, const duties_log_t *log);
// After all of them: what it corrects and asks no more is owed no more.
void duties_drop(duties_t *self, const duties_deed_t *deed, const duties_log_t *log);
// The node has signed for everything up to this number of its inbox.
void duties_delivered(
    duties_t *self, const char *node, uint64_t number, const duties_log_t *log);
// What time alone does; at most `most` changes, the rest at the next call.  A real duty
// does not wait for those of exercises.
void duties_turn(duties_t *self, int64_t now_ms, size_t most, const duties_log_t *log);
// The next duty that this turn found near its end or over it, until its watchers were
// told of each; NULL when there are no more.
const duty_t *duties_to_tell(duties_t *self);
// When duties_turn has something to do next; MOMENT_NEVER when nothing is waiting.
int64_t duties_next_ms(const duties_t *self);

// Every duty, those of a message, those that a node's inbox brought it: as duty_table.h
// has it.
const duty_t *duties_walk(const duties_t *self, duty_walk_t *walk);
const duty_t *duties_of(
    const duties_t *self, const reference_t *message, duty_cursor_t *cursor);
const duty_t *duties_brought(const duties_t *self, const char *node, uint64_t after,
    duty_cursor_t *cursor, uint64_t *number);
size_t duties_unsettled(const duties_t *self);   // real ones
size_t duties_owed_nobody(const duties_t *self); // of these, towards a role nobody had
const duty_counts_t *duties_counts(const duties_t *self); // what of each name is open
// How many duties look-ups have gone over so far: what they have cost.
uint64_t duties_passed(const duties_t *self);

#endif
