// refusals - counts of what was refused, by peer and code, until the journal takes them.
//
// Refusing never forces a flush: the counts ride on a batch that is written anyway, or
// wait for the minute.

#ifndef HUB_JOURNAL_REFUSALS_H
#define HUB_JOURNAL_REFUSALS_H

#include "lib/base/bytes.h"

typedef struct refusals refusals_t;

refusals_t *refusals_new(void);
void refusals_destroy(refusals_t **self_p);
// `peer` is a node id, or "" for a key nobody knows.  Codes are from the table of
// lib/base/refusal.h.
void refusals_count(refusals_t *self, const char *peer, const char *code);
bool refusals_any(const refusals_t *self);
uint64_t refusals_total(const refusals_t *self); // since the start
// The same of each code that was counted, by i from 0; NULL after the last.
const char *refusals_code(const refusals_t *self, size_t i, uint64_t *count);
// Takes one peer's counts out: "<code> <count>" lines appended to `text`.  False: none
// left.  What was taken is on its way until it has arrived, or is taken back: a count is
// owed to the log until it is durable.
bool refusals_take(refusals_t *self, char *peer, size_t room, buf_t *text);
void refusals_arrived(refusals_t *self);
void refusals_take_back(refusals_t *self);

#endif
