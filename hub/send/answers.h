// answers - what publishers are told when the turn is durable: receipts and refusals,
// grouped by session into as few frames as will do.

#ifndef HUB_SEND_ANSWERS_H
#define HUB_SEND_ANSWERS_H

#include "lib/base/bytes.h"
#include "lib/base/cause.h"
#include "lib/base/refusal.h"

typedef struct answers answers_t;

answers_t *answers_new(void);
void answers_destroy(answers_t **self_p);
void answers_clear(answers_t *self);
// A receipt for the entry at this position; its bytes are asked for later.
void answers_receipt(answers_t *self, int session, uint64_t position);
void answers_refusal(
    answers_t *self, int session, const hash_t *document, const refusal_t *refusal);

// What the frames are made with.
typedef struct {
    // The leaf and the lines the author may know, valid until answers_clear.
    int (*entry)(
        void *context, uint64_t position, span_t *leaf, span_t *told, cause_t *why);
    // The run proof, appended.
    int (*prove)(
        void *context, const uint64_t *positions, size_t n, buf_t *proof, cause_t *why);
    void (*send)(void *context, int session, span_t frame);
    void *context;
    span_t checkpoint;
} answers_out_t;

// Make and send every frame.  -1 when an entry cannot be read or proven.
int answers_send(answers_t *self, const answers_out_t *out, cause_t *why);

#endif
