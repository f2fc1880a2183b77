// carrying - the older messages that a delivery brings along, fetched before it is taken.
//
// They are kept in memory until all are there and then go to the owner with the delivery
// itself: what is on the disk is whole, and a process that is killed meanwhile begins
// again.

#ifndef NODES_LINK_CARRYING_H
#define NODES_LINK_CARRYING_H

#include "lib/message/frame.h"
#include "lib/message/routing.h"
#include "nodes/link/link.h"
#include "nodes/link/verifier.h"

enum { CARRYING_BYTES = 64 << 20 }; // more is not taken for one delivery

typedef struct carrying carrying_t;

carrying_t *carrying_new(void);
void carrying_destroy(carrying_t **self_p);

// How many of a delivery's lines bring something along.
size_t carrying_lines(span_t why);
// Fetch what the delivery with this number and these lines brings along, which has that
// place in the log.  What was fetched for it already stays.
void carrying_begin(
    carrying_t *self, uint64_t number, uint64_t position, span_t why, int64_t now_ms);
void carrying_clear(carrying_t *self);
// The number that is fetched for; 0: none.
uint64_t carrying_number(const carrying_t *self);
// Whether all of it is there.
bool carrying_whole(const carrying_t *self);
// What is there, by the lines; borrowed until the next change.
const link_carried_t *carrying_items(const carrying_t *self, size_t *n);
// Whether to ask now, and for what.
bool carrying_ask_now(carrying_t *self, carry_ask_t *ask);
// Since when what was asked for has not come; MOMENT_NEVER: nothing was.
int64_t carrying_asked_ms(const carrying_t *self);
void carrying_asked(carrying_t *self, int64_t now_ms);
// Take a verified frame of them.  1: something came; 0: it is of no use now; -1: it is
// not what the lines say.
int carrying_take(carrying_t *self, const deliver_t *frame, const verifier_t *verifier,
    const char *node, int64_t now_ms, cause_t *why);
// In words, what is missing.
void carrying_missing(const carrying_t *self, cause_t *out);

#endif
