// retention - which messages are past the age of their kind: found by walking along the
// log, which is in the order of time, and remembered until they are gone.
//
// For each number of days there is a place up to which the log was looked at, so that no
// look begins at its front again.  A message's age counts from the time of its entry.
// Where the clock was put forward later, that time may have been wrong, and the message
// stays by so much longer.

#ifndef HUB_JOURNAL_RETENTION_H
#define HUB_JOURNAL_RETENTION_H

#include "hub/journal/entries.h"
#include "lib/config/ages.h"

// Why a message that is past its age is not gone.
typedef enum {
    HOLD_NONE,       // it is its turn
    HOLD_UNSIGNED,   // somebody has not signed for it
    HOLD_DUTY,       // somebody owes by it
    HOLD_EXERCISE,   // which is not closed
    HOLD_NAMED,      // by a message that is younger than its own kind may become
    HOLD_COMPANY,    // it goes with others, and not all of those are past their age
    HOLD_ATTACHMENT, // it names more files than go at once
    HOLD_OTHER,      // it cannot be read, or not be erased
    HOLDS
} hold_t;

const char *hold_name(hold_t hold); // "due", "unsigned", ...

// What one kind's age has come to.
typedef struct {
    age_t age;
    uint64_t past[HOLDS]; // messages that are past it, and what holds them
    uint64_t gone;        // that are past it and erased, whoever had them erased
} retained_t;

uint64_t retained_held(const retained_t *self); // by whatever

typedef struct {
    uint64_t position;
    const age_t *age; // borrowed until the next retention_set
} retention_item_t;

typedef struct retention retention_t;

// `entries` is borrowed.  Nothing has an age.
retention_t *retention_new(entries_t *entries);
void retention_destroy(retention_t **self_p);
// True when these are others than before: then all is looked at anew.
bool retention_set(retention_t *self, const ages_t *ages);
bool retention_on(const retention_t *self);
// Goes on along the log, a bounded way.  `forward_ms`: by how much all its clock entries
// put the clock forward.  True: there is more to look at now.
bool retention_walk(retention_t *self, int64_t now_ms, int64_t forward_ms);

// The next message to be tried; false: all were, and the next round begins later.  Each
// is answered by one of the three below before the next is asked for.
bool retention_next(retention_t *self, int64_t monotonic_ms, retention_item_t *item);
void retention_gone(retention_t *self);
void retention_held(retention_t *self, hold_t hold);
// It is ordered to go, and still counts as due; false: so many wait already that it
// stays.
bool retention_ordered(retention_t *self);

// What was ordered, to be looked at again, the last one first: it has gone, or was not
// written and is due as before.
size_t retention_orders(const retention_t *self);
uint64_t retention_order(const retention_t *self, size_t i);
void retention_settle(retention_t *self, size_t i, bool gone);

// Whether a message of this kind, at this position, is past its own age; and whether one
// there is younger than what was handed out may become.
bool retention_past(const retention_t *self, const leaf_t *leaf);
bool retention_younger(
    const retention_t *self, const retention_item_t *than, uint64_t position);

size_t retention_ages(const retention_t *self);
void retention_count(const retention_t *self, size_t age, retained_t *out);
// Up to which entry all ages were looked at.
uint64_t retention_looked(const retention_t *self);

// Into a new one; false: it cannot be read.  `size`: so many entries the log has.
void retention_save(const retention_t *self, buf_t *out);
bool retention_load(retention_t *self, reader_t *from, uint64_t size);

// The text of a clock entry, and by how much it says that the clock was put forward.
void clock_step_print(int64_t step_ms, char *out, size_t room);
int64_t clock_step_forward(span_t text);

#endif
