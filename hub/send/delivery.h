// delivery - what leaves to each session when a turn's batch is durable: what its inbox
// holds and its window lets through, and once more what was not acknowledged in time.

#ifndef HUB_SEND_DELIVERY_H
#define HUB_SEND_DELIVERY_H

#include "hub/net/reception.h"
#include "hub/net/sessions.h"
#include "hub/send/stock.h"
#include "hub/state/history.h"
#include "hub/state/inboxes.h"
#include "hub/state/tree.h"
#include "lib/pki/roster.h"

enum {
    DELIVERY_WEIGHT_MAX = 4 << 20,  // bytes that one node may leave unacknowledged
    DELIVERY_ENTRY_WORK = 512,      // what reading and proving one costs, in bytes
    DELIVERY_NEW_WORK = 4 << 20,    // bytes a turn, of what the turn brought
    DELIVERY_BEHIND_WORK = 1 << 20, // and for all who are behind; and for each of these
                                    // twice what the turn wrote, or they never catch up
    DELIVERY_GROWTH_MAX = 4 << 20,  // but no more than this for all of them
};

typedef struct delivery delivery_t;

// All is borrowed for as long as the delivery lives.
typedef struct {
    stock_t *stock;
    const tree_t *tree;
    const inboxes_t *inboxes;
    history_t *history;
    sessions_t *sessions;
    reception_t *reception;
} delivery_setup_t;

// What deliveries are made of in this turn.  All is borrowed.
typedef struct {
    const roster_t *roster; // which the stock has begun the turn with
    span_t checkpoint;      // signed
    uint64_t size;          // the log's, by that checkpoint
    uint64_t first;         // the first position of this turn
    size_t bytes;           // of what it wrote
    int64_t monotonic_ms;
} delivery_round_t;

delivery_t *delivery_new(const delivery_setup_t *setup);
void delivery_destroy(delivery_t **self_p);
// A session asks for the older messages that a number of its inbox brings along: it gets
// a frame of them when it is its turn among those who are behind.  -1 when the number is
// none of its inbox.
int delivery_carry(
    const delivery_t *self, session_t *session, span_t frame, cause_t *why);
// What the turn brought, to who is up to date.  -1 when an entry cannot be read or
// proven.
int delivery_news(delivery_t *self, const delivery_round_t *round, cause_t *why);
// After that, to who is behind, a frame each in turn, as long as the allowance for all of
// them lasts.
int delivery_behind(delivery_t *self, const delivery_round_t *round, cause_t *why);
// Somebody who is behind could have had more: the next turn should begin at once.
bool delivery_waits(const delivery_t *self);

#endif
