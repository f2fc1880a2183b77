// delivery - everything that leaves when a turn's batch is durable: to each session what
// its inbox holds and its window lets through, and once more what was not acknowledged in
// time; to publishers their receipts and refusals.

#ifndef HUB_SEND_DELIVERY_H
#define HUB_SEND_DELIVERY_H

#include "hub/net/sessions.h"
#include "hub/send/answers.h"
#include "hub/state/inboxes.h"
#include "hub/state/tree.h"
#include "lib/base/log.h"
#include "lib/pki/roster.h"
#include "lib/tlog/segment.h"

enum {
    DELIVERY_WEIGHT_MAX = 4 << 20,  // bytes that one node may leave unacknowledged
    DELIVERY_ENTRY_WORK = 512,      // what reading and proving one costs, in bytes
    DELIVERY_NEW_WORK = 4 << 20,    // bytes a turn, of what the turn brought
    DELIVERY_BEHIND_WORK = 1 << 20, // and for all who are behind; and for each of these
                                    // twice what the turn wrote, or they never catch up
    DELIVERY_GROWTH_MAX = 4 << 20,  // but no more than this for all of them
};

typedef struct delivery delivery_t;

// Deliveries' receivers have more to verify, so that they go first; but where much was
// published, many wait for receipts before they publish more.
typedef enum { DELIVERIES_FIRST, ANSWERS_FIRST } delivery_order_t;

// What deliveries are made of in this turn.  All is borrowed.
typedef struct {
    delivery_order_t order;
    answers_t *answers;
    sessions_t *sessions;
    const inboxes_t *inboxes;
    const tree_t *tree;
    const roster_t *roster;
    const char *own_key; // id of the hub's own: what it sealed may carry another's seal
    span_t checkpoint;   // signed
    uint64_t size;       // the log's, by that checkpoint
    uint64_t first;      // the first position of this turn
    size_t bytes;        // of what it wrote
    int64_t monotonic_ms;
    // The entry at a position; its parts live until the next call.
    int (*entry)(void *context, uint64_t position, entry_t *entry, cause_t *why);
    // False when the frame was not taken; the session may have ended by that.
    bool (*send)(void *context, session_t *session, span_t frame);
    // For what is said once; the session may be another's by now, or nobody's.
    void (*answer)(void *context, int session, span_t frame);
    void (*log)(log_level_t level, const char *id, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
    void *context;
} delivery_round_t;

delivery_t *delivery_new(void);
void delivery_destroy(delivery_t **self_p);
// -1 when an entry cannot be read or proven.
int delivery_turn(delivery_t *self, const delivery_round_t *round, cause_t *why);
// Somebody who is behind could have had more: the next turn should begin at once.
bool delivery_waits(const delivery_t *self);

#endif
