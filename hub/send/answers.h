// answers - what publishers are told when the turn is durable: receipts and refusals,
// grouped by session into as few frames as will do.

#ifndef HUB_SEND_ANSWERS_H
#define HUB_SEND_ANSWERS_H

#include "hub/net/reception.h"
#include "hub/send/stock.h"
#include "hub/state/tree.h"
#include "lib/base/refusal.h"

typedef struct answers answers_t;

// All is borrowed for as long as the answers live.
typedef struct {
    stock_t *stock;
    const tree_t *tree;
    reception_t *reception;
} answers_setup_t;

answers_t *answers_new(const answers_setup_t *setup);
void answers_destroy(answers_t **self_p);
void answers_clear(answers_t *self);
// A receipt for the entry at this position; it is read when it is sent.
void answers_receipt(answers_t *self, int session, uint64_t position);
void answers_refusal(
    answers_t *self, int session, const hash_t *document, const refusal_t *refusal);

// Make and send every frame, proven under the signed checkpoint of a log of this size;
// the stock has begun the turn.
// -1 when an entry cannot be read or proven.
int answers_send(answers_t *self, span_t checkpoint, uint64_t size, cause_t *why);

#endif
