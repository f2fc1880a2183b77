// audit_duties - compares every duty of a journal with the messages that it names.
//
// A duty is brought by the message at its position and changed by messages of its own
// exercise, or of none as the duty is; it never gains time, is met, near or overdue when
// the entry's time says so, and what is settled stays so.  Of an exercise nothing goes to
// who has not joined it.

#ifndef NODES_AUDIT_AUDIT_DUTIES_H
#define NODES_AUDIT_AUDIT_DUTIES_H

#include "lib/message/routing.h"
#include "lib/rules/duty.h"
#include "lib/tlog/leaf.h"
#include "nodes/audit/marks.h"

typedef struct audit_duties audit_duties_t;

// `messages` has the position of each message by marks_pair of author and id, and
// outlives what is made here, as `health` does.
audit_duties_t *audit_duties_new(marks_t *messages, spill_health_t *health);
void audit_duties_destroy(audit_duties_t **self_p);
// A message's record, and of its body the short words and flags, as one JSON object with
// a `body` ("": it has none; NULL: it was erased), in the order of the log.
int audit_duties_message(audit_duties_t *self, const leaf_t *leaf,
    const routing_t *routing, const char *said, cause_t *why);
// An entry of type `duty`.
int audit_duties_entry(
    audit_duties_t *self, const leaf_t *leaf, const duty_t *duty, cause_t *why);
uint64_t audit_duties_count(const audit_duties_t *self); // of different ones

#endif
